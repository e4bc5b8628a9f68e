// SPDX-License-Identifier: BSD-3-Clause
//
// u1: trains a gauge-equivariant flow on compact U(1) in two dimensions, draws an exact ensemble
// with it, and shows beside HMC and the heat bath what becomes of the topological charge Q.
//
//   S = -beta sum_x cos P(x),   Z with respect to d theta;   exact answers: exact/exact_u1.hpp
//
// The flow is a GaugeHierarchy: the plaquettes are set from coarse to fine, the total charge with
// them, so that it changes freely at any beta. Its levels do not depend on the lattice: a larger
// one starts from what was learnt on 8 x 8 sites.
//
// At a large beta local updates leave Q where it is (try --beta 8): tau_int of Q^2 grows quickly,
// and the errors of a chain that is not much longer say nothing. Writes into --output: result.json,
// parameters.safetensors, history.npy [steps][7], charge.npy [t][t, Q of a chain of the flow, of
// HMC, of the heat bath]. Exit status 1 if the output contradicts the exact answers (the claims in
// study).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <lanes/io/history.hpp>
#include <lanes/io/npy.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"
#include "study.hpp"

namespace {

struct Options : studies::Options {
  int extent = 8;
  double beta = 2;
};

Options read_options(int argc, char** argv) {
  Options o;
  CLI::App app("Trains a flow for compact U(1) and compares it with HMC and the heat bath.");
  o.output = "results/u1", o.batch = 512, o.rate = 0.01;
  studies::add_options(app, o);
  app.add_option("--extent", o.extent, "of the square lattice")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  app.add_option("--beta", o.beta, "coupling")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  studies::parse(app, argc, argv);
  if (o.steps == 0) o.steps = o.brief ? 150 : 1000;
  return o;
}

/// What one algorithm's chains say, in the order of the table.
struct Chains {
  std::string name;
  lanes::Estimate plaquette, charge_squared;
  double length;               // updates of a chain
  std::vector<double> charge;  // Q of the first chain, update by update

  /// Long enough, beside the memory of Q^2, for its errors to mean something.
  bool moves() const { return charge_squared.error > 0 && length > 100 * charge_squared.tau_int; }
};

template <class Ensemble>
Chains measure(const std::string& name, const Ensemble& ensemble) {
  using Geometry = typename Ensemble::Geometry;
  Chains c{name,
           analyse(lanes::Plaquette{}, ensemble)[0],
           analyse(lanes::TopologicalChargeSquared{}, ensemble)[0],
           static_cast<double>(ensemble.chain_length()),
           {}};
  for (std::size_t t = 0; t < std::min<std::size_t>(ensemble.chain_length(), 2000); ++t) {
    double q = 0;
    lanes::TopologicalCharge{}.measure<Geometry>(ensemble.configuration(t).data(), &q);
    c.charge.push_back(q);
  }
  return c;
}

void print(const std::vector<Chains>& all, const lanes::ExactU1& exact) {
  std::printf("%-20s%-18s%-18s%s\n", "", "plaquette", "Q^2", "tau_int of Q^2 [updates]");
  std::printf("%-20s%-18.9f%-18.9f-\n", "exact", exact.plaquette(),
              exact.topological_charge_squared());
  for (const Chains& c : all)
    std::printf(
        "%-20s%-18s%-18s%s%s\n", c.name.c_str(), to_string(c.plaquette).c_str(),
        to_string(c.charge_squared).c_str(),
        studies::value_text(c.charge_squared.tau_int, c.charge_squared.tau_int_error).c_str(),
        c.moves() ? "" : "   FROZEN: the run is too short to tell");
}

void save_charge(const std::string& path, const std::vector<Chains>& all) {
  std::size_t length = all[0].charge.size();
  for (const Chains& c : all) length = std::min(length, c.charge.size());
  std::vector<double> table;
  for (std::size_t t = 0; t < length; ++t) {
    table.push_back(static_cast<double>(t));
    for (const Chains& c : all) table.push_back(c.charge[t]);
  }
  lanes::save_npy(path, table.data(), {static_cast<std::ptrdiff_t>(length), 4});
}

template <int L>
using Geometry = lanes::Lattice<L, L>;
using Network = lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<1>, lanes::Tanh>;
using Flow = lanes::GaugeHierarchy<lanes::CircularSpline<13, 1000>, Network>;
template <int L>
using Sampler = lanes::Sampler<lanes::U1, Geometry<L>, Flow>;

/// Trains with REINFORCE, which needs no gradient through steep splines; beta grows from 0 over
/// annealing_steps.
template <int L>
lanes::TrainingResult train(const Options& o, Sampler<L>& sampler, double rate, long steps,
                            long annealing_steps) {
  return lanes::train<lanes::Reinforce, lanes::Adam, lanes::WarmUp<lanes::CosineRate>,
                      lanes::ReturnOnSignal>(sampler, lanes::U1Gauge<Geometry<L>>(o.beta),
                                             {.steps = steps,
                                              .batch = o.batch,
                                              .optimizer = {.learning_rate = rate},
                                              .schedule = {.over = 1 + steps / 50},
                                              .clip_norm = 20,
                                              .annealing_steps = annealing_steps,
                                              .progress = true});
}

template <int L>
int study(const Options& o) {
  const lanes::U1Gauge<Geometry<L>> theory(o.beta);
  const lanes::ExactU1 exact(o.beta, Geometry<L>::volume);

  // 1. The flow learns the theory on 8 x 8 sites, and the coarser levels where the lattice is
  // larger.
  Sampler<8> small{lanes::Seed{o.seed}};
  Sampler<L> sampler{lanes::Seed{o.seed}};
  std::printf("U(1) on %d x %d sites, beta = %g; a flow with %d parameters, %s\n", L, L, o.beta,
              Sampler<L>::parameter_count(), sampler.backend().name().c_str());
  std::fflush(stdout);
  const lanes::Stopwatch watch;
  auto training = train<8>(o, small, o.rate, o.steps, o.steps / 2);
  lanes::transfer(small, sampler);
  if (L > 8 && training.end == lanes::TrainingEnd::all_steps)
    training = train<L>(o, sampler, 0.3 * o.rate, o.steps / 10 + 1, 0);
  const double seconds = watch.seconds();
  lanes::save_history(o.output + "/history.npy", training.history);
  lanes::save_parameters(o.output + "/parameters.safetensors", sampler);
  if (training.end == lanes::TrainingEnd::interrupted) return 130;

  // 2. Exact ensembles: Metropolis with the flow, HMC, heat bath.
  const int updates = o.brief ? 1000 : 10'000;
  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = o.brief ? 10'000u : 100'000u});
  std::vector<Chains> all = {measure("flow + Metropolis", flow)};
  all.push_back(measure("HMC", lanes::sample_hmc(theory,
                                                 {.steps = 10,
                                                  .chains = 32,
                                                  .trajectories = updates,
                                                  .thermalisation = 500,
                                                  .acceptance = 0.9},
                                                 lanes::Seed{o.seed + 1})));
  all.push_back(measure(
      "heat bath",
      lanes::sample_heat_bath(theory, {.chains = 32, .sweeps = updates, .thermalisation = 500},
                              lanes::Seed{o.seed + 2})));

  // 3. What they say.
  const auto ess = lanes::effective_sample_size(flow.proposal_log_weights);
  const auto f = lanes::free_energy(flow.proposal_log_weights);
  const auto f_q = lanes::variational_free_energy(flow.proposal_log_weights);
  std::printf("acceptance %.4f, ESS %s of N = %zu\n", flow.acceptance(),
              studies::value_text(ess.value, ess.error).c_str(), ess.samples);
  std::printf("F   %-18s exact %.9f\nF_q %s\n\n", to_string(f).c_str(), -exact.log_z(),
              to_string(f_q).c_str());
  print(all, exact);

  // 4. The claims.
  studies::Claims claims;
  claims.check(f_q.value > f.value - 5 * std::hypot(f.error, f_q.error), "F_q is not below F");
  claims.check_value(f, -exact.log_z(), "F is the exact one");
  for (const Chains& c : all) {
    claims.check_value(c.plaquette, exact.plaquette(), c.name + ": the exact plaquette");
    claims.check_value(c.charge_squared, exact.topological_charge_squared(),
                       c.name + ": the exact Q^2");
  }
  if (o.beta <= 2) claims.check(all[2].moves(), "the heat bath changes Q up to beta = 2");

  // 5. Files.
  save_charge(o.output + "/charge.npy", all);
  nlohmann::json result = {
      {"theory", {{"name", "u1"}, {"beta", o.beta}, {"lattice", {L, L}}}},
      {"seed", o.seed},
      {"brief", o.brief},
      {"steps", o.steps},
      {"batch", o.batch},
      {"training_seconds", seconds},
      {"threads", sampler.backend().threads()},
      {"acceptance", flow.acceptance()},
      {"ess", {{"value", ess.value}, {"error", ess.error}, {"samples", ess.samples}}},
      {"F", studies::json_of(f)},
      {"F_q", studies::json_of(f_q)},
      {"exact",
       {{"F", -exact.log_z()},
        {"plaquette", exact.plaquette()},
        {"Q^2", exact.topological_charge_squared()}}},
      {"claims_hold", claims.hold()}};
  for (const Chains& c : all)
    result["chains"].push_back({{"name", c.name},
                                {"plaquette", studies::json_of(c.plaquette)},
                                {"Q^2", studies::json_of(c.charge_squared)},
                                {"moves", c.moves()}});
  lanes::write_file_atomically(o.output + "/result.json", {lanes::bytes_of(result.dump(2) + "\n")});
  std::printf("\nwritten: %s/result.json, parameters.safetensors, history.npy, charge.npy\n",
              o.output.c_str());
  claims.print();
  return claims.hold() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return studies::run_study("u1", read_options(argc, argv), [](const Options& o) {
    return o.extent == 8 ? study<8>(o) : study<16>(o);
  });
}
