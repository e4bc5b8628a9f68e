// SPDX-License-Identifier: BSD-3-Clause
//
// ExactU1 against tests/data/exact.json, its limits, and the observables of links on configurations
// made by hand.
#include <cmath>
#include <fstream>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/core/precision.hpp>
#include <lanes/exact/exact_u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/polyakov_observables.hpp>

using namespace lanes;

TEST_CASE("ln Z, plaquette and charge at the tabulated points") {
  std::ifstream file(LANES_TEST_DATA "/exact.json");
  REQUIRE(file.good());
  const auto table = nlohmann::json::parse(file)["u1"];
  REQUIRE(table.size() == 6);
  for (const auto& point : table) {
    const ExactU1 exact(point["beta"], int(point["lattice"][0]) * int(point["lattice"][1]));
    CHECK(exact.log_z_haar() ==
          doctest::Approx(double(point["lnZ_haar"])).epsilon(Double::agreement));
    CHECK(exact.plaquette() ==
          doctest::Approx(double(point["plaquette"])).epsilon(Double::agreement));
    // eight digits are tabulated
    CHECK(exact.topological_charge_squared() == doctest::Approx(double(point["Q2"])).epsilon(1e-8));
    CHECK(
        exact.log_z() - exact.log_z_haar() ==
        doctest::Approx(2 * int(point["lattice"][0]) * int(point["lattice"][1]) * std::log(two_pi))
            .epsilon(Double::agreement));
  }
}
TEST_CASE("limits: beta = 0 is Haar, large beta and volume neither overflow nor lose sense") {
  CHECK(ExactU1(0, 64).log_z_haar() == 0);
  CHECK(ExactU1(0, 64).topological_charge_squared() ==
        doctest::Approx(64.0 / 12).epsilon(Double::agreement));
  // beta / 2 and 1 - 1 / (2 beta), up to terms of relative order beta^2 and 1 / beta^2
  CHECK(ExactU1(1e-3, 64).plaquette() == doctest::Approx(0.5e-3).epsilon(1e-6));
  const ExactU1 cold(1e4, 1 << 16);
  CHECK(cold.plaquette() == doctest::Approx(1 - 0.5e-4).epsilon(1e-8));
  CHECK(std::isfinite(cold.log_z_haar()));
  CHECK(std::abs(ExactU1(1e4, 64).topological_charge_squared()) < Double::agreement);
  // the plaquette is the derivative of ln Z, up to step^2
  const double step = 1e-4;
  CHECK((ExactU1(3 + step, 256).log_z_haar() - ExactU1(3 - step, 256).log_z_haar()) /
            (2 * step * 256) ==
        doctest::Approx(ExactU1(3, 256).plaquette()).epsilon(1e-8));
  CHECK_THROWS_WITH_AS(ExactU1(-1, 64), "lanes: ExactU1: beta is -1 (allowed: from 0 to 1e8)",
                       std::invalid_argument);
  CHECK_THROWS_AS(ExactU1(INFINITY, 64), std::invalid_argument);
  CHECK_THROWS_AS(ExactU1(NAN, 64), std::invalid_argument);
  CHECK_THROWS_AS(ExactU1(1, 1), std::invalid_argument);
}
TEST_CASE("extreme couplings and volumes, by characters in 40 digits") {
  // mpmath: besseli(n, beta) and quad of the formulae of exact_u1.hpp
  const struct {
    double beta;
    int volume;
    double log_z_haar, plaquette, charge_squared;
  } table[] = {{1e-10, 64, 1.6e-19, 5.0e-11, 5.3333333330091055},
               {1, 1000000, 235914.35850717865, 0.44638996589653451, 40636.236105072126},
               {100, 64, 6195.0424730072934, 0.99506589211843437, 9.6265146562409306e-14},
               {100, 1000000, 96779732.689942584, 0.99498737300516877, 254.58342094303128},
               {1e4, 1000000, 9994475903.7814323, 0.99994999874987498, 2.533156256260791},
               {1e6, 1000000, 999992173307.23175, 0.999999500000375, 5.3506287621735744e-9}};
  for (const auto& t : table) {
    CAPTURE(t.beta);
    CAPTURE(t.volume);
    const ExactU1 exact(t.beta, t.volume);
    CHECK(std::abs(exact.log_z_haar() / t.log_z_haar - 1) < 1e-12);
    CHECK(std::abs(exact.plaquette() / t.plaquette - 1) < 1e-12);
    CHECK(std::abs(exact.topological_charge_squared() - t.charge_squared) <
          1e-12 * (t.charge_squared + t.volume / t.beta));
    CHECK(exact.topological_charge_squared() >= 0);
  }
  for (double beta : {0.0, 1e-320, 1e-300, 1e-20, 1e6})
    for (int volume : {4, 64, 1000000}) {
      const ExactU1 exact(beta, volume);
      CAPTURE(beta);
      CAPTURE(volume);
      CHECK(std::isfinite(exact.log_z()));
      CHECK(exact.plaquette() == doctest::Approx(beta < 1 ? beta / 2 : 1).epsilon(1e-6));
      CHECK(exact.topological_charge_squared() >= 0);
      CHECK(std::isfinite(exact.topological_charge_squared()));
    }
  CHECK(ExactU1(1e8, 1000000).plaquette() == doctest::Approx(1 - 0.5e-8).epsilon(1e-12));
}

namespace {

using G = Lattice<4, 6>;
constexpr int V = G::volume;

// A field of constant plaquette 2 pi q / V.
std::vector<double> instanton(int q) {
  std::vector<double> theta(2 * V, 0.0);
  for (int x = 0; x < V; ++x) {
    const int x0 = G::coordinate(x, 0), x1 = G::coordinate(x, 1);
    theta[std::size_t(V + x)] = two_pi * q * x0 / V;
    if (x0 == G::extent(0) - 1) theta[std::size_t(x)] = -two_pi * q * x1 / G::extent(1);
  }
  return theta;
}

template <class Observable>
double value(const Observable& observable, const std::vector<double>& theta) {
  double out = 0;
  observable.template measure<G>(theta.data(), &out);
  return out;
}

}  // namespace

TEST_CASE("observables of constant flux") {
  for (int q : {-3, 0, 1, 5}) {
    const auto theta = instanton(q);
    CHECK(value(TopologicalCharge{}, theta) == q);
    CHECK(value(TopologicalChargeSquared{}, theta) == q * q);
    CHECK(value(TopologicalSusceptibility{}, theta) == doctest::Approx(q * q / 24.0));
    CHECK(value(Plaquette{}, theta) == doctest::Approx(std::cos(two_pi * q / V)));
    CHECK(value(WilsonLoop<2, 3>{}, theta) == doctest::Approx(std::cos(6 * two_pi * q / V)));
    CHECK(value(WilsonLoop<2, 2>{}, theta) == doctest::Approx(std::cos(4 * two_pi * q / V)));
  }
  // L at x_1 is exp(-2 pi i q x_1 / E_1): it averages to zero unless q is a multiple of E_1
  CHECK(value(SquaredPolyakovLoop{}, instanton(1)) < 1e-20);
  CHECK(value(SquaredPolyakovLoop{}, instanton(6)) == doctest::Approx(1));
}
TEST_CASE("a charge that is no number says so") {
  auto theta = instanton(1);
  theta[3] = std::nan("");
  CHECK(std::isnan(value(TopologicalCharge{}, theta)));
}
