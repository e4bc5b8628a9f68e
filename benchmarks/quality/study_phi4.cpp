// SPDX-License-Identifier: BSD-3-Clause
//
// phi4: trains a flow on the scalar phi^4 theory, draws an exact ensemble with it, and compares
// that with Hybrid Monte Carlo.
//
//   S = sum_x [ -2 sum_mu phi(x) phi(x+mu) + (4 + m2) phi^2 + lambda phi^4 ],
//     m2 = -4, lambda = 6.008
//
// on 8 x 8 sites, where m_p L = 3.97(5) (Albergo et al. 1904.12072). Writes into --output:
// result.json, history.npy [steps][7], two_point.npy [t][t, flow, error, HMC, error],
// checkpoint.safetensors. Exit status 1 if the output contradicts itself (the claims at the end of
// main), 130 if interrupted.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <lanes/io/checkpoint.hpp>
#include <lanes/io/history.hpp>
#include <lanes/io/npy.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"
#include "study.hpp"

namespace {

using Geometry = lanes::Lattice<8, 8>;
using Network = lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>, lanes::LeakyRelu>;
using Flow = lanes::Repeat<16, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
using Theory = lanes::Phi4<Geometry>;
using Sampler = lanes::Sampler<Theory::Field, Geometry, Flow, lanes::Single, lanes::Cpu>;

constexpr double m2 = -4, lambda = 6.008;
constexpr double published_mass = 3.97, published_mass_error = 0.05;  // m_p L

struct Options : studies::Options {
  std::string estimator = "path";
  bool resume = false;
};

Options read_options(int argc, char** argv) {
  Options o;
  CLI::App app("Trains a flow for phi^4 theory on an 8 x 8 lattice and compares it with HMC.");
  o.output = "results/phi4", o.batch = 256, o.rate = 3e-3;
  studies::add_options(app, o);
  app.add_option("--estimator", o.estimator, "of the gradient")
      ->check(CLI::IsMember({"path", "reinforce", "reparam"}))
      ->capture_default_str();
  app.add_flag("--resume", o.resume, "go on from the checkpoint in the output folder");
  studies::parse(app, argc, argv);
  if (o.steps == 0) o.steps = o.brief ? 300 : 10'000;
  return o;
}

template <class Estimator>
lanes::TrainingResult train_with(Sampler& sampler, const Theory& theory, const Options& o) {
  using Rate = lanes::CosineRate;
  const lanes::TrainOptions<lanes::Adam, Rate> recipe{.steps = o.steps,
                                                      .batch = o.batch,
                                                      .optimizer = {.learning_rate = o.rate},
                                                      .clip_norm = 10,
                                                      .progress = true};
  lanes::Trainer<Estimator, Sampler, Theory, lanes::Adam, Rate> trainer(sampler, theory, recipe);
  const std::string path = o.output + "/checkpoint.safetensors";
  if (!o.resume || !lanes::resume_if_present(path, trainer))
    lanes::save_checkpoint(path, trainer);  // a folder that cannot be written is found out now
  return lanes::run<lanes::ReturnOnSignal>(trainer, lanes::CheckpointEvery{path, 250});
}

lanes::TrainingResult train(Sampler& sampler, const Theory& theory, const Options& o) {
  if (o.estimator == "path") return train_with<lanes::PathGradient>(sampler, theory, o);
  if (o.estimator == "reinforce") return train_with<lanes::Reinforce>(sampler, theory, o);
  return train_with<lanes::Reparameterization>(sampler, theory, o);
}

void save_two_point(const std::string& path, const std::vector<studies::Row>& rows) {
  std::vector<double> table;
  for (const studies::Row& row : rows)
    table.insert(table.end(), {static_cast<double>(table.size() / 5), row.flow.value,
                               row.flow.error, row.hmc.value, row.hmc.error});
  lanes::save_npy(path, table.data(), {static_cast<std::ptrdiff_t>(rows.size()), 5});
}

/// What the weights w = exp(-S) / q say, from the flow's samples and from HMC's.
struct Quality {
  lanes::EffectiveSampleSize ess;
  lanes::Estimate f, f_q;
  lanes::TargetSide target;
  lanes::ModeCollapse collapse;
};

template <class FlowEnsemble, class HmcEnsemble>
Quality judge(Sampler& sampler, const FlowEnsemble& flow, const HmcEnsemble& hmc) {
  const std::span<const double> ours = flow.proposal_log_weights;
  const lanes::TargetSide target =
      lanes::target_side(lanes::target_log_weights(sampler, hmc), hmc.lengths());
  return {lanes::effective_sample_size(ours), lanes::free_energy(ours),
          lanes::variational_free_energy(ours), target, lanes::mode_collapse(ours, target)};
}

void print(const Quality& q, double acceptance) {
  std::printf("acceptance            %.4f\n", acceptance);
  std::printf("ESS, flow's samples   %-18s of N = %zu\n",
              studies::value_text(q.ess.value, q.ess.error).c_str(), q.ess.samples);
  std::printf("ESS, HMC's samples    %-18s through the inverse of the flow\n",
              to_string(q.target.effective_sample_size).c_str());
  std::printf("covered               %-18s share of the target that the flow's samples reach\n",
              to_string(q.collapse.covered).c_str());
  std::printf("mode collapse         %s\n", to_string(q.collapse).c_str());
  std::printf("F_q                   %-18s <S + ln q>\n", to_string(q.f_q).c_str());
  std::printf("F, flow's samples     %-18s -ln Z\n", to_string(q.f).c_str());
  std::printf("F, HMC's samples      %s\n\n", to_string(q.target.free_energy).c_str());
}

int run(const Options& o) {
  const Theory theory = Theory::from_mass_coupling(m2, lambda);
  Sampler sampler{lanes::Seed{o.seed}};

  // 1. The flow learns the theory.
  std::printf("phi^4 on 8 x 8 sites, m2 = %g, lambda = %g; a flow with %d parameters\n", m2, lambda,
              Sampler::parameter_count());
  std::printf("training: %ld steps of %d samples, estimator %s, %s%s\n", o.steps, o.batch,
              o.estimator.c_str(), sampler.backend().name().c_str(),
              o.brief ? "" : "\n(the default takes about two minutes on two free cores)");
  std::fflush(stdout);
  const lanes::Stopwatch training_watch;
  const lanes::TrainingResult training = train(sampler, theory, o);
  const double training_seconds = training_watch.seconds();
  lanes::save_history(o.output + "/history.npy", training.history);
  if (training.end == lanes::TrainingEnd::interrupted) {
    std::printf("interrupted; --resume goes on from %s/checkpoint.safetensors\n", o.output.c_str());
    return 130;
  }

  // 2. An exact ensemble by independence Metropolis from the flow, another one by HMC.
  const lanes::Stopwatch flow_watch;
  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = o.brief ? 20'000u : 200'000u});
  const double flow_seconds = flow_watch.seconds();
  const lanes::Stopwatch hmc_watch;
  const auto hmc = lanes::sample_hmc(theory,
                                     {.chains = 64,
                                      .trajectories = o.brief ? 500 : 6000,
                                      .interval = 2,
                                      .thermalisation = 500,
                                      .acceptance = 0.9},
                                     lanes::Seed{o.seed + 1});
  const double hmc_seconds = hmc_watch.seconds();
  std::printf("seconds: training %.1f, %zu configurations of the flow %.1f, %zu of HMC %.1f\n\n",
              training_seconds, flow.size(), flow_seconds, hmc.size(), hmc_seconds);

  // 3. How good the flow is, and what both say about the theory.
  const Quality quality = judge(sampler, flow, hmc);
  print(quality, flow.acceptance());
  const auto correlator = studies::compare(flow, hmc, lanes::TwoPointFunction{});
  auto rows =
      studies::compare(flow, hmc, lanes::Magnetization{}, lanes::AbsoluteMagnetization{},
                       lanes::Susceptibility{}, lanes::BinderCumulant{}, lanes::CorrelationLength{},
                       lanes::EffectiveMass{}, lanes::PoleMass{});
  const lanes::Estimate mass = rows.back().flow;  // the pole mass is the last of them
  rows.push_back({"action density", action_density(flow), action_density(hmc)});
  rows.insert(rows.end(), correlator.begin(), correlator.end());
  studies::print(rows);

  // 4. Files.
  save_two_point(o.output + "/two_point.npy", correlator);
  nlohmann::json result = {
      {"theory", {{"name", "phi4"}, {"m2", m2}, {"lambda", lambda}, {"lattice", {8, 8}}}},
      {"seed", o.seed},
      {"brief", o.brief},
      {"training",
       {{"estimator", o.estimator},
        {"steps", o.steps},
        {"batch", o.batch},
        {"backend", sampler.backend().name()},
        {"parameters", Sampler::parameter_count()}}},
      {"seconds", {{"training", training_seconds}, {"flow", flow_seconds}, {"hmc", hmc_seconds}}},
      {"acceptance", flow.acceptance()},
      {"ess",
       {{"value", quality.ess.value},
        {"error", quality.ess.error},
        {"samples", quality.ess.samples}}},
      {"target_ess", studies::json_of(quality.target.effective_sample_size)},
      {"covered", studies::json_of(quality.collapse.covered)},
      {"mode_collapse", quality.collapse.collapsed},
      {"F_q", studies::json_of(quality.f_q)},
      {"F", studies::json_of(quality.f)},
      {"F_from_hmc", studies::json_of(quality.target.free_energy)},
      {"observables", studies::json_of(rows)}};

  // 5. The claims.
  studies::Claims claims;
  studies::check_agreement(claims, rows);
  const lanes::Estimate f = quality.f, f_target = quality.target.free_energy, f_q = quality.f_q;
  claims.check(std::isfinite(f.value) && std::isfinite(f_q.value), "F and F_q are finite");
  claims.check(f_q.value > f.value - 5 * std::hypot(f.error, f_q.error), "F_q is not below F");
  claims.check(flow.acceptance() > (o.brief ? 0.01 : 0.3), "the flow's proposals are accepted");
  if (!o.brief) {
    claims.check(std::abs(f.value - f_target.value) < 5 * std::hypot(f.error, f_target.error),
                 "F is the same from the flow's samples and from HMC's");
    claims.check(!quality.collapse.collapsed, "the flow covers every mode");
    claims.check(std::abs(8 * mass.value - published_mass) <
                     5 * std::hypot(8 * mass.error, published_mass_error),
                 "m_p L is the published one");
    std::printf("\nm_p L = %s; published: 3.97(5)\n",
                studies::value_text(8 * mass.value, 8 * mass.error).c_str());
  }
  result["claims_hold"] = claims.hold();
  lanes::write_file_atomically(o.output + "/result.json", {lanes::bytes_of(result.dump(2) + "\n")});
  std::printf("\nwritten: %s/result.json, history.npy, two_point.npy, checkpoint.safetensors\n",
              o.output.c_str());
  claims.print();
  return claims.hold() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return studies::run_study("phi4", read_options(argc, argv), run);
}
