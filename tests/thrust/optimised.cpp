// SPDX-License-Identifier: BSD-3-Clause
//
// Laws with the compiler's full optimisation, under which g++ 12 would lose members of kernels
// (LANES_OPAQUE, thrust/device.hpp). The other tests of this folder are hardly optimised.
#include <lanes/backend/thrust.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <support/flow_laws.hpp>

#include "thrust/main.hpp"

using namespace lanes;

TEST_CASE("laws of a gauge coupling with a dense network") {
  using Flow = Repeat<
      1, GaugeCoupling<StripeMasks, Plaquettes, CircularSpline<3>, DenseNet<Channels<6>, Tanh>>>;
  check_report<Double>(laws::check_flow<Double, U1, Lattice<4, 4>, Flow, Thrust>(Seed{3}));
}
