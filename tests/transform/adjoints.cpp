// SPDX-License-Identifier: BSD-3-Clause
//
// A transform that brings no adjoints keeps the laws, by itself and in a coupling. Those that
// others bring are held to derived ones in testing/transform_laws.cpp.

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/testing/transform_laws.hpp>
#include <lanes/transform/adjoints.hpp>

using namespace lanes;

namespace {

// y = x + a tanh(x), a = tanh(p) / 2: forward and inverse, no more.
struct Bulge {
  static constexpr int channels = 1;
  template <class V>
  LANES_HD static Transformed<V> forward(V x, const V (&p)[1]) {
    const V a = V(0.5) * tanh(p[0]), t = tanh(x);
    return {x + a * t, log1p(a * (V(1) - t * t))};
  }
  template <class V>
  LANES_HD static Transformed<V> inverse(V y, const V (&p)[1]) {
    V x = y;  // f is monotone with a slope in (0.5, 1.5): damped Newton steps end
    for (int i = 0; i < 60; ++i) {
      const auto at = forward(x, p);
      x = x - (at.value - y) * min(exp(-at.log_derivative), V(1));
    }
    return {x, -forward(x, p).log_derivative};
  }
};
static_assert(Transform<Bulge> && !TransformWithAdjoints<Bulge>);

}  // namespace

TEST_CASE("a transform of forward and inverse alone keeps the laws of flows") {
  const auto by_itself = laws::check_transform<Double, Bulge>(Seed{3});
  CHECK_MESSAGE(by_itself.passed(), to_string(by_itself));
  using Network = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;
  using Flow = Repeat<2, Coupling<Checkerboard, Bulge, Network>>;
  const auto report = laws::check_flow<Double, Scalar, Lattice<4, 4>, Flow>(Seed{3});
  CHECK_MESSAGE(report.passed(), to_string(report));
}
