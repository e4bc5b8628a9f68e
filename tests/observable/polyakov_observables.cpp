// SPDX-License-Identifier: BSD-3-Clause
//
// Loops of U(1) links in two dimensions, around plaquettes and around the torus, on draws of the
// heat bath at a generic beta, against their expansion in characters (ExactU1).
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/exact/exact_u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/polyakov_observables.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <support/near.hpp>

using namespace lanes;

TEST_CASE("the area law: its ends, its symmetry, the infinite lattice") {
  for (double beta : {0.4, 1.3, 5.0}) {
    const ExactU1 exact(beta, 24);
    CHECK(exact.wilson_loop(0) == near(1));
    CHECK(exact.wilson_loop(1) == near(exact.plaquette()));
    CHECK(exact.wilson_loop(7) == near(exact.wilson_loop(24 - 7)));
    // I_n by their integrals (the trapezoidal rule of a periodic function is exact to rounding)
    const auto bessel = [&](int n) {
      double sum = 0;
      for (int k = 0; k < 400; ++k)
        sum += std::exp(beta * std::cos(two_pi * k / 400)) * std::cos(two_pi * n * k / 400);
      return sum / 400;
    };
    double w = 0, z = 0;
    for (int n = -40; n <= 40; ++n) {
      z += std::pow(bessel(n), 24);
      w += std::pow(bessel(n), 18) * std::pow(bessel(n + 1), 6);
    }
    CHECK(exact.wilson_loop(6) == near(w / z));
    CHECK(exact.string_tension() == near(std::log(bessel(0) / bessel(1))));
    CHECK(ExactU1(beta, 4096).creutz_ratio(2, 3) == near(exact.string_tension()));
    CHECK(exact.creutz_ratio(1, 1) == near(-std::log(exact.plaquette())));
  }
  // the torus is felt where it is small
  CHECK(ExactU1(5, 24).creutz_ratio(2, 2) < 0.9 * ExactU1(5, 24).string_tension());
  CHECK(ExactU1(0, 24).wilson_loop(0) == 1);
  CHECK(ExactU1(0, 24).wilson_loop(3) == 0);
  CHECK_THROWS_AS(ExactU1(1, 24).wilson_loop(25), std::invalid_argument);
  CHECK_THROWS_AS(ExactU1(1, 24).creutz_ratio(0, 2), std::invalid_argument);
}

TEST_CASE("loops of the heat bath at beta = 1.7 on 4 x 6 sites") {
  using G = Lattice<4, 6>;
  const ExactU1 exact(1.7, G::volume);
  const auto ensemble =
      sample_heat_bath(U1Gauge<G>(1.7), {.chains = 64, .sweeps = 1600, .interval = 2}, Seed{11});
  const auto within = [&](const auto& observable, double truth, double largest_error, int i = 0) {
    const Estimate e = analyse(observable, ensemble)[std::size_t(i)];
    CHECK_MESSAGE(std::abs(e.value - truth) < 4.5 * e.error, result_label<G>(observable, i), " ",
                  to_string(e), " is not ", truth);
    CHECK_MESSAGE(e.error < largest_error, to_string(e));
    CHECK(e.error > 0);
  };
  within(Plaquette{}, exact.wilson_loop(1), 0.001);
  within(WilsonLoop<2, 3>{}, exact.wilson_loop(6), 0.002);
  within(WilsonLoop<4, 2>{}, exact.wilson_loop(8), 0.002);  // along direction 0, twice around
  within(CreutzRatio<1, 1>{}, exact.creutz_ratio(1, 1), 0.001);
  within(CreutzRatio<2, 2>{}, exact.creutz_ratio(2, 2), 0.005);
  within(CreutzRatio<2, 3>{}, exact.creutz_ratio(2, 3), 0.02);

  within(PolyakovLoop{}, 0, 0.005);
  double squared = 0;
  for (int d = 0; d < G::extent(1); ++d) squared += exact.wilson_loop(4 * d) / G::extent(1);
  within(SquaredPolyakovLoop{}, squared, 0.002);
  CHECK(std::abs(squared - 1.0 / 6) > 0.02);  // not that of independent loops
  for (int d = 1; d <= 3; ++d) within(PolyakovCorrelator{}, exact.wilson_loop(4 * d), 0.004, d);
  CHECK(analyse(PolyakovCorrelator{}, ensemble)[0].value == near(1));
}

TEST_CASE("a correlator in three dimensions: shifted in each of the other directions") {
  using G = Lattice<2, 4, 6>;
  std::vector<double> theta(3 * G::volume, 0.0);
  const auto p = [](int x, int y) { return 0.3 * x * x + 0.7 * y + 0.2 * x * y; };  // of a loop
  for (int t = 0; t < 2; ++t)
    for (int x = 0; x < 4; ++x)
      for (int y = 0; y < 6; ++y)
        theta[std::size_t((t * 4 + x) * 6 + y)] = (t == 0 ? 0.25 : 0.75) * p(x, y);
  double expected[3] = {}, found[3] = {};
  for (int d = 0; d < 3; ++d)
    for (int x = 0; x < 4; ++x)
      for (int y = 0; y < 6; ++y)
        expected[d] +=
            (std::cos(p(x, y) - p((x + d) % 4, y)) + std::cos(p(x, y) - p(x, (y + d) % 6))) / 48;
  PolyakovCorrelator{}.measure<G>(theta.data(), found);
  for (int d = 0; d < 3; ++d) CHECK(found[d] == near(expected[d]));
}
