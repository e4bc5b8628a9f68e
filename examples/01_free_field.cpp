// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 1, free field: a theory, an ensemble of it, observables with errors.
//
// Hybrid Monte Carlo of a Gaussian theory, every number beside the exact one. The error of a chain
// is right only if it knows how long the chain remembers: error^2 = 2 tau_int variance / N, with
// tau_int in kept configurations, from the Gamma method.
// Builds on: nothing.
#include <cmath>
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<16, 16>;  // periodic
  const double m2 = 0.25;                   // in units of the lattice spacing
  const lanes::FreeField<Geometry> theory(m2);

  const auto ensemble = lanes::sample_hmc(
      theory, {.chains = 32, .trajectories = lesson.brief_or(500, 5000), .thermalisation = 200});
  lanes::print(ensemble, lanes::Magnetization{}, lanes::Susceptibility{}, lanes::PoleMass{});

  const lanes::ExactFreeField<Geometry> exact(m2);
  const lanes::Estimate chi = analyse(lanes::Susceptibility{}, ensemble)[0];
  const lanes::Estimate mass = analyse(lanes::PoleMass{}, ensemble)[0];
  std::printf("\n%-28s%-18s%s\n", "", "HMC", "exact");
  lesson.agree("susceptibility", chi, exact.susceptibility());
  lesson.agree("pole mass", mass, exact.pole_mass());
  lesson.agree("action of a site", action_density(ensemble), exact.action_density());

  std::printf(
      "\nwithout autocorrelations the error of the susceptibility would be %.2g, not %.2g\n",
      chi.error / std::sqrt(2 * chi.tau_int), chi.error);
  lesson.claim(chi.trusted() && mass.trusted(), "both errors can be believed");
  lesson.claim(chi.tau_int > 0.5, "a chain remembers");
  return lesson.end();
}
