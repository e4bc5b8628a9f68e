// SPDX-License-Identifier: BSD-3-Clause
//
// An affine checkerboard flow against values from an independent float64 implementation
// (tests/data/parity_phi4.json): x, ln q and S to 1e-10, forward and inverse. On the backend
// TestBackend, which whoever includes this has named.
#pragma once

#include <cmath>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/phi4.hpp>

namespace parity {

using namespace lanes;
using Square = Lattice<8, 8>;
using Net = ConvNet<Channels<8, 8>, Kernel<3>, LeakyRelu, Final<Tanh>>;
using Flow = Repeat<4, Coupling<Checkerboard, Affine, Net>>;
using Bench = laws::Workbench<Double, Scalar, Square, Flow, TestBackend>;

TEST_CASE("phi4 flow reproduces the reference in both directions") {
  std::ifstream file(LANES_TEST_DATA "/parity_phi4.json");
  REQUIRE(file.good());
  const auto reference = nlohmann::json::parse(file);
  REQUIRE(reference["parameters"] == Bench::parameters);
  const double tolerance = Double::round_trip;

  Bench bench(Seed{1}, 0.1);
  std::vector<double> p(Bench::parameters);
  for (std::size_t j = 0; j < p.size(); ++j) p[j] = 0.15 * std::sin(0.7 * double(j) + 0.3);
  bench.set_external(p);

  std::vector<double> z(std::size_t(Square::volume) * Bench::lanes);
  for (int x = 0; x < Square::volume; ++x)
    for (int b = 0; b < Bench::lanes; ++b)
      z[std::size_t(x * Bench::lanes + b)] = std::sin(1.3 * x + 0.4 * b + 0.1);
  const auto there = bench.from_base(z);
  const auto back = bench.density(there.field);

  const auto action = bench.action(
      Phi4<Square>::textbook(reference["textbook_m2"], reference["textbook_g"]), there.field);

  const int lanes_given = static_cast<int>(reference["x"].size());
  REQUIRE(lanes_given == 3);
  for (int b = 0; b < lanes_given; ++b) {
    double worst = 0, worst_back = 0;
    for (int x = 0; x < Square::volume; ++x) {
      const std::size_t e = std::size_t(x * Bench::lanes + b);
      worst = std::max(worst, std::abs(there.field[e] - double(reference["x"][b][x])));
      worst_back = std::max(worst_back, std::abs(back.field[e] - z[e]));
    }
    CHECK(worst < tolerance);
    CHECK(worst_back < tolerance);
    CHECK(std::abs(-there.log_det[std::size_t(b)] - double(reference["log_q_minus_log_r"][b])) <
          tolerance);
    CHECK(std::abs(back.log_q[std::size_t(b)] - there.log_q[std::size_t(b)]) < tolerance);
    CHECK(std::abs(action[std::size_t(b)] - double(reference["action"][b])) < tolerance * 100);
  }
}

}  // namespace parity
