// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 12, Ising spins: an autoregressive network draws spins one given the others, so that q is
// known exactly; there is nothing to differentiate through, and REINFORCE trains it.
//
// Kaufman's exact answers and Wolff's clusters stand beside it. The network gives what no chain
// gives: the free energy.
// Builds on: 2.
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<16, 16>;
  using Network = lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
  const double beta = 0.44;  // critical: 0.4407
  const lanes::IsingModel<Geometry> theory(beta);
  const lanes::ExactIsing exact(beta, 16);

  lanes::Sampler<lanes::Ising, Geometry, lanes::Symmetric<lanes::Z2, Network>> sampler{
      lanes::Seed{7}};
  lanes::train<lanes::Reinforce, lanes::Adam, lanes::CosineRate>(
      sampler, theory,
      {.steps = lesson.brief_or(600L, 3000L),
       .batch = 256,
       .optimizer = {.learning_rate = 5e-3},
       .annealing_decay = lesson.brief_or(0.98, 0.996)});

  const auto draws = lanes::sample_reweighted(
      sampler, theory, {.configurations = lesson.brief_or(20'000u, 100'000u)});
  const auto wolff = lanes::sample_wolff(
      theory, {.chains = 16, .updates = lesson.brief_or(500, 5000)}, lanes::Seed{8});
  lanes::print(draws, lanes::IsingEnergy{}, lanes::AbsoluteMagnetization{});

  std::printf("\n%-28s%-18s%s\n", "", "network", "exact");
  lesson.agree("F", lanes::free_energy(draws.log_weights), -exact.log_z());
  lesson.agree("energy", analyse(lanes::IsingEnergy{}, draws)[0], exact.energy());
  lesson.agree("specific heat", analyse(lanes::SpecificHeat{beta}, draws)[0],
               exact.specific_heat());
  std::printf("%-28s%-18s%s\n", "", "network", "Wolff");
  lesson.agree("|m|", analyse(lanes::AbsoluteMagnetization{}, draws)[0],
               analyse(lanes::AbsoluteMagnetization{}, wolff)[0]);
  lesson.claim(lesson.brief() || effective_sample_size(draws).value > 0.5,
               "the network has learnt the theory");
  return lesson.end();
}
