// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 10, topology: U(1) gauge theory on 16 x 16 sites at beta = 7, where local algorithms stop
// changing the topological charge Q. The flow sets the plaquettes from coarse to fine, the total
// charge first, so that every draw has a charge of its own.
//
//   S = -beta sum_x cos P(x),   Q = sum_x P(x) / 2 pi with P in (-pi, pi]
//
// It learns on 8 x 8 sites; its levels do not depend on the lattice, and 16 x 16 starts from there.
// Writes charge.npy [t][t, Q of the flow's chain, of one HMC chain, of one heat bath chain].
// Builds on: 2.
#include <lanes/io/npy_file.hpp>
#include <lanes/lanes.hpp>

#include "lesson.hpp"

template <int L>
using Geometry = lanes::Lattice<L, L>;
using Network = lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<1>, lanes::Tanh>;
using Flow = lanes::GaugeHierarchy<lanes::CircularSpline<13, 1000>, Network>;
template <int L>
using Sampler = lanes::Sampler<lanes::U1, Geometry<L>, Flow>;

/// beta grows from 0 over the first `annealing` steps.
template <int L>
void learn(Sampler<L>& sampler, double beta, double rate, long steps, long annealing) {
  lanes::train<lanes::Reinforce, lanes::Adam, lanes::WarmUp<lanes::CosineRate>>(
      sampler, lanes::U1Gauge<Geometry<L>>(beta),
      {.steps = steps,
       .batch = 1024,
       .optimizer = {.learning_rate = rate},
       .schedule = {.over = 1 + steps / 50},
       .clip_norm = 20,
       .annealing_steps = annealing});
}

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  const double beta = lesson.brief_or(2.0, 7.0);
  const long steps = lesson.brief_or(100L, 2000L), updates = lesson.brief_or(2000L, 5000L);
  const lanes::U1Gauge<Geometry<16>> theory(beta);
  const double exact = lanes::ExactU1(beta, 16 * 16).topological_charge_squared();

  Sampler<8> small{lanes::Seed{7}};
  Sampler<16> sampler{lanes::Seed{7}};
  lesson.forecast(1.5 * double(steps) / 20, [&] {  // a taste of what comes
    Sampler<8> trial{lanes::Seed{1}};
    learn<8>(trial, beta, 0.01, 20, 20);
  });
  learn<8>(small, beta, 0.01, steps, steps / 2);
  lanes::transfer(small, sampler);
  learn<16>(sampler, beta, 0.003, steps / 10, 0);

  const auto flow = lanes::sample_exact(sampler, theory, {.configurations = 10 * size_t(updates)});
  const auto hmc = lanes::sample_hmc(
      theory, {.steps = 10, .chains = 32, .trajectories = int(updates), .acceptance = 0.9});
  const auto local = lanes::sample_heat_bath(theory, {.chains = 32, .sweeps = int(updates)});
  std::printf("%-20s%-16s tau_int\n%-20s%.4f\n", "", "Q^2", "exact", exact);
  const auto show = [](const char* name, const auto& ensemble) {
    const lanes::Estimate q2 = analyse(lanes::TopologicalChargeSquared{}, ensemble)[0];
    std::printf("%-20s%-16s %-8.3g %s\n", name, to_string(q2).c_str(), q2.tau_int,
                to_string(q2.verdict).c_str());
    return q2;
  };
  const lanes::Estimate q2 = show("flow + Metropolis", flow), frozen = show("HMC", hmc);
  show("heat bath", local);
  lesson.agree("Q^2 of the flow", q2, exact);
  lesson.claim(lesson.brief() || 100 * q2.tau_int < frozen.tau_int, "the flow forgets Q at once");
  std::vector<double> history;
  for (std::size_t t = 0; t < 2000; ++t) {
    history.push_back(double(t));
    const auto add = [&]<class Ensemble>(const Ensemble& e) {
      lanes::TopologicalCharge{}.measure<Geometry<16>>(e.configuration(t).data(),
                                                       &history.emplace_back());
    };
    add(flow), add(hmc), add(local);
  }
  lanes::save_npy(lesson.file("charge.npy"), history.data(), {2000, 4});
  return lesson.end();
}
