// SPDX-License-Identifier: BSD-3-Clause
//
// Dual numbers: the derivative of every operation and function against central differences, on
// numbers and on SIMD packs.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/core/dual.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/simd.hpp>

using namespace lanes;

namespace {

// Largest deviation of value and derivative of f at x in lanes from plain numbers and their central
// differences.
template <int N, class F>
double deviation(F f, double low, double high) {
  using P = Pack<double, N>;
  const double step = 1e-5;  // off by step^2 and rounding / step, far below Double::gradient
  double worst = 0;
  for (int k = 0; k < 64; ++k) {
    alignas(64) double x[N];
    for (int i = 0; i < N; ++i) x[i] = low + (high - low) * (k * N + i + 0.5) / (64.0 * N);
    const Dual<P> y = f(Dual<P>(P::load(x), P(1)));
    for (int i = 0; i < N; ++i) {
      using S = Pack<double, 1>;
      const double value = f(S(x[i])).value,
                   slope = (f(S(x[i] + step)).value - f(S(x[i] - step)).value) / (2 * step);
      const double scale = std::max({1.0, std::abs(value), std::abs(slope)});
      worst = std::max(
          {worst, std::abs(y.value[i] - value) / scale, std::abs(y.derivative[i] - slope) / scale});
      if (!std::isfinite(y.value[i]) || !std::isfinite(y.derivative[i])) worst = INFINITY;
    }
  }
  return worst;
}

#define LANES_CHECK_DERIVATIVE(expression, low, high)                      \
  do {                                                                     \
    auto f = [](auto x) { return expression; };                            \
    CHECK(deviation<1>(f, low, high) < Double::gradient);                  \
    CHECK(deviation<simd_width<double>>(f, low, high) < Double::gradient); \
  } while (false)

}  // namespace

TEST_CASE("derivatives of functions") {
  LANES_CHECK_DERIVATIVE(exp(x), -2, 2);
  LANES_CHECK_DERIVATIVE(expm1(x), -2, 2);
  LANES_CHECK_DERIVATIVE(log(x), 0.2, 3);
  LANES_CHECK_DERIVATIVE(log1p(x), -0.5, 3);
  LANES_CHECK_DERIVATIVE(sqrt(x), 0.2, 3);
  LANES_CHECK_DERIVATIVE(sin(x), -4, 4);
  LANES_CHECK_DERIVATIVE(cos(x), -4, 4);
  LANES_CHECK_DERIVATIVE(tan(x), -1.2, 1.2);
  LANES_CHECK_DERIVATIVE(atan(x), -3, 3);
  LANES_CHECK_DERIVATIVE(tanh(x), -3, 3);
  LANES_CHECK_DERIVATIVE(erf(x), -3, 3);
  LANES_CHECK_DERIVATIVE(abs(x), -3, -0.1);
  LANES_CHECK_DERIVATIVE(abs(x), 0.1, 3);
  LANES_CHECK_DERIVATIVE(square(x), -3, 3);
}

TEST_CASE("powers and hyperbolic functions have exact derivatives") {
  const auto exact = [](auto f, auto value, auto slope, double low, double high) {
    constexpr int N = simd_width<double>;
    double worst = 0;
    for (int k = 0; k < 64; ++k) {
      alignas(64) double x[N];
      for (int i = 0; i < N; ++i) x[i] = low + (high - low) * (k * N + i + 0.5) / (64.0 * N);
      const Dual<Pack<double, N>> y = f(Dual<Pack<double, N>>(Pack<double, N>::load(x), 1));
      for (int i = 0; i < N; ++i) {
        const double v = value(x[i]), d = slope(x[i]);
        worst = std::max({worst, std::abs(y.value[i] - v) / std::max(1.0, std::abs(v)),
                          std::abs(y.derivative[i] - d) / std::max(1.0, std::abs(d))});
        if (!std::isfinite(y.value[i]) || !std::isfinite(y.derivative[i])) worst = INFINITY;
      }
    }
    return worst;
  };
#define LANES_CHECK_EXACT(function, slope, low, high)                            \
  CHECK(exact([](auto x) { return function; }, [](double x) { return function; }, \
              []([[maybe_unused]] double x) { return slope; }, low, high) < Double::agreement)
  using std::asinh, std::cosh, std::fabs, std::pow, std::sinh, std::tanh;
  LANES_CHECK_EXACT(pow(x, 6), 6 * pow(x, 5), -3, 3);
  LANES_CHECK_EXACT(pow(x, 1), 1, -3, 3);
  LANES_CHECK_EXACT(pow(x, 0), 0, -3, 3);
  LANES_CHECK_EXACT(pow(x, -3), -3 * pow(x, -4), 0.2, 3);
  LANES_CHECK_EXACT(pow(x, 2.5), 2.5 * pow(x, 1.5), 0.2, 3);
  LANES_CHECK_EXACT(pow(x, 4.0), 4 * pow(x, 3), -3, -0.2);
  LANES_CHECK_EXACT(pow(x, x), pow(x, x) * (std::log(x) + 1), 0.2, 3);
  LANES_CHECK_EXACT(pow(2, x), pow(2, x) * std::log(2.0), -3, 3);
  LANES_CHECK_EXACT(sinh(x), cosh(x), -3, 3);
  LANES_CHECK_EXACT(cosh(x), sinh(x), -3, 3);
  LANES_CHECK_EXACT(tanh(x), 1 / (cosh(x) * cosh(x)), -3, 3);
  LANES_CHECK_EXACT(asinh(x), 1 / std::sqrt(1 + x * x), -3, 3);
  LANES_CHECK_EXACT(fabs(x), x < 0 ? -1 : 1, -3, 3);
}

TEST_CASE("derivatives of arithmetic, and the chain rule") {
  LANES_CHECK_DERIVATIVE(x + 2.5 * x - x * x, -2, 2);
  LANES_CHECK_DERIVATIVE((1 - x) / (2 + x * x), -2, 2);
  LANES_CHECK_DERIVATIVE(-x * exp(-x * x) / x, 0.3, 2);
  LANES_CHECK_DERIVATIVE(fma(x, sin(x), cos(x * x)), -2, 2);
  LANES_CHECK_DERIVATIVE(log(1 + exp(x)) * tanh(0.5 * x), -2, 2);
  auto compound = [](auto x) {
    auto y = x;
    y += x * x;
    y -= 3;
    y *= sin(x);
    y /= 2 + cos(x);
    return y;
  };
  CHECK(deviation<1>(compound, -2, 2) < Double::gradient);
  CHECK(deviation<simd_width<double>>(compound, -2, 2) < Double::gradient);
}

TEST_CASE("branches choose value and derivative together") {
  // The ranges avoid the kinks, where a central difference means nothing.
  LANES_CHECK_DERIVATIVE(select(x < 0, x * x, 3 * x), -2, -0.1);
  LANES_CHECK_DERIVATIVE(select(x < 0, x * x, 3 * x), 0.1, 2);
  LANES_CHECK_DERIVATIVE(select(x >= 1, sin(x), exp(x)), -2, 0.9);
  LANES_CHECK_DERIVATIVE(select(x > 1, sin(x), exp(x)), 1.1, 2);
  LANES_CHECK_DERIVATIVE(select(x <= 1, sin(x), exp(x)), 1.1, 2);
  LANES_CHECK_DERIVATIVE(min(x, 0.5 * x * x), 0.1, 1.9);
  LANES_CHECK_DERIVATIVE(min(x, 0.5 * x * x), 2.1, 3);
  LANES_CHECK_DERIVATIVE(max(x, 0.5 * x * x), 0.1, 1.9);
  LANES_CHECK_DERIVATIVE(max(x, 0.5 * x * x), 2.1, 3);
  LANES_CHECK_DERIVATIVE(select(x == 0, x, 2 * x), 0.1, 3);
  LANES_CHECK_DERIVATIVE(select(x != 0, x, 2 * x), 0.1, 3);
  LANES_CHECK_DERIVATIVE(x * select(x > 1, 3, 2.5), 1.1, 3);
  LANES_CHECK_DERIVATIVE(select(x > 1, 3.0, x), 0.1, 0.9);
  // The branch not taken may be anything: its derivative does not leak.
  LANES_CHECK_DERIVATIVE(select(x > 0, x, sqrt(x)), 0.1, 2);
  LANES_CHECK_DERIVATIVE(select(x < 0, x, log(x)), -2, -0.1);
}

TEST_CASE("constants have no derivative") {
  using D = Dual<Pack<double, 1>>;
  CHECK(D(3).derivative.value == 0);
  CHECK(D(Pack<double, 1>(3)).derivative.value == 0);
  const D x(Pack<double, 1>(2), Pack<double, 1>(1));
  CHECK((x * 0 + 7).derivative.value == 0);
  CHECK((5 * x).derivative.value == 5);
  CHECK((x - x).derivative.value == 0);
}
