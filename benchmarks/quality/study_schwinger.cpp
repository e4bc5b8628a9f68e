// SPDX-License-Identifier: BSD-3-Clause
//
// schwinger: trains a gauge-equivariant flow on the Schwinger model with two flavours of Wilson
// fermions by REINFORCE, draws an exact ensemble with it, and puts HMC with the exact determinant
// beside it; the pion mass from weighted draws of the flow and of the pure gauge theory's heat
// bath.
//
//   S = -beta sum_x cos P(x) - 2 ln|det D(kappa)|,   beta = 2, kappa = 0.276: close to criticality
//
// The flow (schwinger_model.hpp) learns without its couplings first, then with them. --resume goes
// on where an interrupted run stopped, --load from parameters that a run has saved:
//
//   schwinger --output a;  schwinger --output b --load a/parameters.safetensors --steps 20000
//       --rate 3e-4
//
// --without-flow: HMC beside the heat bath of the gauge theory, weighted, on all and on positive
// det D.
//
// Writes into --output: result.json, parameters.safetensors, checkpoint_<part>.safetensors,
// history.npy [steps][7]. Exit status 1 where flow and HMC contradict each other (the claims in
// study).
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <lanes/io/checkpoint.hpp>
#include <lanes/io/history.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"
#include "schwinger_model.hpp"
#include "study.hpp"

namespace {

struct Options : studies::Options {
  std::string load;
  bool resume = false, without_flow = false;
  int extent = 8;
  double beta = 2, kappa = 0.276;
  double shift = 0.3;        // the gauge theory at beta + shift is near to this one
  double first_rate = 1e-3;  // 3e-3 learns sooner, and has run away
};

Options read_options(int argc, char** argv) {
  Options o;
  CLI::App app("Trains a flow for the Schwinger model and compares it with HMC.");
  o.output = "results/schwinger", o.batch = 256, o.rate = 1e-3, o.steps = -1;
  studies::add_options(app, o);
  app.add_option("--extent", o.extent, "of the square lattice")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  app.add_option("--beta", o.beta, "gauge coupling")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  app.add_option("--kappa", o.kappa, "hopping parameter")->capture_default_str();
  app.add_option("--shift", o.shift, "the heat bath of the gauge theory is at beta + shift")
      ->capture_default_str();
  app.get_option("--steps")->description(
      "optimiser steps with the couplings, twice as many before; 0 only with --load");
  app.add_option("--first-rate", o.first_rate, "learning rate of the hierarchy alone")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--load", o.load, "file of parameters to start from")->check(CLI::ExistingFile);
  app.add_flag("--resume", o.resume, "go on from the checkpoints in --output");
  app.add_flag("--without-flow", o.without_flow, "HMC and heat bath alone, for longer");
  studies::parse(app, argc, argv);
  if (o.steps == 0 && o.load.empty()) {
    std::fprintf(stderr, "schwinger: --steps 0 needs --load\n");
    std::exit(2);
  }
  if (o.steps < 0) o.steps = o.brief ? 40 : 6000;
  return o;
}

template <int L>
using Geometry = lanes::Lattice<L, L>;
template <int L, class Flow>
using Model = lanes::Sampler<lanes::U1, Geometry<L>, Flow>;

std::string checkpoint_of(const Options& o, const std::string& part) {
  return o.output + "/checkpoint_" + part + ".safetensors";
}

/// REINFORCE, with a checkpoint that a resumed run starts from.
template <int L, class Sampler>
lanes::TrainingResult learn(const Options& o, Sampler& sampler, const std::string& part,
                            double rate, long steps) {
  std::printf("%s: %ld steps on %d x %d sites\n", part.c_str(), steps, L, L);
  std::fflush(stdout);
  return lanes::train_with_checkpoint<lanes::Reinforce, lanes::Adam, lanes::CosineRate,
                                      lanes::ReturnOnSignal>(
      sampler, lanes::Schwinger<Geometry<L>>(o.beta, o.kappa),
      {.steps = steps,
       .batch = o.batch,
       .optimizer = {.learning_rate = rate},
       .clip_norm = 1,
       .progress = true},
      checkpoint_of(o, part), 500);
}

/// HMC beside the weighted heat bath, errors from the spread between chains: HMC crosses det D = 0,
/// where S is infinite, so rarely that a chain does not know of it.
template <int L>
int compare_without_flow(const Options& o) {
  const lanes::Schwinger<Geometry<L>> theory(o.beta, o.kappa);
  auto hmc = lanes::sample_hmc(theory,
                               {.step_size = 0.15,
                                .steps = 8,
                                .chains = 128,
                                .trajectories = o.brief ? 50 : 5000,
                                .interval = 5,
                                .thermalisation = o.brief ? 50 : 300,
                                .acceptance = 0.85},
                               lanes::Seed{o.seed + 1});
  auto gauge = lanes::sample_heat_bath(
      lanes::U1Gauge<Geometry<L>>(o.beta + o.shift),
      {.chains = 64, .sweeps = o.brief ? 500 : 62'500, .interval = 10, .thermalisation = 200},
      lanes::Seed{o.seed + 2});
  const std::size_t hmc_length = hmc.chain_length(), gauge_length = gauge.chain_length();
  const auto weighted = lanes::reweighted(std::move(gauge), theory);
  const std::vector<double> ones(hmc.size(), 0.0);
  std::printf("ESS of the heat bath at beta = %g: %.4f of N = %zu\n\n", o.beta + o.shift,
              lanes::effective_sample_size(weighted.log_weights).value, weighted.size());
  studies::Claims claims;
  std::vector<studies::Row> rows;
  const auto add = [&](const std::string& name, const auto& observable, bool comparable) {
    rows.push_back(
        {name, analyse(observable, weighted, {.resamples = 400, .block = gauge_length})[0],
         lanes::analyse_reweighted<Geometry<L>>(observable, hmc.configurations, ones,
                                                {.resamples = 400, .block = hmc_length})[0]});
    if (comparable && !o.brief) studies::check_agreement(claims, {rows.back()});
  };
  const lanes::PositiveDeterminant positive{o.kappa};
  const auto both = [&](const char* name, const auto& observable, bool comparable) {
    add(name, observable, false);
    add(std::string(name) + ", det D > 0", lanes::Weighted(observable, positive), comparable);
  };
  both("plaquette", lanes::Plaquette{}, true);
  both("Q^2", lanes::TopologicalChargeSquared{}, true);
  both("chiral condensate", lanes::ChiralCondensate{o.kappa}, true);
  both("pion mass", lanes::PionMass{o.kappa}, false);
  add("share of det D > 0", positive, false);
  std::printf("%-32s%-22s%-18s%s\n", "", "heat bath, weighted", "HMC", "difference");
  for (const auto& row : rows)
    std::printf("%-32s%-22s%-18s%+.1f sigma\n", row.name.c_str(), to_string(row.flow).c_str(),
                to_string(row.hmc).c_str(), row.deviation());
  claims.print();
  return claims.hold() ? 0 : 1;
}

template <int L>
int study(const Options& o) {
  using Sampler = Model<L, schwinger_model::Flow>;
  const lanes::Schwinger<Geometry<L>> theory(o.beta, o.kappa);

  // 1. The flow learns the theory from values of S alone.
  if (!o.resume)
    for (const char* part : {"hierarchy", "flow"}) std::filesystem::remove(checkpoint_of(o, part));
  Sampler sampler{lanes::Seed{o.seed}};
  std::printf(
      "Schwinger model on %d x %d sites, beta = %g, kappa = %g; a flow with %d parameters, %s\n", L,
      L, o.beta, o.kappa, Sampler::parameter_count(), sampler.backend().name().c_str());
  lanes::TrainingResult training;
  if (!o.load.empty()) {
    lanes::load_parameters(o.load, sampler);
  } else if (!o.resume || !std::filesystem::exists(checkpoint_of(o, "flow"))) {
    Model<L, schwinger_model::Hierarchy> hierarchy{lanes::Seed{o.seed}};
    training = learn<L>(o, hierarchy, "hierarchy", o.first_rate, 2 * o.steps);
    schwinger_model::continue_from(hierarchy, sampler);
  }
  if (o.steps > 0 && training.end == lanes::TrainingEnd::all_steps) {
    training = learn<L>(o, sampler, "flow", o.rate, o.steps);
    lanes::save_history(o.output + "/history.npy", training.history);
  }
  if (training.end == lanes::TrainingEnd::interrupted) return 130;
  lanes::save_parameters(o.output + "/parameters.safetensors", sampler);

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

  // 3. What they say, where det D > 0: HMC crosses det D = 0, where S is infinite, so rarely that
  // its share of the other sign is anyone's guess. Of the pion correlator only weighted ensembles
  // give a right error (observable/fermion_observables.hpp).
  const auto ess = lanes::effective_sample_size(flow.proposal_log_weights);
  const auto f = lanes::free_energy(flow.proposal_log_weights);
  const auto f_q = lanes::variational_free_energy(flow.proposal_log_weights);
  std::printf("acceptance %.4f, ESS %s of N = %zu\nF   %s\nF_q %s\n\n", flow.acceptance(),
              studies::value_text(ess.value, ess.error).c_str(), ess.samples, to_string(f).c_str(),
              to_string(f_q).c_str());
  const lanes::PositiveDeterminant positive{o.kappa};
  const lanes::ChiralCondensate condensate{o.kappa};
  const auto rows = studies::compare(flow, hmc, lanes::Weighted(lanes::Plaquette{}, positive),
                                     lanes::Weighted(lanes::TopologicalChargeSquared{}, positive),
                                     lanes::Weighted(condensate, positive));
  studies::print(rows);
  const auto sign = analyse(lanes::DeterminantSign{o.kappa}, flow)[0];
  const auto sign_hmc = analyse(lanes::DeterminantSign{o.kappa}, hmc)[0];
  std::printf("mean sign of det D: flow %s, HMC %s\n\n", to_string(sign).c_str(),
              to_string(sign_hmc).c_str());

  const auto draws = lanes::sample_reweighted(
      sampler, theory, {.configurations = o.brief ? 4096u : 100'000u, .first = 1'000'000});
  const auto gauge = lanes::reweighted(
      lanes::sample_heat_bath(
          lanes::U1Gauge<Geometry<L>>(o.beta + o.shift),
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
                        {"condensate", studies::json_of(all)},
                        {"pion_mass", studies::json_of(mass)}});
  };
  say("flow, weighted", draws, 1);
  say("gauge theory, weighted", gauge, 5);

  // 4. The claims.
  studies::Claims claims;
  claims.check(f_q.value > f.value - 5 * std::hypot(f.error, f_q.error), "F_q is not below F");
  studies::check_agreement(claims, rows);

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
      {"F", studies::json_of(f)},
      {"F_q", studies::json_of(f_q)},
      {"sign", {{"flow", studies::json_of(sign)}, {"hmc", studies::json_of(sign_hmc)}}},
      {"observables", studies::json_of(rows)},
      {"weighted", weighted},
      {"claims_hold", claims.hold()}};
  lanes::write_file_atomically(o.output + "/result.json", {lanes::bytes_of(result.dump(2) + "\n")});
  std::printf("\nwritten: %s/result.json, parameters.safetensors\n", o.output.c_str());
  claims.print();
  return claims.hold() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return studies::run_study("schwinger", read_options(argc, argv), [](const Options& o) {
    if (o.without_flow)
      return o.extent == 8 ? compare_without_flow<8>(o) : compare_without_flow<16>(o);
    return o.extent == 8 ? study<8>(o) : study<16>(o);
  });
}
