// SPDX-License-Identifier: BSD-3-Clause
//
// schwinger: trains a gauge-equivariant flow on the Schwinger model with two flavours of Wilson
// fermions by REINFORCE, draws an exact ensemble with it, and puts HMC with the exact determinant
// beside it.
//
//   S = -beta sum_x cos P(x) - 2 ln|det D(kappa)|,   beta = 2, kappa = 0.276: close to criticality
//
// Writes into --output: result.json, history.npy [steps][7]. Exit status 1 where flow and HMC
// contradict each other (the claims in study) although both found det D > 0 only.
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
  std::string output = "results/schwinger";
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

template <int L>
int study(const Options& o) {
  using Geometry = lanes::Lattice<L, L>;
  using Network = lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>, lanes::LeakyRelu,
                                 lanes::Dilation<1, 2, 3>>;
  using Layer = lanes::GaugeCoupling<lanes::SchwingerMasks, lanes::PlaquettesAndRectangles,
                                     lanes::CircularSpline<9>, Network>;
  using Sampler = lanes::Sampler<lanes::U1, Geometry, lanes::Repeat<32, Layer>>;
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

  // 3. What they say.
  const auto ess = lanes::effective_sample_size(flow.proposal_log_weights);
  const auto f = lanes::free_energy(flow.proposal_log_weights);
  const auto f_q = lanes::variational_free_energy(flow.proposal_log_weights);
  std::printf("acceptance %.4f, ESS %s of N = %zu\nF   %s\nF_q %s\n\n", flow.acceptance(),
              example::value_text(ess.value, ess.error).c_str(), ess.samples, to_string(f).c_str(),
              to_string(f_q).c_str());
  const auto rows =
      example::compare(flow, hmc, lanes::Plaquette{}, lanes::TopologicalChargeSquared{},
                       lanes::ChiralCondensate{o.kappa}, lanes::PionMass{o.kappa});
  example::print(rows);
  // S is infinite where det D = 0, so that HMC hardly leaves the sign that it started with; a flow
  // draws both. Where the flow finds det D < 0 the two sample different parts.
  const auto sign = analyse(lanes::DeterminantSign{o.kappa}, flow)[0];
  const auto sign_hmc = analyse(lanes::DeterminantSign{o.kappa}, hmc)[0];
  const bool same_part = sign.value == 1 && sign_hmc.value == 1;
  std::printf("mean sign of det D: flow %s, HMC %s%s\n", to_string(sign).c_str(),
              to_string(sign_hmc).c_str(),
              same_part ? "" : "   HMC DOES NOT REACH BOTH SIGNS: not to be compared");

  // 4. The claims, where the flow's chain is long enough to have errors that mean something.
  example::Claims claims;
  claims.check(f_q.value > f.value - 5 * std::hypot(f.error, f_q.error), "F_q is not below F");
  if (!o.brief && same_part && ess.value > 0.02) example::check_agreement(claims, rows, 5);

  // 5. Files.
  const nlohmann::json result = {
      {"theory",
       {{"name", "schwinger"}, {"beta", o.beta}, {"kappa", o.kappa}, {"lattice", {L, L}}}},
      {"seed", o.seed},
      {"brief", o.brief},
      {"steps", o.steps},
      {"batch", o.batch},
      {"acceptance", flow.acceptance()},
      {"ess", {{"value", ess.value}, {"error", ess.error}, {"samples", ess.samples}}},
      {"F", example::json_of(f)},
      {"F_q", example::json_of(f_q)},
      {"sign", {{"flow", example::json_of(sign)}, {"hmc", example::json_of(sign_hmc)}}},
      {"observables", example::json_of(rows)},
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
    return o.extent == 8 ? study<8>(o) : study<16>(o);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "schwinger: %s\n", error.what());
    return 1;
  }
}
