// SPDX-License-Identifier: BSD-3-Clause
//
// U1Gauge: the action by hand, and HMC against the exact plaquette and topological susceptibility.
// Its laws are in testing/theory_laws.cpp, those of its field in testing/field_laws.cpp.
// timeout: 600
#include <cmath>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/exact/exact_u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/u1_gauge.hpp>

using namespace lanes;
using laws::deviation;
using laws::Tile;

namespace {

template <class G>
void against_plaquettes() {
  constexpr int lanes = Tile<Double>::lanes, V = G::volume, D = G::dimension;
  Tile<Double> tile;
  const U1Gauge<G> theory(1.7);
  const auto x = tile.template draw<U1, G>(Seed{3}).field;
  const auto s = tile.action(theory, x);
  for (int k = 0; k < lanes; ++k) {
    std::vector<double> theta(std::size_t(D * V));
    for (std::size_t r = 0; r < theta.size(); ++r)
      theta[r] = x[r * std::size_t(lanes) + std::size_t(k)];
    double mean = 0;
    Plaquette{}.measure<G>(theta.data(), &mean);
    CHECK(std::abs(s[std::size_t(k)] + 1.7 * mean * V * D * (D - 1) / 2) < Double::agreement * V);
  }
}

}  // namespace

TEST_CASE("the action is that of the plaquettes") {
  against_plaquettes<Lattice<4, 6>>();
  against_plaquettes<Lattice<3, 2, 4>>();
  against_plaquettes<Lattice<2, 3, 2, 3>>();
}
TEST_CASE("HMC: plaquette and charge at beta = 2 on 8 x 8") {
  using G = Lattice<8, 8>;
  const U1Gauge<G> theory(2.0);
  const ExactU1 exact(2.0, G::volume);
  HybridMonteCarlo<U1Gauge<G>> hmc(theory, {.step_size = 0.2, .steps = 8, .chains = 64}, Seed{11});
  hmc.thermalise(200);
  const auto ensemble = hmc.sample(1500, 3);
  for (double v : ensemble.configurations) {
    REQUIRE(v >= 0);
    REQUIRE(v < two_pi);
  }
  const Estimate plaquette = analyse(Plaquette{}, ensemble)[0];
  const Estimate charge = analyse(TopologicalChargeSquared{}, ensemble)[0];
  CHECK(std::abs(plaquette.value - exact.plaquette()) < 5 * plaquette.error);
  CHECK(plaquette.error < 1e-3);
  CHECK(std::abs(charge.value - exact.topological_charge_squared()) < 5 * charge.error);
  CHECK(charge.error < 0.1);
}
TEST_CASE("beta that is no coupling is refused") {
  using Theory = U1Gauge<Lattice<4, 4>>;
  for (const auto& [beta, text] :
       {std::pair{-1.0, "-1"}, {std::nan(""), "nan"}, {double(INFINITY), "inf"}})
    CHECK_THROWS_WITH_AS(
        Theory{beta},
        ("lanes: U1Gauge: beta is " + std::string(text) + " (allowed: >= 0 and finite)").c_str(),
        std::invalid_argument);
}
