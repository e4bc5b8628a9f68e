// SPDX-License-Identifier: BSD-3-Clause
//
// CircularSpline<Knots, Steepest>: a monotone map of the circle [0, 2 pi) onto itself (Rezende et
// al. 2002.02428): a rational quadratic spline of n = Knots - 1 bins that fixes 0, with the same
// slope on both sides of it, then a shift:
//
//   y = spline(x) + t  mod 2 pi
//
// Parameters in the network's output channels: widths [n], heights [n], slopes [n] at the upper
// ends of the bins (the last is the slope at 0 too), t (transform/spline.hpp). With all parameters
// 0 the slopes are ln 2, not 1: the map is not the identity, but of small curvature. Bins are no
// narrower and no lower than 2 pi / Steepest, slopes no less than 1 / Steepest (0: what the
// precision needs).
#pragma once

#include <lanes/core/angle.hpp>
#include <lanes/transform/spline.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

template <int Knots, int Steepest = 0>
struct CircularSpline {
  static_assert(Knots >= 2, "lanes: CircularSpline<Knots> needs Knots >= 2: one bin or more.");
  static_assert(
      Steepest == 0 || Steepest > Knots,
      "lanes: CircularSpline<Knots, Steepest> needs Steepest > Knots, or 0 for no limit.");
  static constexpr bool circular = true;
  static constexpr int bins = Knots - 1, channels = 3 * bins + 1;

  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> forward(T x, const T (&p)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of(x);
    const T xi = bin.fraction(x);
    return {wrap(bin.value(xi) + p[3 * bins]), bin.log_derivative(xi)};
  }
  // post: inverse(forward(x, p).value, p).value == x
  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> inverse(T y, const T (&p)[std::size_t(channels)]) {
    auto spline = make(p);
    const T turned = wrap(y - p[3 * bins]);
    const auto bin = spline.bin_of_value(turned);
    const T xi = bin.inverse(turned);
    return {wrap(fma(xi, bin.width, bin.x0)), -bin.log_derivative(xi)};
  }
  template <class T>
  LANES_HD LANES_INLINE static T forward_adjoint(T x, const T (&p)[std::size_t(channels)], T dy,
                                                 T dl, T (&dp)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of(x);
    return spread(spline, bin.adjoint(bin.fraction(x), dy, dl), p, dy, dp);
  }
  // At fixed y the map x(p) moves by -dy(p) / (dy/dx), and ln|dx/dy| = -ln|dy/dx|.
  template <class T>
  LANES_HD LANES_INLINE static T inverse_adjoint(T x, const T (&p)[std::size_t(channels)], T dx,
                                                 T dl, T (&dp)[std::size_t(channels)]) {
    auto spline = make(p);
    const auto bin = spline.bin_of(x);
    const T xi = bin.fraction(x);
    const T dy = fma(-dl, bin.log_derivative_slope(xi), dx) * exp(-bin.log_derivative(xi));
    spread(spline, bin.adjoint(xi, -dy, -dl), p, -dy, dp);
    return dy;
  }

 private:
  template <class T>
  LANES_HD LANES_INLINE static Spline<T, bins, Steepest> make(const T (&p)[std::size_t(channels)]) {
    T slopes[std::size_t(bins + 1)];
    for (int k = 0; k < bins; ++k) slopes[k + 1] = detail::softplus<Steepest>(p[2 * bins + k]);
    slopes[0] = slopes[bins];
    return {p, slopes, 0, two_pi};
  }
  template <class T>
  LANES_HD LANES_INLINE static T spread(const Spline<T, bins, Steepest>& spline,
                                        const typename SplineBin<T>::Adjoint& g,
                                        const T (&p)[std::size_t(channels)], T dy,
                                        T (&dp)[std::size_t(channels)]) {
    T d_slopes[std::size_t(bins + 1)];
    spline.adjoint(g, dp, d_slopes);
    d_slopes[bins] += d_slopes[0];
    for (int k = 0; k < bins; ++k)
      dp[2 * bins + k] = d_slopes[k + 1] * detail::softplus_derivative(p[2 * bins + k]);
    dp[3 * bins] = dy;
    return g.x;
  }
};
static_assert(CircleTransform<CircularSpline<4>> && TransformWithAdjoints<CircularSpline<4>>);

}  // namespace lanes
