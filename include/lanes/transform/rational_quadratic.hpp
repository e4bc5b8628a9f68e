// SPDX-License-Identifier: BSD-3-Clause
//
// RationalQuadratic<Bins, HalfWidth>: a monotone map of the line (Durkan et al. 1906.04032): a
// rational quadratic spline of [-a, a] onto itself, a = HalfWidth, and the identity outside, smooth
// at +-a (slope 1).
//
// Parameters in the network's output channels: widths [Bins], heights [Bins], inner slopes [Bins -
// 1] (transform/spline.hpp). An inner slope is softplus(p + ln(e - 1)), so that with all parameters
// 0 the map is the identity.
#pragma once

#include <lanes/transform/spline.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

template <int Bins, int HalfWidth = 5>
struct RationalQuadratic {
  static_assert(Bins >= 1, "lanes: RationalQuadratic<Bins> needs Bins >= 1.");
  static_assert(HalfWidth >= 1, "lanes: RationalQuadratic<Bins, HalfWidth> needs HalfWidth >= 1.");
  static constexpr int channels = 3 * Bins - 1;

  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> forward(T x, const T (&p)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of(x);
    const T xi = bin.fraction(x);
    const auto inside = within(x);
    return {select(inside, bin.value(xi), x), select(inside, bin.log_derivative(xi), T(0))};
  }
  // post: inverse(forward(x, p).value, p).value == x
  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> inverse(T y, const T (&p)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of_value(y);
    const T xi = bin.inverse(y);
    const auto inside = within(y);
    return {select(inside, fma(xi, bin.width, bin.x0), y),
            select(inside, -bin.log_derivative(xi), T(0))};
  }
  template <class T>
  LANES_HD LANES_INLINE static T forward_adjoint(T x, const T (&p)[std::size_t(channels)], T dy,
                                                 T dl, T (&dp)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of(x);
    const auto inside = within(x);
    const T zero(0);
    const auto g = bin.adjoint(bin.fraction(x), select(inside, dy, zero), select(inside, dl, zero));
    spread(spline, g, p, dp);
    return select(inside, g.x, dy);
  }
  // At fixed y the map x(p) moves by -dy(p) / (dy/dx), and ln|dx/dy| = -ln|dy/dx|.
  template <class T>
  LANES_HD LANES_INLINE static T inverse_adjoint(T x, const T (&p)[std::size_t(channels)], T dx,
                                                 T dl, T (&dp)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of(x);
    const T xi = bin.fraction(x), zero(0);
    const auto inside = within(x);
    const T dy = fma(-dl, bin.log_derivative_slope(xi), dx) * exp(-bin.log_derivative(xi));
    spread(spline, bin.adjoint(xi, select(inside, -dy, zero), select(inside, -dl, zero)), p, dp);
    return select(inside, dy, dx);
  }

 private:
  static constexpr double unit_slope = 0.5413248546129181;  // ln(e - 1)

  template <class T>
  LANES_HD LANES_INLINE static auto within(T x) {
    return x > T(-HalfWidth) && x < T(HalfWidth);
  }
  template <class T>
  LANES_HD LANES_INLINE static Spline<T, Bins> make(const T (&p)[std::size_t(channels)]) {
    T slopes[std::size_t(Bins + 1)];
    slopes[0] = slopes[Bins] = T(1);
    for (int k = 1; k < Bins; ++k)
      slopes[k] = detail::softplus(p[2 * Bins + k - 1] + T(unit_slope));
    return {p, slopes, -HalfWidth, 2 * HalfWidth};
  }
  template <class T>
  LANES_HD LANES_INLINE static void spread(const Spline<T, Bins>& spline,
                                           const typename SplineBin<T>::Adjoint& g,
                                           const T (&p)[std::size_t(channels)],
                                           T (&dp)[std::size_t(channels)]) {
    T d_slopes[std::size_t(Bins + 1)];
    spline.adjoint(g, dp, d_slopes);
    for (int k = 1; k < Bins; ++k)
      dp[2 * Bins + k - 1] =
          d_slopes[k] * detail::softplus_derivative(p[2 * Bins + k - 1] + T(unit_slope));
  }
};
static_assert(Transform<RationalQuadratic<4>> && TransformWithAdjoints<RationalQuadratic<4>>);

}  // namespace lanes
