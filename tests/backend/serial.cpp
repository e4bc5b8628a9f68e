// SPDX-License-Identifier: BSD-3-Clause
//
// Serial keeps the laws of flows, and Cpu computes what Serial computes, whatever contraction it
// chooses: narrow, direct, Winograd's, lines, masked. A backend with one wrong number is found.
#include <doctest/doctest.h>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/backend/cpu.hpp>
#include <lanes/backend/serial.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/testing/backend_laws.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>

using namespace lanes;

namespace {

template <int... C>
using Convolutions = ConvNet<Channels<C...>, Kernel<3>, Tanh, RandomLast>;
template <class Net>
using Coupled = Repeat<2, Coupling<Checkerboard, Affine, Net>>;
template <class Net>
using Gauge = Repeat<2, GaugeCoupling<SweepMasks, PlaquettesAndRectangles, CircularSpline<4>, Net>>;

// Serial, but for the adjoint of the input: off by a part in a million.
template <class S, class Real>
struct WrongConvolution : SerialConvolution<S, Real> {
  template <class Store>
  struct Stretched {
    const Store& store;
    template <class Lane, class T>
    void operator()(Lane lane, long row, T value) const {
      store(lane, row, value * Real(1 + 1e-6));
    }
  };
  template <class Context, class Store>
  static void input_adjoint(Context& context, const Real* w, int variant, Rows<Real> d_out,
                            const Store& store) {
    SerialConvolution<S, Real>::input_adjoint(context, w, variant, d_out, Stretched<Store>{store});
  }
};
template <class Precision>
struct WrongContext : SerialContext<Precision> {
  using SerialContext<Precision>::SerialContext;
  template <class S>
  using Convolution = WrongConvolution<S, typename Precision::Real>;
};
struct Wrong : Serial {
  template <class Precision>
  using Context = WrongContext<Precision>;
  template <class Precision, class F>
  void for_lanes(std::uint64_t first, std::size_t count, const F& f) {
    Arena arena;
    for (std::size_t at = 0; at < count; ++at) {
      Context<Precision> context(arena);
      typename Context<Precision>::Scope scope(context);
      context.set_first_lane(first + at);
      f(context, at, 1);
    }
  }
};

template <class P, class Field, class Geometry, class... Flow>
void check(double scale = 0.3) {
  const double d[] = {laws::check_backend<Cpu, P, Field, Geometry, Flow>(Seed{3}, scale)...};
  for (double one : d) CHECK(one < P::agreement);
}

}  // namespace

TEST_CASE("Serial keeps the laws of flows") {
  const auto flow =
      laws::check_flow<Double, Scalar, Lattice<4, 4>, Coupled<Convolutions<4>>, Serial>(Seed{3});
  CHECK_MESSAGE(flow.passed(), to_string(flow));
  const auto gauge =
      laws::check_flow<Double, U1, Lattice<4, 4>, Gauge<Convolutions<4>>, Serial>(Seed{3}, 0.1);
  CHECK_MESSAGE(gauge.passed(), to_string(gauge));
}
TEST_CASE("sites: narrow, direct and Winograd's convolutions, dense networks") {
  check<Double, Scalar, Lattice<4, 4>, Coupled<Convolutions<4>>,
        Coupled<DenseNet<Channels<8>, Tanh, RandomLast>>>();
  check<Single, Scalar, Lattice<8, 8>, Coupled<Convolutions<8, 8>>>();
  check<Double, Scalar, Lattice<8, 8>, Coupled<Z2ConvNet<Channels<4>, Kernel<3>>>>();
  check<Double, Scalar, Lattice<8, 8>,
        Chain<FreeFieldBase, Multiscale<2, Coupled<Convolutions<12, 12>>>, Rescaling>>();
}
TEST_CASE("links: lines, hidden channels, a hierarchy") {
  check<Double, U1, Lattice<8, 8>, Gauge<Convolutions<8, 8>>>();
  // gently: second derivatives of splines jump at their knots, and rounding decides on which side
  check<Single, U1, Lattice<8, 8>, Gauge<Convolutions<16, 16>>>(0.05);
  check<Double, U1, Lattice<4, 4>,
        GaugeHierarchy<CircularSpline<3>, Convolutions<4>,
                       ConvNet<Channels<4>, Kernel<1>, Tanh, RandomLast>>>();
}
TEST_CASE("spins: masked matrices") {
  using Net = MaskedDense<Depth<3>, Width<3>, PRelu>;
  CHECK(laws::check_spin_backend<Cpu, Double, Lattice<4, 6>, Net>(Seed{5}) < Double::agreement);
  using Levels = Hierarchical<Depth<2>, Width<2>, PRelu>;
  CHECK(laws::check_spin_backend<Cpu, Double, Lattice<8, 8>, Levels>(Seed{5}) < Double::agreement);
}
TEST_CASE("a backend with a wrong adjoint breaks the law") {
  const auto of = [](auto backend) {
    return laws::check_backend<decltype(backend), Double, Scalar, Lattice<4, 4>,
                               Coupled<Convolutions<4>>>(Seed{3});
  };
  CHECK(of(Serial{}) < Double::agreement);
  CHECK(of(Wrong{}) > 1000 * Double::agreement);
}
