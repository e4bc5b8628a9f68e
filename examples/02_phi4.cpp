// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 2, phi^4: a flow is trained, Metropolis makes it exact, HMC stands beside it.
//
// The flow turns Gaussian numbers z into configurations x of known density q(x); training lowers
// F_q = <S + ln q>, a bound on the free energy F = -ln Z. Draws are independent; each is accepted
// with probability min(1, w(x')/w(x)), w = exp(-S)/q, and what comes out is distributed as exp(-S).
// On so small a lattice HMC is the cheaper of the two: see lesson 10 for a theory where it is not.
// Builds on: 1.
#include <cmath>
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<8, 8>;
  using Network = lanes::ConvNet<lanes::Channels<8, 8>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Flow = lanes::Repeat<12, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
  using Theory = lanes::Phi4<Geometry>;

  lanes::Sampler<Theory::Field, Geometry, Flow, lanes::Single, lanes::Cpu> sampler{lanes::Seed{7}};
  const Theory theory = Theory::from_mass_coupling(-4.0, 6.008);  // correlation length L / 4

  lanes::train<lanes::PathGradient>(sampler, theory,
                                    {.steps = lesson.brief_or(300, 1500),
                                     .batch = 256,
                                     .optimizer = {.learning_rate = 2e-3},
                                     .clip_norm = 10});
  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = lesson.brief_or(20'000u, 100'000u)});
  lanes::print(flow, lanes::Magnetization{}, lanes::Susceptibility{}, lanes::CorrelationLength{});

  const auto hmc = lanes::sample_hmc(
      theory, {.chains = 32, .trajectories = lesson.brief_or(1000, 5000), .thermalisation = 200});
  std::printf("\n%-28s%-18s%s\n", "", "flow", "HMC");
  lesson.agree("susceptibility", analyse(lanes::Susceptibility{}, flow)[0],
               analyse(lanes::Susceptibility{}, hmc)[0]);
  lesson.agree("correlation length", analyse(lanes::CorrelationLength{}, flow)[0],
               analyse(lanes::CorrelationLength{}, hmc)[0]);

  const auto f = lanes::free_energy(flow.proposal_log_weights);
  const auto f_q = lanes::variational_free_energy(flow.proposal_log_weights);
  std::printf("\nF = %s, below F_q = %s\n", to_string(f).c_str(), to_string(f_q).c_str());
  lesson.claim(f_q.value > f.value - 5 * std::hypot(f.error, f_q.error), "F_q is not below F");
  lesson.claim(flow.acceptance() > lesson.brief_or(0.1, 0.4), "proposals are accepted");
  return lesson.end();
}
