// SPDX-License-Identifier: BSD-3-Clause
//
// The gauge hierarchy: laws of layers and gauge equivariance on lattices that halve to the end
// and on others.
// On the backend TestBackend, which whoever includes this has named.
#pragma once

#include <doctest/doctest.h>

#include <lanes/field/u1.hpp>
#include <lanes/flow/circular_spline.hpp>
#include <lanes/flow/gauge_coupling.hpp>
#include <lanes/flow/gauge_hierarchy.hpp>
#include <lanes/flow/non_compact_projection.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/testing/laws.hpp>

namespace gauge_hierarchy {

using namespace lanes;

template <int Extent>
using Net = ConvNet<Channels<4>, Kernel<Extent>, Tanh, RandomLast>;
template <class Transform>
using Points = GaugeHierarchy<Transform, Net<1>>;
// Where cells are few their neighbours are seen by a kernel of 1.
using Neighbours = GaugeHierarchy<CircularSpline<4, 20>, Net<3>, Net<1>>;

template <class Geometry, class Flow>
void check_laws() {
  INFO(__PRETTY_FUNCTION__);
  using P = Double;
  const auto report = laws::check_flow<P, U1, Geometry, Flow, TestBackend>(Seed{3}, 0.3, 1e-6);
  CHECK(report.round_trip < P::round_trip);
  CHECK(report.log_det < P::gradient);
  CHECK(report.score_field < P::gradient);
  CHECK(report.score_parameters < P::gradient);
  CHECK(report.pullback_field < P::gradient);
  CHECK(report.pullback_parameters < P::gradient);
}

using Square = Lattice<4, 4>;
using Slices = Lattice<2, 3>;  // an odd extent loses a slice at a time
using Large = Lattice<4, 8>;   // of its five levels the last has room for a kernel of 3
using Splines = Points<CircularSpline<4, 20>>;
using Coupled =
    GaugeCoupling<SchwingerMasks, PlaquettesAndRectangles, CircularSpline<4, 20>, Net<3>>;

TEST_CASE("laws of a hierarchy, alone and with couplings behind it") {
  check_laws<Square, Splines>();
  check_laws<Square, Chain<Splines, Repeat<2, Coupled>>>();
  check_laws<Slices, Points<NonCompactProjection<2>>>();
  check_laws<Large, Neighbours>();
}
TEST_CASE("a kernel that fits the last level only") {
  constexpr int weights = (2 * 4 + 4) + (4 * 10 + 10);
  CHECK(
      laws::Workbench<Double, U1, Large, Points<CircularSpline<4, 20>>, TestBackend>::parameters ==
      5 * weights);
  CHECK(laws::Workbench<Double, U1, Large, Neighbours, TestBackend>::parameters ==
        5 * weights + 8 * (2 * 4 + 4 * 10));
}
TEST_CASE("gauge equivariance") {
  using P = Double;
  CHECK(laws::check_gauge_equivariance<P, U1, Square, Splines, TestBackend>(Seed{5}) <
        P::agreement);
  CHECK(laws::check_gauge_equivariance<P, U1, Large, Neighbours, TestBackend>(Seed{5}) <
        P::agreement);
}
TEST_CASE("in single precision") {
  using P = Single;
  CHECK(laws::check_gauge_equivariance<P, U1, Square, Splines, TestBackend>(Seed{5}) <
        P::agreement);
  CHECK(laws::check_round_trip<P, U1, Square, Splines, TestBackend>(Seed{6}) < P::round_trip);
}

}  // namespace gauge_hierarchy
