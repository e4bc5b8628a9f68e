// SPDX-License-Identifier: BSD-3-Clause
//
// The exact free field against reference values and against sums done another way.
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <lanes/exact/exact.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/correlation_length.hpp>
#include <lanes/observable/correlator.hpp>
#include <support/near.hpp>

using lanes::ExactFreeField;
using lanes::Lattice;

namespace {

template <class Geometry>
void check_reference(double m2, double free_energy, double phi_squared) {
  const ExactFreeField<Geometry> exact(m2);
  CHECK(exact.free_energy() == near(free_energy));
  CHECK(exact.phi_squared() == near(phi_squared));
}

}  // namespace

TEST_CASE("free energy and <phi^2>: the project's reference values") {
  check_reference<Lattice<8, 8>>(1.25, -8.608333638411663, 0.23396700154665326);
  check_reference<Lattice<16, 16>>(0.25, -71.2372603404734, 0.376958111158131);
  check_reference<Lattice<32, 32>>(0.0625, -325.50166217197057, 0.4933003086467014);
  check_reference<Lattice<4, 4, 4>>(1.0, 0.9690014018616848, 0.17415917415917417);
  check_reference<Lattice<6, 10>>(0.5, -14.148047463385359, 0.3193906761680676);
  check_reference<Lattice<16>>(0.5, -9.157854345700681, 0.6666870120291956);
}

TEST_CASE("the correlator is a cosh of the pole mass, its sum the susceptibility") {
  using L = Lattice<12, 6>;
  const ExactFreeField<L> exact(0.4);
  // C(t) = cosh(m (T/2 - t)) / (2 sinh(m) sinh(m T / 2))
  const double m = exact.pole_mass();
  double sum = 0;
  for (int t = 0; t < 12; ++t) {
    CHECK(exact.two_point(t) ==
          near(std::cosh(m * (6 - t)) / (2 * std::sinh(m) * std::sinh(6 * m))));
    sum += exact.two_point(t);
  }
  CHECK(sum == near(exact.susceptibility()));
  CHECK(exact.two_point(-1) == near(exact.two_point(1)));
  CHECK(exact.two_point(13) == near(exact.two_point(1)));
}

TEST_CASE("the observables' formulae at the exact means") {
  using L = Lattice<10, 6>;
  const double m2 = 0.3;
  const ExactFreeField<L> exact(m2);
  double means[8];
  for (int t = 0; t < 6; ++t) means[t] = exact.two_point(t);
  means[6] = means[7] = 0;
  double mass[4];
  lanes::EffectiveMass{}.derived<L>(means, mass);
  for (double m : mass) CHECK(m == near(exact.pole_mass()));
  double pole;
  lanes::PoleMass{}.derived<L>(means, &pole);
  CHECK(pole == near(exact.pole_mass()));

  const double modes[5] = {0, 0, exact.susceptibility() / L::volume,
                           1 / exact.inverse_propagator(6), 1 / exact.inverse_propagator(1)};
  double xi;
  lanes::CorrelationLength{}.derived<L>(modes, &xi);
  CHECK(xi == near(exact.correlation_length()));
}

TEST_CASE("a zero mode without mass is refused") {
  CHECK_THROWS_WITH_AS((ExactFreeField<Lattice<4, 4>>(0.0)),
                       "lanes: ExactFreeField: m2 is 0 (allowed: finite and > 0)",
                       std::invalid_argument);
  CHECK_THROWS_AS((ExactFreeField<Lattice<4, 4>>(NAN)), std::invalid_argument);
}
