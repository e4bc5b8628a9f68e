// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 3, a theory of one's own: the action density of a site; the force is derived from it.
//
//   massive sine-Gordon: s = K/2 sum_mu (phi(x + mu) - phi(x))^2 + m2/2 phi^2 + A (1 - cos phi)
//
// Everything else (training, Metropolis, HMC) is as for the library's own theories.
// Builds on: 2.
#include <array>
#include <cstdio>

#include <lanes/lanes.hpp>
#include <lanes/testing/theory_laws.hpp>

#include "lesson.hpp"

template <class Geometry>
struct SineGordon : lanes::LocalTheory<SineGordon<Geometry>, lanes::Scalar, Geometry> {
  double stiffness = 0.5, mass2 = 0.1, amplitude = 0.3;

  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {  // one site and its forward neighbours
    T gradient = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      gradient += square(phi.forward(mu) - phi.here());
    return T(0.5 * stiffness) * gradient + T(0.5 * mass2) * square(phi.here()) +
           T(amplitude) * (T(1) - cos(phi.here()));
  }
};

// Sites further away are named by their reach.
template <class Geometry>
struct NextNeighbours : lanes::LocalTheory<NextNeighbours<Geometry>, lanes::Scalar, Geometry> {
  static constexpr std::array reach = {lanes::step<2>(0, 2), lanes::step<2>(1, 2)};
  double mass2 = 0.4, near = 0.7, far = -0.1;
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    T s = T(mass2) * square(phi.here()) + pow(phi.here(), 4);
    for (int mu = 0; mu < 2; ++mu)
      s += T(near) * square(phi.forward(mu) - phi.here()) +
           T(far) * square(phi.at(lanes::step<2>(mu, 2)) - phi.here());
    return s;
  }
};

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<8, 8>;
  using Network = lanes::ConvNet<lanes::Channels<8, 8>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Flow = lanes::Repeat<8, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;

  const SineGordon<Geometry> theory;
  lesson.keeps("sine-Gordon",
               lanes::laws::check_theory<lanes::laws::AllTranslations>(theory, lanes::Seed{3}));
  lesson.keeps("next neighbours",
               lanes::laws::check_theory<lanes::laws::AllTranslations, lanes::laws::SignFlip>(
                   NextNeighbours<lanes::Lattice<4, 4>>{}, lanes::Seed{3}));
  lanes::Sampler<lanes::Scalar, Geometry, Flow> sampler{lanes::Seed{7}};
  lanes::train<lanes::PathGradient>(sampler, theory,
                                    {.steps = lesson.brief_or(300, 1500),
                                     .batch = 256,
                                     .optimizer = {.learning_rate = 3e-3},
                                     .clip_norm = 10});
  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = lesson.brief_or(20'000u, 100'000u)});
  const auto hmc = lanes::sample_hmc(
      theory, {.chains = 32, .trajectories = lesson.brief_or(1000, 5000), .thermalisation = 200});
  std::printf("%-28s%-18s%s\n", "", "flow", "HMC");
  lesson.agree("susceptibility", analyse(lanes::Susceptibility{}, flow)[0],
               analyse(lanes::Susceptibility{}, hmc)[0]);
  lesson.agree("pole mass", analyse(lanes::PoleMass{}, flow)[0],
               analyse(lanes::PoleMass{}, hmc)[0]);
  lesson.agree("action of a site", action_density(flow), action_density(hmc));
  lesson.claim(flow.acceptance() > lesson.brief_or(0.05, 0.4), "proposals are accepted");
  return lesson.end();
}
