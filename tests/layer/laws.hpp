// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of a flow for each layer, transform and network: a base case, then each policy varied
// once. On the backend TestBackend, which whoever includes this has named.
#pragma once

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <support/flow_laws.hpp>

using namespace lanes;

template <class Network>
using AffineLayer = Coupling<Checkerboard, Affine, Network>;

template <class Geometry, class Flow>
void check_laws(double scale = 0.3) {
  check_report<Double>(
      laws::check_flow<Double, Scalar, Geometry, Flow, TestBackend>(Seed{11}, scale));
  CHECK(laws::check_round_trip<Single, Scalar, Geometry, Flow, TestBackend>(Seed{11}, scale) <
        Single::round_trip);
}

using Smooth = ConvNet<Channels<8, 8>, Kernel<3>, Tanh, Final<Tanh>>;

TEST_CASE("base case: affine coupling, two-dimensional lattice") {
  check_laws<Lattice<4, 8>, Repeat<4, AffineLayer<Smooth>>>();
}
TEST_CASE("geometry") {
  check_laws<Lattice<6>, Repeat<2, AffineLayer<Smooth>>>();
  check_laws<Lattice<6, 4>, Repeat<2, AffineLayer<Smooth>>>();
  check_laws<Lattice<4, 2, 4>, Repeat<2, AffineLayer<ConvNet<Channels<4>, Kernel<1>, Tanh>>>>();
  check_laws<Lattice<4, 4, 4>, Repeat<2, AffineLayer<ConvNet<Channels<3>, Kernel<3>, Tanh>>>>(0.1);
}
TEST_CASE("network") {
  check_laws<Lattice<4, 4>,
             Repeat<2, AffineLayer<ConvNet<Channels<5, 9>, Kernel<3>, Gelu, Final<Gelu>>>>>();
  check_laws<Lattice<4, 4>,
             Repeat<2, AffineLayer<ConvNet<Channels<3>, Kernel<3>, LeakyRelu, NoBias>>>>();
  check_laws<Lattice<6, 6>,
             Repeat<2, AffineLayer<ConvNet<Channels<8>, Kernel<5>, Tanh, Final<Tanh>>>>>(0.1);
  check_laws<Lattice<8, 8>,
             Repeat<2, AffineLayer<ConvNet<Channels<8, 8>, Kernel<3>, Tanh, Dilation<1, 2, 3>>>>>(
      0.1);
  check_laws<Lattice<4, 4>, Repeat<3, AffineLayer<DenseNet<Channels<10, 6>, Tanh>>>>();
  check_laws<Lattice<4, 4>, Repeat<2, AffineLayer<ConvNet<Channels<>, Kernel<3>, Tanh>>>>();
}
TEST_CASE("network of an even and an odd part") {
  check_laws<Lattice<4, 4>, Repeat<2, AffineLayer<Z2ConvNet<Channels<4>, Kernel<3>>>>>();
}
TEST_CASE("layers") {
  check_laws<Lattice<4, 4>, Chain<Repeat<2, AffineLayer<Smooth>>, Rescaling>>();
  check_laws<Lattice<4, 4>,
             Chain<Rescaling, AffineLayer<Smooth>, Rescaling, AffineLayer<Smooth>>>();
  check_laws<Lattice<4, 4>, Repeat<2, Chain<AffineLayer<Smooth>, Rescaling>>>();
}
