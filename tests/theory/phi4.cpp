// SPDX-License-Identifier: BSD-3-Clause
//
// Phi4: the three spellings are one theory; action by a plain sum; refused couplings. Its laws are
// in testing/theory_laws.cpp.
#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/phi4.hpp>

using namespace lanes;
using laws::deviation;
using laws::Tile;

namespace {

constexpr int width = Tile<Double>::lanes;

std::vector<double> scaled(std::vector<double> x, double by) {
  for (double& v : x) v *= by;
  return x;
}

template <class G>
std::vector<double> by_hand(const std::vector<double>& x, double hopping, double quadratic,
                            double quartic) {
  std::vector<double> s(width, 0.0);
  for (int site = 0; site < G::volume; ++site)
    for (int k = 0; k < width; ++k) {
      const double phi = x[std::size_t(site * width + k)];
      double& sum = s[std::size_t(k)];
      sum += quadratic * phi * phi + quartic * phi * phi * phi * phi;
      for (int mu = 0; mu < G::dimension; ++mu) {
        int forward = 0;  // worked out from coordinates, not by the library's neighbour
        for (int nu = 0; nu < G::dimension; ++nu)
          forward = forward * G::extent(nu) +
                    (G::coordinate(site, nu) + (nu == mu ? 1 : 0)) % G::extent(nu);
        sum -= hopping * phi * x[std::size_t(forward * width + k)];
      }
    }
  return s;
}

}  // namespace

TEST_CASE_TEMPLATE("the three spellings", G, Lattice<6>, Lattice<4, 6>, Lattice<2, 3, 4>,
                   Lattice<2, 3, 2, 4>) {
  constexpr double D = G::dimension;
  Tile<Double> tile;
  const auto x = laws::normal_field<Double>(G::volume, 1);
  for (auto [m2, lambda] : {std::pair{-4.0, 6.008}, {1.25, 0.0}, {-0.7, 0.3}}) {
    const auto no_half = Phi4<G>::from_mass_coupling(m2, lambda);
    const auto s = tile.action(no_half, x);
    CHECK(deviation(s, by_hand<G>(x, 2, 2 * D + m2, lambda)) < Double::agreement);
    // g = 6 lambda, phi_textbook = sqrt(2) phi_no-half
    const auto textbook = Phi4<G>::textbook(m2, 6 * lambda);
    CHECK(deviation(tile.action(textbook, x), by_hand<G>(x, 1, D + m2 / 2, 6 * lambda / 24)) <
          Double::agreement);
    CHECK(deviation(tile.action(textbook, scaled(x, std::sqrt(2.0))), s) < Double::agreement);
  }
  for (auto [kappa, l] : {std::pair{0.2, 0.5}, {0.13, 0.02}, {0.3, 1.1}}) {
    const auto hopping = Phi4<G>::from_hopping(kappa, l);
    CHECK(deviation(tile.action(hopping, x), by_hand<G>(x, 2 * kappa, 1 - 2 * l, l)) <
          Double::agreement);
    // m2 = (1 - 2l)/kappa - 2D, lambda = l/kappa^2, phi_no-half = sqrt(kappa) phi
    const auto no_half =
        Phi4<G>::from_mass_coupling((1 - 2 * l) / kappa - 2 * D, l / (kappa * kappa));
    CHECK(deviation(tile.action(no_half, scaled(x, std::sqrt(kappa))), tile.action(hopping, x)) <
          Double::agreement);
  }
  // At D = 2, l = 1/2: m2 = -4, lambda = 2/beta^2 with the beta = 2 kappa of 2105.12481.
  if constexpr (G::dimension == 2) {
    const double kappa = 0.29, beta = 2 * kappa;
    CHECK(deviation(tile.action(Phi4<G>::from_mass_coupling(-4, 2 / (beta * beta)),
                                scaled(x, std::sqrt(kappa))),
                    tile.action(Phi4<G>::from_hopping(kappa, 0.5), x)) < Double::agreement);
  }
}

TEST_CASE("couplings that make no theory are refused by name") {
  using T = Phi4<Lattice<8, 8>>;
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(T::from_mass_coupling(nan, 1),
                       "lanes: Phi4: m2 is nan (allowed: a finite number)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_mass_coupling(inf, 1), doctest::Contains("Phi4: m2 is inf"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_mass_coupling(-4, nan), doctest::Contains("Phi4: lambda is nan"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      T::from_mass_coupling(-4, -1),
      "lanes: Phi4: lambda is -1 (allowed: >= 0 and finite, else exp(-S) cannot be normalised)",
      std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_mass_coupling(0, 0),
                       doctest::Contains("Phi4: m2 (with lambda = 0) is 0 (allowed: > 0"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_mass_coupling(-4, 0),
                       doctest::Contains("Phi4: m2 (with lambda = 0) is -4"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::textbook(nan, 1), doctest::Contains("Phi4: m2 is nan"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::textbook(1, -0.5), doctest::Contains("Phi4: g is -0.5"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::textbook(-1, 0), doctest::Contains("Phi4: m2 (with g = 0) is -1"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_hopping(nan, 1), doctest::Contains("Phi4: kappa is nan"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_hopping(0.2, -1), doctest::Contains("Phi4: l is -1"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(T::from_hopping(0.25, 0),
                       "lanes: Phi4: kappa (with l = 0) is 0.25 (allowed: above -0.25 and below "
                       "0.25, else exp(-S) cannot be normalised)",
                       std::invalid_argument);
  for (double kappa : {-0.5, -0.25, 0.5, 1e200})
    CHECK_THROWS_AS(T::from_hopping(kappa, 0), std::invalid_argument);
  CHECK_THROWS_AS(T::from_mass_coupling(1e-17, 0), std::invalid_argument);  // lost beside 2D
  CHECK_THROWS_AS(T::from_hopping(0.1, 1e308), std::invalid_argument);      // 1 - 2l overflows
  CHECK_NOTHROW(T::from_mass_coupling(-4, 1e-6));
  CHECK_NOTHROW(T::from_mass_coupling(0.1, 0));
  CHECK_NOTHROW(T::from_hopping(0.24, 0));
  CHECK_NOTHROW(T::from_hopping(-0.24, 0));
  CHECK_NOTHROW(T::from_hopping(-3, 0.1));
}

namespace {

/// The lowest eigenvalue of the quadratic form at l = 0 over all momenta.
template <class G>
double lowest(double kappa) {
  double least = 1e9;
  for (int n = 0; n < G::volume; ++n) {
    double sum = 1;
    for (int mu = 0; mu < G::dimension; ++mu)
      sum -= 2 * kappa * std::cos(2 * 3.14159265358979 * G::coordinate(n, mu) / G::extent(mu));
    least = std::min(least, sum);
  }
  return least;
}

}  // namespace

TEST_CASE_TEMPLATE("without a quartic coupling: accepted where every momentum has a weight", G,
                   Lattice<2>, Lattice<3>, Lattice<4, 4>, Lattice<3, 5>, Lattice<4, 3>,
                   Lattice<2, 3, 4>) {
  int accepted = 0;
  for (int i = -200; i <= 200; ++i) {
    const double kappa = 0.005 * i + 0.00013;
    bool made = true;
    try {
      (void)Phi4<G>::from_hopping(kappa, 0);
    } catch (const std::invalid_argument&) {
      made = false;
    }
    CAPTURE(kappa);
    CHECK(made == (lowest<G>(kappa) > 0));
    accepted += made;
    CHECK_NOTHROW(Phi4<G>::from_hopping(kappa, 1e-3));
  }
  CHECK(accepted > 20);
}
