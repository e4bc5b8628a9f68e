// SPDX-License-Identifier: BSD-3-Clause
//
// The adjoint of the field does not depend on whether a gradient is wanted: path gradients want
// none. The optimiser of g++ 12 takes another way there, and may lose members of functors that are
// passed by value: every layer, network and contraction once, at full optimisation.
// again: -O3 clang
#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/testing/network_workbench.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>

using namespace lanes;

namespace {

template <class P, class Field, class Geometry, class... Flow>
void check() {
  INFO(__PRETTY_FUNCTION__);
  const double deviations[] = {laws::check_null_gradient<P, Field, Geometry, Flow>(Seed{3})...};
  for (double d : deviations) CHECK(d < P::agreement);
}

/// A network by itself: In numbers to Out numbers.
template <class P, class Policy, int In, int Out>
void check_network() {
  INFO(__PRETTY_FUNCTION__);
  laws::NetworkWorkbench<P, Policy, detail::Point, In, Out> bench(Seed{5}, 0.7);
  const auto x = bench.inputs(0), d = laws::normal_field<P>(Out, 2);
  CHECK(laws::deviation(bench.adjoint(0, x, d, false).input, bench.adjoint(0, x, d).input) <
        P::agreement);
}

template <int... C>
using Dense = DenseNet<Channels<C...>, Tanh, RandomLast>;
using Convolutions = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;
template <class Network>
using Coupled = Repeat<2, Coupling<Checkerboard, Affine, Network>>;
template <class Network>
using GaugeCoupled = Repeat<2, GaugeCoupling<StripeMasks, Plaquettes, CircularSpline<3>, Network>>;

}  // namespace

TEST_CASE_TEMPLATE("dense networks of few inputs and outputs", P, Double, Single) {
  check_network<P, Dense<4>, 1, 1>();
  check_network<P, Dense<5>, 2, 1>();
  check_network<P, Dense<8>, 3, 3>();
  check<P, Scalar, Lattice<2>, Coupled<Dense<4>>>();
  check<P, Scalar, Lattice<2, 2>, Coupled<Dense<8>>>();
}
TEST_CASE("convolutions: narrow, direct, Winograd's") {
  check<Double, Scalar, Lattice<4, 4>, Coupled<Convolutions>>();
  check<Single, Scalar, Lattice<4, 4>,
        Coupled<ConvNet<Channels<3>, Kernel<1>, Gelu, Final<Gelu>, RandomLast>>>();
  check<Single, Scalar, Lattice<8, 8>,
        Coupled<ConvNet<Channels<8, 8>, Kernel<3>, LeakyRelu, Dilation<1, 2, 1>>>>();
}
TEST_CASE("networks of an even and an odd part") {
  using Parts = Z2Net<Dense<5>, DenseNet<Channels<4>, Tanh, NoBias, RandomLast>>;
  check<Double, Scalar, Lattice<2, 2>, Coupled<Parts>>();
  check<Single, Scalar, Lattice<4, 4>, Coupled<Z2ConvNet<Channels<4>, Kernel<3>>>>();
}
TEST_CASE("layers of many scales") {
  using Coarsest = Chain<Coupled<Dense<4>>, Rescaling>;
  using Fine = Coupling<Refinement, Cubic, Convolutions>;
  check<Double, Scalar, Lattice<4, 4>, Multiscale<2, Fine, Coarsest>, LongWaves<2, Coarsest>>();
  check<Single, Scalar, Lattice<4, 4>, Sublattice<2, Coarsest>, Chain<FreeFieldBase, Rescaling>>();
}
TEST_CASE("layers of links") {
  check<Double, U1, Lattice<4, 4>, GaugeCoupled<Dense<4>>>();
  check<Single, U1, Lattice<4, 4>, GaugeCoupled<ConvNet<Channels<8>, Kernel<3>, Tanh>>>();
  check<Single, U1, Lattice<2, 2>,
        GaugeHierarchy<CircularSpline<3>, ConvNet<Channels<4>, Kernel<1>, Tanh, RandomLast>>>();
}
