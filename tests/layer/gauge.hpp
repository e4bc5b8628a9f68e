// SPDX-License-Identifier: BSD-3-Clause
//
// Gauge couplings: values from independent float64 implementations (tests/data/parity_u1.json,
// parity_schwinger.json; parity_.._other.json are by benchmarks/peers/u1_torch.py --mode write),
// the laws of layers, gauge equivariance and translations by the period of the masks. On the
// backend TestBackend, which whoever includes this has named.
#pragma once

#include <cmath>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/layer/chain.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/non_compact_projection.hpp>

#include "layer/link_laws.hpp"

namespace gauge {

using namespace link_laws;
using Square = Lattice<8, 8>;

template <class Masks, class Loops, class... Options>
using Reference =
    Repeat<8, GaugeCoupling<Masks, Loops, CircularSpline<9>,
                            ConvNet<Channels<8, 8>, Kernel<3>, LeakyRelu, Options...>>>;

template <class Geometry, class Flow>
void check_parity(const std::string& name) {
  using Bench = laws::Workbench<Double, U1, Geometry, Flow, TestBackend>;
  std::ifstream file(LANES_TEST_DATA "/" + name);
  REQUIRE(file.good());
  const auto reference = nlohmann::json::parse(file);
  REQUIRE(reference["parameters"] == Bench::parameters);
  REQUIRE(reference["lattice"] == Geometry::extents);
  const double tolerance = 10 * Double::round_trip;  // 1e-9

  Bench bench(Seed{1}, 0.1);
  std::vector<double> p(Bench::parameters);
  for (std::size_t j = 0; j < p.size(); ++j) p[j] = 0.1 * std::sin(0.7 * double(j) + 0.3);
  bench.set_external(p);

  std::vector<double> z(std::size_t(Bench::field_rows) * Bench::lanes);
  for (int i = 0; i < Bench::field_rows; ++i)
    for (int b = 0; b < Bench::lanes; ++b)
      z[std::size_t(i * Bench::lanes + b)] =
          std::fmod(0.777 * i * i + 0.9 * i + 0.31 * b * i + 0.2, two_pi);
  const auto there = bench.from_base(z);
  const auto back = bench.density(there.field);
  const auto action = bench.action(U1Gauge<Geometry>(double(reference["beta"])), there.field);

  const int lanes_given = static_cast<int>(reference["x"].size());
  REQUIRE(lanes_given == 3);
  for (int b = 0; b < lanes_given; ++b) {
    double worst = 0, worst_back = 0;
    for (int i = 0; i < Bench::field_rows; ++i) {
      const std::size_t e = std::size_t(i * Bench::lanes + b);
      worst = std::max(
          worst, std::abs(std::remainder(there.field[e] - double(reference["x"][b][i]), two_pi)));
      worst_back = std::max(worst_back, std::abs(std::remainder(back.field[e] - z[e], two_pi)));
    }
    CHECK(worst < tolerance);
    CHECK(worst_back < tolerance);
    CHECK(std::abs(-there.log_det[std::size_t(b)] - double(reference["log_q_minus_log_r"][b])) <
          tolerance);
    CHECK(std::abs(back.log_q[std::size_t(b)] - there.log_q[std::size_t(b)]) < tolerance);
    CHECK(std::abs(action[std::size_t(b)] - double(reference["action"][b])) < tolerance);
  }
}

TEST_CASE("the U(1) reference, both directions") {
  check_parity<Square, Reference<StripeMasks, Plaquettes>>("parity_u1.json");
}
TEST_CASE("the flow of the Schwinger reference, both directions") {
  check_parity<Square, Reference<SchwingerMasks, PlaquettesAndRectangles, Dilation<1, 2, 3>>>(
      "parity_schwinger.json");
}
TEST_CASE("other lattices, layers, channels, dilations and knots") {
  using Stripes = Repeat<5, GaugeCoupling<StripeMasks, Plaquettes, CircularSpline<5>,
                                          ConvNet<Channels<6>, Kernel<3>, LeakyRelu>>>;
  using Schwinger =
      Repeat<3, GaugeCoupling<SchwingerMasks, PlaquettesAndRectangles, CircularSpline<3>,
                              ConvNet<Channels<5, 3>, Kernel<3>, LeakyRelu, Dilation<2, 1, 1>>>>;
  check_parity<Lattice<12, 4>, Stripes>("parity_u1_other.json");
  check_parity<Lattice<4, 8>, Schwinger>("parity_schwinger_other.json");
}

template <class Masks, class Loops, class Transform, class Network>
using Layers = Repeat<3, GaugeCoupling<Masks, Loops, Transform, Network>>;
using Net = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;

TEST_CASE("laws of masks, loops, transforms and networks") {
  check_laws<Double, Lattice<4, 8>, Layers<StripeMasks, Plaquettes, CircularSpline<4>, Net>>();
  check_laws<Double, Lattice<4, 4>,
             Layers<StripeMasks, PlaquettesAndRectangles, NonCompactProjection<2>, Net>>();
  check_laws<Double, Lattice<8, 4>,
             Layers<SchwingerMasks, PlaquettesAndRectangles, CircularSpline<3>, Net>>();
  check_laws<Double, Lattice<4, 8>,
             Layers<SweepMasks, PlaquettesAndEnclosures, CircularSpline<4, 20>, Net>>();
  check_laws<Double, Lattice<8, 4>,
             Layers<SchwingerMasks, PlaquettesAndEnclosures, CircularSpline<3>,
                    DenseNet<Channels<6>, Tanh, RandomLast>>>();
  check_laws<Double, Lattice<4, 4>,
             Layers<SchwingerMasks, Plaquettes, NonCompactProjection<1>,
                    ConvNet<Channels<8, 3>, Kernel<3>, Tanh, NoBias>>>();
  check_laws<Double, Lattice<4, 4>,
             Layers<StripeMasks, Plaquettes, CircularSpline<3>, DenseNet<Channels<6>, Tanh>>>();
}

// Four couplings of each direction of the active links, so that translations by the masks' period
// are seen.
template <class Masks, class Loops>
using Whole = Repeat<8, GaugeCoupling<Masks, Loops, CircularSpline<4>, Net>>;

TEST_CASE_TEMPLATE("gauge equivariance, translations by four sites", P, Double, Single) {
  using G = Lattice<8, 8>;
  using A = Whole<StripeMasks, PlaquettesAndRectangles>;
  using B = Whole<SchwingerMasks, PlaquettesAndRectangles>;
  using C = Whole<SweepMasks, PlaquettesAndEnclosures>;
  check_gauge<P, G, A>();
  check_gauge<P, G, B>();
  check_gauge<P, G, C>();
  CHECK(laws::check_translation<P, U1, G, A, TestBackend>(Seed{6}, 4) < P::agreement);
  CHECK(laws::check_translation<P, U1, G, B, TestBackend>(Seed{6}, 4) < P::agreement);
  CHECK(laws::check_translation<P, U1, G, C, TestBackend>(Seed{6}, 4) < P::agreement);
  // Translations by two sites are no symmetry of the masks: the test would notice.
  CHECK(laws::check_translation<P, U1, G, A, TestBackend>(Seed{6}, 2) > 100 * P::agreement);
}

}  // namespace gauge
