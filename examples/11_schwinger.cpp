// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 11, Schwinger model: two flavours of Wilson fermions on the U(1) links of lesson 10.
//
//   S = -beta sum_x cos P(x) - 2 ln|det D(theta)|,   hopping parameter kappa
//
// ln det D is exact, for a register of configurations at once, so that every estimator and HMC work
// on it as on any other action. Chains of the pure gauge theory with weights are a third way.
// Builds on: 10.
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<8, 8>;
  using Network = lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<1>, lanes::LeakyRelu>;
  using Flow = lanes::GaugeHierarchy<lanes::CircularSpline<13, 300>, Network>;
  const double beta = 2, kappa = 0.2;
  const lanes::Schwinger<Geometry> theory(beta, kappa);

  lanes::Sampler<lanes::U1, Geometry, Flow> sampler{lanes::Seed{7}};
  lanes::train<lanes::Reinforce>(sampler, theory,
                                 {.steps = lesson.brief_or(60L, 600L),
                                  .batch = 512,
                                  .optimizer = {.learning_rate = 4e-3},
                                  .clip_norm = 20});
  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = lesson.brief_or(5'000u, 50'000u)});
  const auto hmc = lanes::sample_hmc(
      theory, {.chains = 32, .trajectories = lesson.brief_or(200, 2000), .thermalisation = 100});
  const auto gauge = lanes::sample_heat_bath(lanes::U1Gauge<Geometry>(beta),
                                             {.chains = 32, .sweeps = lesson.brief_or(200, 2000)});
  const auto weighted = lanes::reweighted(gauge, theory);

  const lanes::ChiralCondensate condensate(kappa);
  std::printf("acceptance of the flow %.3f\n\n%-28s%-18s%s\n", flow.acceptance(), "", "flow",
              "HMC");
  lesson.agree("plaquette", analyse(lanes::Plaquette{}, flow)[0],
               analyse(lanes::Plaquette{}, hmc)[0]);
  lesson.agree("chiral condensate", analyse(condensate, flow)[0], analyse(condensate, hmc)[0]);
  std::printf("%-28s%-18s%s\n", "", "flow", "gauge, weighted");
  lesson.agree("plaquette", analyse(lanes::Plaquette{}, flow)[0],
               analyse(lanes::Plaquette{}, weighted)[0]);
  lesson.agree("chiral condensate", analyse(condensate, flow)[0], analyse(condensate, weighted)[0]);
  lesson.claim(flow.acceptance() > lesson.brief_or(0.005, 0.2), "proposals are accepted");
  return lesson.end();
}
