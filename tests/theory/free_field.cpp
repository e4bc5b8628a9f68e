// SPDX-License-Identifier: BSD-3-Clause
//
// FreeField: its action against the sum over momenta, its force, Phi4's limit, refused masses.
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/phi4.hpp>

using namespace lanes;
using laws::deviation;
using laws::Tile;

TEST_CASE_TEMPLATE("S = 1/2 sum_k |phi(k)|^2 (khat^2 + m2)", G, Lattice<7>, Lattice<4, 6>,
                   Lattice<2, 3, 4>, Lattice<2, 3, 2, 4>) {
  constexpr int lanes = Tile<Double>::lanes;
  constexpr double m2 = 0.37;
  Tile<Double> tile;
  const FreeField<G> theory(m2);
  const auto x = laws::normal_field<Double>(G::volume, 1);
  std::vector<double> s(lanes, 0.0);
  for (int n = 0; n < G::volume;
       ++n) {  // the momentum k_mu = 2 pi n_mu / L_mu, n_mu the coordinates of site n
    double khat2 = 0;
    for (int mu = 0; mu < G::dimension; ++mu)
      khat2 += 2 - 2 * std::cos(2 * std::numbers::pi * G::coordinate(n, mu) / G::extent(mu));
    for (int k = 0; k < lanes; ++k) {
      std::complex<double> phi = 0;
      for (int site = 0; site < G::volume; ++site) {
        double phase = 0;
        for (int mu = 0; mu < G::dimension; ++mu)
          phase +=
              2 * std::numbers::pi * G::coordinate(n, mu) * G::coordinate(site, mu) / G::extent(mu);
        phi += x[std::size_t(site * lanes + k)] * std::polar(1.0, phase);
      }
      s[std::size_t(k)] += 0.5 * std::norm(phi) / G::volume * (khat2 + m2);
    }
  }
  CHECK(deviation(tile.action(theory, x), s) < Double::agreement);
  CHECK(deviation(tile.action(Phi4<G>::textbook(m2, 0), x), s) < Double::agreement);
}

TEST_CASE("masses without a normalisable action are refused") {
  using T = FreeField<Lattice<4, 4>>;
  CHECK(T(1.25).m2() == 1.25);
  CHECK_THROWS_WITH_AS(T(0), "lanes: FreeField: m2 is 0 (allowed: > 0 and finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T(-1), doctest::Contains("FreeField: m2 is -1"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(T(std::numeric_limits<double>::quiet_NaN()),
                       doctest::Contains("FreeField: m2 is nan"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(T(std::numeric_limits<double>::infinity()),
                       doctest::Contains("FreeField: m2 is inf"), std::invalid_argument);
}
