// SPDX-License-Identifier: BSD-3-Clause
//
// No output of a network, however wild, makes a number that is not finite; what is said of special
// parameters. The laws of every transform are in testing/transform_laws.cpp.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/simd.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/transform/non_compact_projection.hpp>
#include <lanes/transform/rational_quadratic.hpp>

using namespace lanes;

namespace {

double uniform(int i, int j) {
  return 2 * uniform_pair<double>(
                 RandomStream(Seed{9}, Purpose::user).words(std::uint64_t(i), std::uint32_t(j)))
                 .first -
         1;
}

/// Where arguments come from.
template <class Transform>
double point(int i) {
  return pi * (1 + uniform(i, 1000));
}
template <>
double point<RationalQuadratic<8>>(int i) {
  return 6.5 * uniform(i, 1000);
}

template <class T, class Transform>
struct Point {
  T x, p[Transform::channels];
  Point(int i, double scale) {
    alignas(64) typename T::value_type from[T::size];
    for (int k = 0; k < T::size; ++k) from[k] = point<Transform>(i * T::size + k);
    x = T::load(from);
    for (int c = 0; c < Transform::channels; ++c) {
      for (int k = 0; k < T::size; ++k) from[k] = scale * uniform(i * T::size + k, c);
      p[c] = T::load(from);
    }
  }
};

template <class T, class Transform>
void wild() {
  const auto finite = [](T v) {
    for (int k = 0; k < T::size; ++k)
      if (!std::isfinite(v[k])) return false;
    return true;
  };
  for (double scale : {1.0, 30.0, 100.0, 1e4})
    for (int i = 0; i < 200; ++i) {
      CAPTURE(scale);
      const Point<T, Transform> at(i, scale);
      const auto there = Transform::forward(at.x, at.p);
      const auto back = Transform::inverse(at.x, at.p);
      REQUIRE(finite(there.value));
      REQUIRE(finite(there.log_derivative));
      REQUIRE(finite(back.value));
      REQUIRE(finite(back.log_derivative));
      T dp[Transform::channels];
      REQUIRE(finite(Transform::forward_adjoint(at.x, at.p, T(1), T(1), dp)));
      for (T& d : dp) REQUIRE(finite(d));
      REQUIRE(finite(Transform::inverse_adjoint(back.value, at.p, T(1), T(1), dp)));
      for (T& d : dp) REQUIRE(finite(d));
    }
}

using WideDouble = Pack<double, simd_width<double>>;
using WideFloat = Pack<float, simd_width<float>>;

}  // namespace

TEST_CASE_TEMPLATE("no network output makes a number that is not finite", Transform,
                   CircularSpline<9>, CircularSpline<9, 100>, RationalQuadratic<8>,
                   NonCompactProjection<6>) {
  wild<WideDouble, Transform>();
  wild<WideFloat, Transform>();
  wild<Pack<float, 1>, Transform>();
}
TEST_CASE("Steepest: no bin is lower than 2 pi / Steepest") {
  using T = Pack<double, 1>;
  constexpr double least = 1.0 / 50;
  double lowest = 1, highest = 0;  // share of the first two bins
  for (int i = 0; i < 2000; ++i) {
    const Point<T, CircularSpline<5, 50>> at(i, 30);
    T q[CircularSpline<5, 50>::channels];
    for (int c = 0; c < CircularSpline<5, 50>::channels; ++c) q[c] = at.p[c];
    for (int k = 0; k < 4; ++k) q[k] = T(0);  // four bins of equal width
    q[CircularSpline<5, 50>::channels - 1] = T(0);
    const double half = CircularSpline<5, 50>::forward(T(pi), q).value.value / two_pi;
    lowest = std::min(lowest, half), highest = std::max(highest, half);
  }
  CHECK(lowest == doctest::Approx(2 * least));  // two bins of the least height
  CHECK(highest == doctest::Approx(1 - 2 * least));
}
TEST_CASE("zero parameters: the identity where that is said") {
  using T = Pack<double, 1>;
  const T p[23] = {}, q[7] = {};
  for (double x : {-4.9, -0.3, 0.0, 2.5, 7.0}) {
    CHECK(RationalQuadratic<8>::forward(T(x), p).value.value ==
          doctest::Approx(x).epsilon(Double::agreement));
    CHECK(std::abs(RationalQuadratic<8>::forward(T(x), p).log_derivative.value) <
          Double::round_trip);
  }
  for (double x : {0.0, 0.3, 3.1, 3.2, 6.2})
    CHECK(NonCompactProjection<6>::forward(T(x), q).value.value ==
          doctest::Approx(x).epsilon(Double::agreement));
}
TEST_CASE_TEMPLATE("the root of a cubic polynomial, from a line to a pure cube", P, Double,
                   Single) {
  using Real = typename P::Real;
  using T = Pack<Real, 1>;
  for (double log_a : {-6.0, 0.0, 3.0})
    for (double log_b : {-20.0, -6.0, 0.0, 6.0})
      for (double w : {-1e4, -3.0, -1e-3, 0.0, 1e-6, 0.2, 40.0}) {
        const T p[4] = {T(Real(log_a)), T(Real(log_b - std::log(0.05))), T(0), T(0)};
        const double u = Cubic::forward(T(Real(w)), p).value.value;
        const double back = std::exp(log_a) * u + std::exp(log_b) * u * u * u;
        CAPTURE(log_a);
        CAPTURE(log_b);
        CHECK(std::abs(back - w) <= P::round_trip * std::abs(w));
      }
}
TEST_CASE("angles: wrapped into [0, 2 pi) and (-pi, pi]") {
  constexpr double tolerance = 10 * Double::round_trip;  // an ulp of the largest argument is 1e-10
  for (double x : {-1e-17, -20.0, -two_pi, 0.0, 3.0, two_pi, 100.0, 1e6}) {
    const double y = wrap(Pack<double, 1>(x)).value, s = wrap_signed(Pack<double, 1>(x)).value;
    CHECK(y >= 0);
    CHECK(y < two_pi);
    CHECK(std::abs(std::remainder(y - x, two_pi)) < tolerance);
    CHECK(std::abs(s) <= pi + tolerance);
    CHECK(std::abs(std::remainder(s - x, two_pi)) < tolerance);
    const float f = wrap(Pack<float, 1>(float(x))).value;
    CHECK(f >= 0);
    CHECK(f < float(two_pi));
  }
}
