// SPDX-License-Identifier: BSD-3-Clause
//
// The adjoints that transforms bring are those that dual numbers derive from their forward, and a
// transform that brings none works in a coupling.
#include <cmath>
#include <random>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/transform/adjoints.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/transform/non_compact_projection.hpp>
#include <lanes/transform/rational_quadratic.hpp>

using namespace lanes;

namespace {

using T = Pack<double, 1>;
double number(T x) {
  double v[1];
  x.store(v);
  return v[0];
}

/// Largest difference of written and derived adjoints over random points, relative to one.
template <class P>
double difference(double low, double high) {
  constexpr std::size_t n = std::size_t(P::channels);
  std::mt19937 generator(7);
  std::uniform_real_distribution<double> argument(low, high);
  std::normal_distribution<double> normal;
  double worst = 0;
  const auto compare = [&](T a, T b) {
    worst = std::fmax(worst, std::abs(number(a) - number(b)) / (1 + std::abs(number(a))));
  };
  for (int i = 0; i < 2000; ++i) {
    T p[n], written[n], derived[n];
    for (T& v : p) v = T(normal(generator));
    const T x(argument(generator)), d(normal(generator)), dl(normal(generator));
    compare(AdjointsOf<P>::forward(x, p, d, dl, written),
            DerivedAdjoints<P>::forward(x, p, d, dl, derived));
    for (std::size_t k = 0; k < n; ++k) compare(written[k], derived[k]);
    compare(AdjointsOf<P>::inverse(x, p, d, dl, written),
            DerivedAdjoints<P>::inverse(x, p, d, dl, derived));
    for (std::size_t k = 0; k < n; ++k) compare(written[k], derived[k]);
  }
  return worst;
}

// One of the adjoints is wrong.
struct Wrong : Affine {
  template <class V>
  static V inverse_adjoint(V x, const V (&p)[2], V dx, V dl, V (&dp)[2]) {
    return Affine::inverse_adjoint(x, p, dx, dl, dp) * V(1.001);
  }
};

// y = x + a tanh(x), a = 0.9 tanh p: forward and inverse, no more.
struct Bulge {
  static constexpr int channels = 1;
  template <class V>
  LANES_HD static Transformed<V> forward(V x, const V (&p)[1]) {
    const V a = V(0.9) * tanh(p[0]), t = tanh(x);
    return {x + a * t, log1p(a * (V(1) - t * t))};
  }
  template <class V>
  LANES_HD static Transformed<V> inverse(V y, const V (&p)[1]) {
    V x = y;  // f is monotone with a slope in (0.1, 1.9): damped Newton steps end
    for (int i = 0; i < 60; ++i) {
      const auto at = forward(x, p);
      x = x - (at.value - y) * min(exp(-at.log_derivative), V(1));
    }
    return {x, -forward(x, p).log_derivative};
  }
};
static_assert(Transform<Bulge> && !TransformWithAdjoints<Bulge>);

}  // namespace

TEST_CASE("written and derived adjoints are the same") {
  CHECK(difference<Affine>(-3, 3) < Double::agreement);
  CHECK(difference<Cubic>(-3, 3) < Double::round_trip);
  CHECK(difference<RationalQuadratic<6>>(-6, 6) < Double::round_trip);
  CHECK(difference<CircularSpline<5>>(0.01, 6.27) < Double::round_trip);
  CHECK(difference<NonCompactProjection<3>>(0.01, 6.27) < Double::round_trip);
  CHECK(difference<Wrong>(-3, 3) > Double::gradient);
}

TEST_CASE("a transform of forward and inverse alone keeps the laws of flows") {
  using Network = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;
  using Flow = Repeat<2, Coupling<Checkerboard, Bulge, Network>>;
  const auto report = laws::check_flow<Double, Scalar, Lattice<4, 4>, Flow>(Seed{3});
  CHECK_MESSAGE(report.passed(), to_string(report));
}
