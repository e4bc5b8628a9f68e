// SPDX-License-Identifier: BSD-3-Clause
//
// Schwinger: the laws of theories, precisions, exceptional and broken fields, bad input. Its
// determinant and force are tested in wilson_determinant.cpp.
#include <cmath>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <lanes/testing/theory_laws.hpp>

#include "theory/fermions.hpp"

using namespace lanes;
using namespace lanes::testing;

TEST_CASE("laws: translations move the boundary") {
  using namespace lanes::laws;
  const auto r = check_theory<AllTranslations, SignFlip, GaugeTransformations>(
      Schwinger<Lattice<6, 4>>(2.0, kappa), Seed{8}, 0.2);
  CHECK_MESSAGE(r.passed(), to_string(r));
}
TEST_CASE("Single fields, the determinant in Double or Single") {
  using G = Lattice<6, 4>;
  constexpr int n = Tile<Single>::lanes;
  Tile<Single> tile;
  const auto x = links<G, Single>(3, 0.6);
  const Schwinger<G> theory(2.0, kappa);
  const Schwinger<G, Single> single(2.0, kappa);
  const auto action = tile.action(theory, x), force = tile.force(theory, x);
  const auto action_single = tile.action(single, x), force_single = tile.force(single, x);
  Tile<Double> exact;
  for (int k = 0; k < n; k += lanes_of) {
    std::vector<double> part(std::size_t(U1::rows<G> * lanes_of));
    for (std::size_t r = 0; r < std::size_t(U1::rows<G>); ++r)
      for (std::size_t i = 0; i < std::size_t(lanes_of); ++i)
        part[r * std::size_t(lanes_of) + i] = x[r * std::size_t(n) + std::size_t(k) + i];
    const auto s = exact.action(theory, part), f = exact.force(theory, part);
    const Determinant d = determinant(exact, theory, part);
    CHECK(exact.action(single, part) == s);  // never less precise than the field
    for (std::size_t i = 0; i < std::size_t(lanes_of); ++i) {
      CHECK(std::abs(action[std::size_t(k) + i] - s[i]) < Double::round_trip);
      CHECK(std::abs(action_single[std::size_t(k) + i] - s[i]) < Single::agreement);
      for (std::size_t r = 0; r < std::size_t(U1::rows<G>); ++r) {
        const std::size_t there = r * std::size_t(n) + std::size_t(k) + i;
        const double here = f[r * std::size_t(lanes_of) + i];
        CHECK(std::abs(force[there] - here) < Single::agreement);
        CHECK(std::abs(force_single[there] - here) < Single::agreement);
      }
    }
  }
}
TEST_CASE("exceptional configurations and broken fields keep to their lanes") {
  using G = Lattice<4, 4>;
  Tile<Double> tile;
  // kappa = 1/4 and no antiperiodic direction: the constant field is a zero mode of the free D.
  const Schwinger<G> theory(2.0, 0.25, {.time_boundary = 1});
  auto x = links<G>(3, 0.6);
  const auto action = tile.action(theory, x), force = tile.force(theory, x);
  for (int r = 0; r < U1::rows<G>; ++r) x[std::size_t(r * lanes_of + 1)] = 0;
  x[2] = NAN;
  if (lanes_of > 3) x[3] = INFINITY;
  const auto found = tile.action(theory, x), found_force = tile.force(theory, x);
  const auto det = determinant(tile, theory, x);
  CHECK(det.sign[1] == 0);
  for (int k = 0; k < lanes_of; ++k) {
    const std::size_t e = std::size_t(k);
    if (k == 0 || k > 3) {
      CHECK(std::abs(found[e] - action[e]) < Double::agreement);
      CHECK(deviation(lane<G>(found_force, k), lane<G>(force, k)) < Double::agreement);
    } else if (k == 1) {
      CHECK(found[e] == INFINITY);
      CHECK(det.log_det[e] == -INFINITY);
      CHECK(deviation(lane<G>(found_force, k), std::vector<double>(U1::rows<G>)) <
            Double::agreement);
    } else {
      CHECK(det.log_det[e] == -INFINITY);
      CHECK(found[e] == INFINITY);
    }
  }
}

TEST_CASE("values that are no couplings are refused") {
  using Theory = Schwinger<Lattice<4, 4>>;
  constexpr const char* kappas = " (allowed: > 0 and < 0.5)";
  for (const auto& [value, text] : {std::pair{0.5, "0.5"},
                                    {0.0, "0"},
                                    {-0.2, "-0.2"},
                                    {std::nan(""), "nan"},
                                    {double(INFINITY), "inf"}})
    CHECK_THROWS_WITH_AS(Theory(2.0, value),
                         ("lanes: Schwinger: kappa is " + std::string(text) + kappas).c_str(),
                         std::invalid_argument);
  CHECK_THROWS_WITH_AS(Theory(-1.0, kappa), "lanes: U1Gauge: beta is -1 (allowed: >= 0 and finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Theory(2.0, kappa, {.flavours = 0}),
                       "lanes: SchwingerOptions: flavours is 0 (allowed: >= 1)",
                       std::invalid_argument);
  for (const auto& [value, text] : {std::pair{0, "0"}, {2, "2"}})
    CHECK_THROWS_WITH_AS(
        Theory(2.0, kappa, {.time_boundary = value}),
        ("lanes: SchwingerOptions: time_boundary is " + std::string(text) + " (allowed: -1 or 1)")
            .c_str(),
        std::invalid_argument);
}
