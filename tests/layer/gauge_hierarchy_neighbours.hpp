// SPDX-License-Identifier: BSD-3-Clause
//
// The gauge hierarchy with networks that see the rectangles around, and with couplings behind it:
// laws of layers, gauge equivariance, and which levels have room for the kernel. On the backend
// TestBackend, which whoever includes this has named.
#pragma once

#include <doctest/doctest.h>

#include <lanes/layer/chain.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/transform/circular_spline.hpp>

#include "layer/link_laws.hpp"

namespace gauge_hierarchy_neighbours {

using namespace link_laws;

template <int Extent>
using Net = ConvNet<Channels<4>, Kernel<Extent>, Tanh, RandomLast>;
using Spline = CircularSpline<4, 20>;
using Points = GaugeHierarchy<Spline, Net<1>>;
using Neighbours = GaugeHierarchy<Spline, Net<3>, Net<1>>;
using Coupled = GaugeCoupling<SchwingerMasks, PlaquettesAndRectangles, Spline, Net<3>>;

using Square = Lattice<4, 4>;
using Large = Lattice<4, 8>;  // of its five levels the last has room for a kernel of 3

TEST_CASE("laws of a hierarchy that sees neighbours, and of one with couplings behind it") {
  check_laws<Double, Large, Neighbours>();
  check_laws<Double, Square, Chain<Points, Repeat<2, Coupled>>>();
}
TEST_CASE("a kernel that fits the last level only") {
  constexpr int weights = (2 * 4 + 4) + (4 * 10 + 10);
  CHECK(laws::Workbench<Double, U1, Large, Points, TestBackend>::parameters == 5 * weights);
  CHECK(laws::Workbench<Double, U1, Large, Neighbours, TestBackend>::parameters ==
        5 * weights + 8 * (2 * 4 + 4 * 10));
}
TEST_CASE("gauge equivariance of neighbours") { check_gauge<Double, Large, Neighbours>(); }

}  // namespace gauge_hierarchy_neighbours
