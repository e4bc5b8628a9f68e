// SPDX-License-Identifier: BSD-3-Clause
//
// Spline<T, Bins, Steepest>: a monotone rational quadratic spline of an interval onto itself, from
// numbers p that a network gives:
//
//   widths, heights   size (floor + (1 - Bins floor) softmax(p))    p[0 .. Bins), p[Bins .. 2 Bins)
//   slopes            softplus(p) + floor                           at the knots; the caller's
//
// floor is 1 / Steepest; with Steepest = 0 it is 1e-6 in float, 1e-12 in double: any finite p gives
// a spline that can be evaluated and inverted, but one whose slopes have hardly a limit. Layers
// multiply their slopes, and with them the tails of the gradient: where a training must form a
// steep map (a large beta), 100 to 1000 keep it stable. The bin of an argument is found lane by
// lane with select; adjoint spreads what one bin receives over all numbers.
#pragma once

#include <lanes/transform/spline_bin.hpp>

namespace lanes {

namespace detail {

template <class T, int Steepest>
inline constexpr double spline_floor = Steepest > 0
                                           ? 1.0 / Steepest
                                           : (sizeof(typename T::value_type) == 4 ? 1e-6 : 1e-12);

/// ln(1 + e^x) + floor, and its derivative.
template <int Steepest = 0, class T>
LANES_HD LANES_INLINE T softplus(T x) {
  return max(x, T(0)) + log1p(exp(-abs(x))) + T(spline_floor<T, Steepest>);
}
template <class T>
LANES_HD LANES_INLINE T softplus_derivative(T x) {
  const T e = exp(-abs(x)), up = T(1) / (T(1) + e);
  return select(x < T(0), e * up, up);
}

}  // namespace detail

template <class T, int Bins, int Steepest = 0>
class Spline {
  static constexpr double floor = detail::spline_floor<T, Steepest>;

 public:
  /// p: widths and heights, [2 Bins];  slopes [Bins + 1];  the interval is [low, low + size].
  LANES_HD LANES_INLINE Spline(const T* p, const T (&slopes)[std::size_t(Bins + 1)], double low,
                               double size)
      : low_(low), size_(size) {
    shares(p, width_);
    shares(p + Bins, height_);
    for (int k = 0; k <= Bins; ++k) slope_[k] = slopes[k];
  }

  /// The bin that holds x (or, of the inverse, y); arguments outside get the nearest.
  LANES_HD LANES_INLINE SplineBin<T> bin_of(T x) { return find(x, width_); }
  /// The bin that y is in.
  LANES_HD LANES_INLINE SplineBin<T> bin_of_value(T y) { return find(y, height_); }

  /// After bin_of or bin_of_value: the adjoint of one bin as that of p [2 Bins] and the slopes.
  LANES_HD LANES_INLINE void adjoint(const typename SplineBin<T>::Adjoint& g, T* dp,
                                     T (&d_slopes)[std::size_t(Bins + 1)]) const {
    T d_width[std::size_t(Bins)], d_height[std::size_t(Bins)];
    for (int k = 0; k < Bins; ++k) {
      const T here = in_bin(k), before = k + 1 < Bins ? beyond(k + 1) : T(0);
      d_width[k] = fma(here, g.width, before * g.x0);
      d_height[k] = fma(here, g.height, before * g.y0);
    }
    shares_adjoint(width_, d_width, dp);
    shares_adjoint(height_, d_height, dp + Bins);
    for (int k = 0; k <= Bins; ++k) d_slopes[k] = T(0);
    for (int k = 0; k < Bins; ++k) {
      const T here = in_bin(k);
      d_slopes[k] = fma(here, g.slope0, d_slopes[k]);
      d_slopes[k + 1] = fma(here, g.slope1, d_slopes[k + 1]);
    }
  }

 private:
  LANES_HD LANES_INLINE void shares(const T* p, T (&share)[std::size_t(Bins)]) const {
    T most = p[0];
    for (int k = 1; k < Bins; ++k) most = max(most, p[k]);
    T sum(0);
    for (int k = 0; k < Bins; ++k) sum += share[k] = exp(p[k] - most);
    const T scale = T(size_ * (1 - Bins * floor)) / sum;
    for (int k = 0; k < Bins; ++k) share[k] = fma(share[k], scale, T(size_ * floor));
  }
  LANES_HD LANES_INLINE void shares_adjoint(const T (&share)[std::size_t(Bins)],
                                            const T (&d)[std::size_t(Bins)], T* dp) const {
    const double whole = size_ * (1 - Bins * floor);
    T mean(0);
    for (int k = 0; k < Bins; ++k) mean = fma(share[k] - T(size_ * floor), d[k], mean);
    mean *= T(1 / whole);
    for (int k = 0; k < Bins; ++k) dp[k] = (share[k] - T(size_ * floor)) * (d[k] - mean);
  }

  // beyond(k): 1 where the argument of find lies at or beyond the left edge of bin k.
  LANES_HD LANES_INLINE T beyond(int k) const { return beyond_[k]; }
  LANES_HD LANES_INLINE T in_bin(int k) const {
    const T from = k == 0 ? T(1) : beyond_[k];
    return k + 1 < Bins ? from - beyond_[k + 1] : from;
  }

  LANES_HD LANES_INLINE SplineBin<T> find(T x, const T (&along)[std::size_t(Bins)]) {
    SplineBin<T> bin{T(low_), width_[0], T(low_), height_[0], slope_[0], slope_[1]};
    T edge(low_), x0(low_), y0(low_);
    beyond_[0] = T(1);
    for (int k = 1; k < Bins; ++k) {
      edge += along[k - 1];
      x0 += width_[k - 1];
      y0 += height_[k - 1];
      const auto inside = x >= edge;
      beyond_[k] = select(inside, T(1), T(0));
      bin.x0 = select(inside, x0, bin.x0);
      bin.width = select(inside, width_[k], bin.width);
      bin.y0 = select(inside, y0, bin.y0);
      bin.height = select(inside, height_[k], bin.height);
      bin.slope0 = select(inside, slope_[k], bin.slope0);
      bin.slope1 = select(inside, slope_[k + 1], bin.slope1);
    }
    return bin;
  }

  double low_, size_;
  T width_[std::size_t(Bins)], height_[std::size_t(Bins)], slope_[std::size_t(Bins + 1)],
      beyond_[std::size_t(Bins)];
};

}  // namespace lanes
