// SPDX-License-Identifier: BSD-3-Clause
//
// The gauge hierarchy with networks on single rectangles: laws of layers and gauge equivariance on
// lattices that halve to the end and on others. On the backend TestBackend, which whoever includes
// this has named.
#pragma once

#include <doctest/doctest.h>

#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/non_compact_projection.hpp>

#include "layer/link_laws.hpp"

namespace gauge_hierarchy {

using namespace link_laws;

template <class Transform>
using Points = GaugeHierarchy<Transform, ConvNet<Channels<4>, Kernel<1>, Tanh, RandomLast>>;
using Splines = Points<CircularSpline<4, 20>>;
using Square = Lattice<4, 4>;
using Slices = Lattice<2, 3>;  // an odd extent loses a slice at a time

TEST_CASE("laws of a hierarchy") {
  check_laws<Double, Square, Splines>();
  check_laws<Double, Slices, Points<NonCompactProjection<2>>>();
}
TEST_CASE("gauge equivariance") { check_gauge<Double, Square, Splines>(); }
TEST_CASE("in single precision") {
  check_gauge<Single, Square, Splines>();
  CHECK(laws::check_round_trip<Single, U1, Square, Splines, TestBackend>(Seed{6}) <
        Single::round_trip);
}

}  // namespace gauge_hierarchy
