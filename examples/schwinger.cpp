// SPDX-License-Identifier: BSD-3-Clause
//
// schwinger: trains a gauge-equivariant flow on the Schwinger model with two flavours of Wilson
// fermions by REINFORCE, draws an exact ensemble with it, and puts HMC with the exact determinant
// beside it; the pion mass from weighted draws of the flow and of the pure gauge theory's heat bath.
//
//   S = -beta sum_x cos P(x) - 2 ln|det D(kappa)|,   beta = 2, kappa = 0.276: close to criticality
//
// Writes into --output: result.json, history.npy [steps][7]. Exit status 1 where flow and HMC
// contradict each other (the claims in study).
#include <omp.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <lanes/io/history.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"

namespace {

struct Options {
  std::string output = "results/schwinger", precision = "single";
  bool brief = false;
  int extent = 8;
  double beta = 2, kappa = 0.276;
  long steps = 0;  // 0: 10000, or 40 in a brief run
  int batch = 128;
  std::uint64_t seed = 7;
  int threads = 0;
};

Options read_options(int argc, char** argv) {
  Options o;
  CLI::App app("Trains a flow for the Schwinger model and compares it with HMC.");
  app.add_option("--output", o.output, "folder for the results")->capture_default_str();
  app.add_flag("--brief", o.brief, "a run of seconds: few steps, small ensembles");
  app.add_option("--extent", o.extent, "of the square lattice")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  app.add_option("--beta", o.beta, "gauge coupling")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  app.add_option("--kappa", o.kappa, "hopping parameter")->capture_default_str();
  app.add_option("--steps", o.steps, "optimiser steps")->check(CLI::Range(4L, 100'000'000L));
  app.add_option("--batch", o.batch, "samples a step, a multiple of 32")
      ->check(CLI::Range(32, 1 << 24))
      ->capture_default_str();
  app.add_option("--precision", o.precision, "of the flow")
      ->check(CLI::IsMember({"single", "double"}))
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of all random numbers")->capture_default_str();
  app.add_option("--threads", o.threads, "0: all cores")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));  // --help, too
  }
  if (o.steps == 0) o.steps = o.brief ? 40 : 10'000;
  return o;
}

template <int L, class Precision>
int study(const Options& o) {
  using Geometry = lanes::Lattice<L, L>;
  using Network = lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>, lanes::LeakyRelu,
                                 lanes::Dilation<1, 2, 3>>;
  using Layer = lanes::GaugeCoupling<lanes::SchwingerMasks, lanes::PlaquettesAndRectangles,
                                     lanes::CircularSpline<9>, Network>;
  using Sampler = lanes::Sampler<lanes::U1, Geometry, lanes::Repeat<32, Layer>, Precision>;
  const lanes::Schwinger<Geometry> theory(o.beta, o.kappa);

  // 1. The flow learns the theory from values of S alone, S growing from that of the base density.
  Sampler sampler{lanes::Seed{o.seed}};
  std::printf(
      "Schwinger model on %d x %d sites, beta = %g, kappa = %g; a flow with %d parameters, %s\n", L,
      L, o.beta, o.kappa, Sampler::parameter_count(), sampler.backend().name().c_str());
  std::fflush(stdout);
  const auto training = lanes::train<lanes::Reinforce, lanes::Adam, lanes::CosineRate>(
      sampler, theory,
      {.steps = o.steps,
       .batch = o.batch,
       .optimizer = {.learning_rate = 1e-3},
       .clip_norm = 1,
       .annealing_steps = o.steps / 4,
       .progress = true});
  lanes::save_history(o.output + "/history.npy", training.history);
  if (training.end == lanes::TrainingEnd::interrupted) return 130;

  // 2. Exact ensembles: Metropolis with the flow, and HMC.
  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = o.brief ? 4096u : 100'000u});
  const auto hmc = lanes::sample_hmc(theory,
                                     {.step_size = 0.15,
                                      .steps = 8,
                                      .chains = 32,
                                      .trajectories = o.brief ? 50 : 3000,
                                      .thermalisation = o.brief ? 50 : 300,
                                      .acceptance = 0.85},
                                     lanes::Seed{o.seed + 1});

  // 3. What they say, where det D > 0: HMC crosses det D = 0, where S is infinite, so rarely that its share
  // of the other sign is anyone's guess. Of the pion correlator only weighted ensembles give a
  // right error (theory/fermion_observables.hpp).
  const auto ess = lanes::effective_sample_size(flow.proposal_log_weights);
  const auto f = lanes::free_energy(flow.proposal_log_weights);
  const auto f_q = lanes::variational_free_energy(flow.proposal_log_weights);
  std::printf("acceptance %.4f, ESS %s of N = %zu\nF   %s\nF_q %s\n\n", flow.acceptance(),
              example::value_text(ess.value, ess.error).c_str(), ess.samples, to_string(f).c_str(),
              to_string(f_q).c_str());
  const lanes::PositiveDeterminant positive{o.kappa};
  const lanes::ChiralCondensate condensate{o.kappa};
  const auto rows = example::compare(flow, hmc, lanes::Weighted(lanes::Plaquette{}, positive),
                                     lanes::Weighted(lanes::TopologicalChargeSquared{}, positive),
                                     lanes::Weighted(condensate, positive));
  example::print(rows);
  const auto sign = analyse(lanes::DeterminantSign{o.kappa}, flow)[0];
  const auto sign_hmc = analyse(lanes::DeterminantSign{o.kappa}, hmc)[0];
  std::printf("mean sign of det D: flow %s, HMC %s\n\n", to_string(sign).c_str(),
              to_string(sign_hmc).c_str());

  const auto draws = lanes::sample_reweighted(
      sampler, theory, {.configurations = o.brief ? 4096u : 100'000u, .first = 1'000'000});
  const auto gauge = lanes::reweighted(
      lanes::sample_heat_bath(
          lanes::U1Gauge<Geometry>(o.beta),
          {.chains = 64, .sweeps = o.brief ? 200 : 20'000, .interval = 10, .thermalisation = 200},
          lanes::Seed{o.seed + 2}),
      theory);
  nlohmann::json weighted = nlohmann::json::array();
  const auto say = [&](const char* name, const auto& ensemble, std::size_t block) {
    const lanes::BootstrapOptions blocks{.resamples = 200, .block = block};
    const auto share = lanes::effective_sample_size(ensemble.log_weights);
    const auto all = analyse(condensate, ensemble, blocks)[0];
    const auto mass = analyse(lanes::PionMass{o.kappa}, ensemble, blocks)[0];
    std::printf("%-28sESS %.4f of N = %zu: condensate %s, pion mass %s\n", name, share.value,
                share.samples, to_string(all).c_str(), to_string(mass).c_str());
    weighted.push_back({{"ensemble", name},
                        {"ess", share.value},
                        {"condensate", example::json_of(all)},
                        {"pion_mass", example::json_of(mass)}});
  };
  say("flow, weighted", draws, 1);
  say("gauge theory, weighted", gauge, 5);

  // 4. The claims, where the flow's chain is long enough to have errors that mean something.
  example::Claims claims;
  claims.check(f_q.value > f.value - 5 * std::hypot(f.error, f_q.error), "F_q is not below F");
  if (!o.brief && ess.value > 0.02) example::check_agreement(claims, rows, 5);

  // 5. Files.
  const nlohmann::json result = {
      {"theory",
       {{"name", "schwinger"}, {"beta", o.beta}, {"kappa", o.kappa}, {"lattice", {L, L}}}},
      {"seed", o.seed},
      {"brief", o.brief},
      {"steps", o.steps},
      {"batch", o.batch},
      {"precision", o.precision},
      {"acceptance", flow.acceptance()},
      {"ess", {{"value", ess.value}, {"error", ess.error}, {"samples", ess.samples}}},
      {"F", example::json_of(f)},
      {"F_q", example::json_of(f_q)},
      {"sign", {{"flow", example::json_of(sign)}, {"hmc", example::json_of(sign_hmc)}}},
      {"observables", example::json_of(rows)},
      {"weighted", weighted},
      {"claims_hold", claims.hold()}};
  lanes::write_file_atomically(o.output + "/result.json", {lanes::bytes_of(result.dump(2) + "\n")});
  std::printf("\nwritten: %s/result.json, history.npy\n", o.output.c_str());
  claims.print();
  return claims.hold() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options o = read_options(argc, argv);
    std::filesystem::create_directories(o.output);
    if (o.threads > 0) omp_set_num_threads(o.threads);
    if (o.precision == "double")
      return o.extent == 8 ? study<8, lanes::Double>(o) : study<16, lanes::Double>(o);
    return o.extent == 8 ? study<8, lanes::Single>(o) : study<16, lanes::Single>(o);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "schwinger: %s\n", error.what());
    return 1;
  }
}
