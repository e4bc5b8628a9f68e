// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of flows from coarse to fine. On the backend TestBackend, which whoever includes this
// has named.
#pragma once

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/transform/cubic.hpp>
#include <support/flow_laws.hpp>

namespace multiscale {

using namespace lanes;

using Net = ConvNet<Channels<3>, Kernel<3>, Tanh, RandomLast>;
using Narrow = ConvNet<Channels<4>, Kernel<1>, Tanh, RandomLast>;
template <class Transform, class Network = Net>
using Refine = Coupling<Refinement, Transform, Network>;
template <class Transform, class Network = Net>
using Board = Coupling<Checkerboard, Transform, Network>;

template <class Geometry, class Flow>
void check_laws(double scale = 0.3) {
  check_report<Double>(
      laws::check_flow<Double, Scalar, Geometry, Flow, TestBackend>(Seed{11}, scale));
  CHECK(laws::check_round_trip<Single, Scalar, Geometry, Flow, TestBackend>(Seed{11}, scale) <
        Single::round_trip);
}

TEST_CASE("laws: new sites given the coarser field") {
  check_laws<Lattice<4, 8>, Multiscale<2, Chain<Refine<Cubic>, Repeat<2, Board<Cubic>>>,
                                       Repeat<2, Board<Affine, Narrow>>>>();
}
TEST_CASE("laws: long waves over a free-field base") {
  using Z2 = Z2ConvNet<Channels<3>, Kernel<3>>;
  check_laws<
      Lattice<8, 4>,
      Chain<FreeFieldBase, Multiscale<2, Board<Cubic, Z2>, Board<Affine, Narrow>, LongWaves>>>();
}

}  // namespace multiscale
