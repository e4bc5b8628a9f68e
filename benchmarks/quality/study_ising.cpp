// SPDX-License-Identifier: BSD-3-Clause
//
// ising: trains a hierarchical autoregressive network on the two-dimensional Ising model, draws an
// exact ensemble with it, and shows it beside Wolff clusters, the heat bath and Kaufman's answers.
//
//   S = -beta sum_<xy> s s';   the critical point is beta = ln(1 + sqrt 2) / 2 = 0.4407
//
// Writes into --output: result.json, history.npy [steps][7], pictures.npy [3][4][L][L] (four draws
// of the networks trained at 0.8 beta, at beta, and at 1.2 beta; plot.py draws them), picture.pgm
// (the same, for any viewer). Exit status 1 if the output contradicts the exact answers (the claims
// in study).
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <lanes/io/history.hpp>
#include <lanes/io/npy.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"
#include "study.hpp"

namespace {

struct Options : studies::Options {
  int extent = 16;
  double beta = 0.44;
};

Options read_options(int argc, char** argv) {
  Options o;
  CLI::App app(
      "Trains an autoregressive network for the Ising model; compares with Wolff clusters.");
  o.output = "results/ising", o.batch = 512;  // rate 0: that of the extent
  studies::add_options(app, o);
  app.add_option("--extent", o.extent, "of the square lattice")
      ->check(CLI::IsMember({16, 32, 64}))
      ->capture_default_str();
  app.add_option("--beta", o.beta, "coupling")->check(CLI::Range(-2.0, 2.0))->capture_default_str();
  studies::parse(app, argc, argv);
  if (o.rate == 0) o.rate = o.extent == 16 ? 1e-2 : 4e-3;
  if (o.steps == 0) o.steps = o.brief ? 300 : 3000;
  return o;
}

constexpr int pictures = 4;

/// A sampler that has learnt the theory at beta.
template <class Sampler>
auto learn(Sampler& sampler, double beta, const Options& o, long steps) {
  return lanes::train<lanes::Reinforce, lanes::Adam, lanes::CosineRate, lanes::ReturnOnSignal>(
      sampler, lanes::IsingModel<typename Sampler::Geometry>(beta),
      {.steps = steps,
       .batch = o.batch,
       .optimizer = {.learning_rate = o.rate},
       .annealing_decay = o.brief ? 0.97 : 0.994,
       .progress = true});
}

/// Rows of pictures, side by side, as a portable grey map.
void save_pgm(const std::string& path, const std::vector<float>& spins, int rows, int L) {
  std::string image =
      "P5 " + std::to_string(pictures * L) + " " + std::to_string(rows * L) + " 255\n";
  for (int row = 0; row < rows; ++row)
    for (int x = 0; x < L; ++x)
      for (int k = 0; k < pictures; ++k)
        for (int y = 0; y < L; ++y) {
          const auto at = static_cast<std::size_t>(((row * pictures + k) * L + x) * L + y);
          image += static_cast<char>(spins[at] > 0 ? 230 : 30);
        }
  lanes::write_file_atomically(path, {lanes::bytes_of(image)});
}

template <int L>
int study(const Options& o) {
  using Geometry = lanes::Lattice<L, L>;
  using Network = lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
  using Sampler = lanes::Sampler<lanes::Ising, Geometry, lanes::Symmetric<lanes::Z2, Network>>;
  const lanes::IsingModel<Geometry> theory(o.beta);
  const lanes::ExactIsing exact(o.beta, L);

  // 1. The network learns the theory, beta growing from 0.
  Sampler sampler{lanes::Seed{o.seed}};
  std::printf("Ising on %d x %d sites, beta = %g; a network with %d parameters, %s\n", L, L, o.beta,
              Sampler::parameter_count(), sampler.backend().name().c_str());
  std::fflush(stdout);
  const auto training = learn(sampler, o.beta, o, o.steps);
  lanes::save_history(o.output + "/history.npy", training.history);
  if (training.end == lanes::TrainingEnd::interrupted) return 130;

  // 2. Exact ensembles: reweighting and Metropolis with the network, Wolff clusters, heat bath.
  const std::size_t n = o.brief ? 8000 : 64'000;
  const auto reweighted = lanes::sample_reweighted(sampler, theory, {.configurations = n});
  const auto chain = lanes::sample_exact(sampler, theory, {.configurations = n});
  const auto wolff = lanes::sample_wolff(
      theory, {.chains = 16, .updates = static_cast<int>(n) / 16}, lanes::Seed{o.seed + 1});
  const auto local = lanes::sample_heat_bath<lanes::Single>(
      theory, {.sweeps = static_cast<int>(n) / 4, .interval = 10, .thermalisation = 2000},
      lanes::Seed{o.seed + 3});

  // 3. What they say.
  const auto& w = reweighted.log_weights;
  const auto ess = lanes::effective_sample_size(w);
  const auto f = lanes::free_energy(w), f_q = lanes::variational_free_energy(w);
  const auto kl = lanes::reverse_kl(w, -exact.log_z());
  const auto s = lanes::entropy(w, reweighted.action);
  std::printf("acceptance %.4f, ESS %s of N = %zu\n", chain.acceptance(),
              studies::value_text(ess.value, ess.error).c_str(), ess.samples);
  std::printf("F_q      %s\nF        %-20s exact %.9f\nD_KL     %s\nentropy  %-20s exact %.9f\n\n",
              to_string(f_q).c_str(), to_string(f).c_str(), -exact.log_z(), to_string(kl).c_str(),
              to_string(s).c_str(), Geometry::volume * exact.entropy());
  struct Row {
    const char* name;
    lanes::Estimate network, clusters, local;
    double exact;
  };
  const auto row = [&](const auto& observable, double truth) {
    return Row{observable.name, analyse(observable, chain)[0], analyse(observable, wolff)[0],
               analyse(observable, local)[0], truth};
  };
  const std::vector<Row> rows = {row(lanes::IsingEnergy{}, exact.energy()),
                                 row(lanes::SpecificHeat{o.beta}, exact.specific_heat()),
                                 row(lanes::AbsoluteMagnetization{}, NAN),
                                 row(lanes::SquaredMagnetization{}, NAN),
                                 row(lanes::BinderCumulant{}, NAN)};
  std::printf("%-24s%-18s%-10s%-18s%-10s%-18s%-10s%s\n", "", "network", "tau_int", "Wolff",
              "tau_int", "heat bath / 10", "tau_int", "exact");
  for (const Row& r : rows)
    std::printf("%-24s%-18s%-10.3f%-18s%-10.3f%-18s%-10.3f%s\n", r.name,
                to_string(r.network).c_str(), r.network.tau_int, to_string(r.clusters).c_str(),
                r.clusters.tau_int, to_string(r.local).c_str(), r.local.tau_int,
                std::isnan(r.exact) ? "-" : std::to_string(r.exact).c_str());

  // 4. Pictures: draws at three temperatures, each network a little trained.
  std::vector<float> spins;
  for (const double factor : {0.8, 1.0, 1.2}) {
    Sampler other{lanes::Seed{o.seed + 2}};
    if (factor != 1 &&
        learn(other, factor * o.beta, o, o.steps / 3 + 1).end == lanes::TrainingEnd::interrupted)
      return 130;
    const auto drawn = (factor == 1 ? sampler : other).draw(pictures);
    spins.insert(spins.end(), drawn.fields.begin(), drawn.fields.end());
  }
  lanes::save_npy(o.output + "/pictures.npy", spins.data(), {3, pictures, L, L});
  save_pgm(o.output + "/picture.pgm", spins, 3, L);

  // 5. The claims.
  studies::Claims claims;
  claims.check(f_q.value > -exact.log_z() - 5 * f_q.error, "F_q is not below the exact F");
  claims.check_value(rows[0].clusters, exact.energy(), "Wolff: the exact energy");
  claims.check_value(rows[0].local, exact.energy(), "heat bath: the exact energy");
  claims.check_value(f, -exact.log_z(), "F is the exact one");
  claims.check_value(s, Geometry::volume * exact.entropy(), "the exact entropy");
  claims.check_value(rows[0].network, exact.energy(), "the exact energy");

  // 6. Files.
  nlohmann::json result = {
      {"theory", {{"name", "ising"}, {"beta", o.beta}, {"lattice", {L, L}}}},
      {"seed", o.seed},
      {"brief", o.brief},
      {"steps", o.steps},
      {"batch", o.batch},
      {"acceptance", chain.acceptance()},
      {"ess", {{"value", ess.value}, {"error", ess.error}, {"samples", ess.samples}}},
      {"F", studies::json_of(f)},
      {"F_q", studies::json_of(f_q)},
      {"D_KL", studies::json_of(kl)},
      {"entropy", studies::json_of(s)},
      {"exact",
       {{"F", -exact.log_z()},
        {"energy", exact.energy()},
        {"specific heat", exact.specific_heat()},
        {"entropy", Geometry::volume * exact.entropy()}}},
      {"claims_hold", claims.hold()}};
  for (const Row& r : rows)
    result["observables"][r.name] = {{"network", studies::json_of(r.network)},
                                     {"Wolff", studies::json_of(r.clusters)},
                                     {"heat bath", studies::json_of(r.local)}};
  lanes::write_file_atomically(o.output + "/result.json", {lanes::bytes_of(result.dump(2) + "\n")});
  std::printf("\nwritten: %s/result.json, history.npy, pictures.npy, picture.pgm\n",
              o.output.c_str());
  claims.print();
  return claims.hold() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return studies::run_study("ising", read_options(argc, argv), [](const Options& o) {
    if (o.extent == 16) return study<16>(o);
    return o.extent == 32 ? study<32>(o) : study<64>(o);
  });
}
