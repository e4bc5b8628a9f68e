// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/transform/circular_spline.hpp>

using namespace lanes;

namespace {
using G = Lattice<2, 3>;
using Flow = GaugeHierarchy<CircularSpline<4>, ConvNet<Channels<4>, Kernel<1>, Tanh, RandomLast>>;
using Links = Sampler<U1, G, Flow, Double>;
}  // namespace

TEST_CASE("angles are drawn in [0, 2 pi), and taken modulo 2 pi where a user gives them") {
  Links sampler{Seed{3}};
  const U1Gauge<G> theory(1.5);
  const auto batch = sampler.draw(40);
  auto turned = batch.fields;
  for (std::size_t i = 0; i < turned.size(); ++i) {
    CHECK((turned[i] >= 0 && turned[i] < two_pi));
    turned[i] += two_pi * (int(i % 7) - 3);
  }
  const auto log_q = sampler.log_density(turned);
  const auto action = sampler.action(theory, turned),
             expected = sampler.action(theory, batch.fields);
  for (std::size_t k = 0; k < log_q.size(); ++k) {
    CHECK(std::abs(log_q[k] - batch.log_q[k]) < Double::round_trip * Links::rows);
    CHECK(std::abs(action[k] - expected[k]) < Double::round_trip * Links::rows);
  }
}
TEST_CASE("angles that are no numbers are refused") {
  Links sampler{Seed{3}};
  auto fields = sampler.draw(2).fields;
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    fields[5] = bad;
    CHECK_THROWS_WITH_AS(sampler.log_density(fields), doctest::Contains("U1: an angle is"),
                         std::invalid_argument);
    CHECK_THROWS_AS(sampler.action(U1Gauge<G>(1.0), fields), std::invalid_argument);
  }
}
