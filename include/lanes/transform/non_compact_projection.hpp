// SPDX-License-Identifier: BSD-3-Clause
//
// NonCompactProjection<Mixtures>: a monotone map of the circle [0, 2 pi) onto itself (Kanwar et al.
// 2003.06413), the mean of maps that stretch the line on which the circle is projected, then a
// shift:
//
//   y = 1/M sum_i 2 atan(exp(s_i) tan(x / 2)) + t  mod 2 pi
//   dy/dx = 1/M sum_i 1 / (exp(-s_i) cos^2(x/2) + exp(s_i) sin^2(x/2))
//
// Parameters in the network's output channels: s [M], t. s is clamped to [-14, 14]; beyond, its
// adjoint is zero. With all parameters 0 the map is the identity. The inverse is Newton's method,
// kept in a bracket, to the precision of T.
#pragma once

#include <lanes/core/angle.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

template <int Mixtures>
struct NonCompactProjection {
  static_assert(Mixtures >= 1, "lanes: NonCompactProjection<Mixtures> needs Mixtures >= 1.");
  static constexpr bool circular = true;
  static constexpr int channels = Mixtures + 1;

  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> forward(T x, const T (&p)[std::size_t(channels)]) {
    const Map<T> map(p);
    const T signed_x = wrap_signed(x);
    return {wrap(map.value(signed_x) + p[Mixtures]), log(map.derivative(signed_x))};
  }
  // post: inverse(forward(x, p).value, p).value == x
  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> inverse(T y, const T (&p)[std::size_t(channels)]) {
    const Map<T> map(p);
    const T x = map.solve(wrap_signed(y - p[Mixtures]));
    return {wrap(x), -log(map.derivative(x))};
  }
  template <class T>
  LANES_HD LANES_INLINE static T forward_adjoint(T x, const T (&p)[std::size_t(channels)], T dy,
                                                 T dl, T (&dp)[std::size_t(channels)]) {
    const Map<T> map(p);
    return map.adjoint(wrap_signed(x), dy, dl, p, dp);
  }
  // At fixed y the map x(p) moves by -dy(p) / (dy/dx), and ln|dx/dy| = -ln|dy/dx|.
  template <class T>
  LANES_HD LANES_INLINE static T inverse_adjoint(T x, const T (&p)[std::size_t(channels)], T dx,
                                                 T dl, T (&dp)[std::size_t(channels)]) {
    const Map<T> map(p);
    const T signed_x = wrap_signed(x);
    const T slope = map.adjoint(signed_x, T(0), T(1), p, dp);  // d ln(dy/dx) / dx
    const T dy = fma(-dl, slope, dx) / map.derivative(signed_x);
    map.adjoint(signed_x, -dy, -dl, p, dp);
    return dy;
  }

 private:
  static constexpr double most = 14;

  template <class T>
  struct Map {
    T up[std::size_t(Mixtures)], down[std::size_t(Mixtures)];  // exp(s), exp(-s)

    LANES_HD LANES_INLINE explicit Map(const T (&p)[std::size_t(channels)]) {
      for (int i = 0; i < Mixtures; ++i) {
        up[i] = exp(min(max(p[i], T(-most)), T(most)));
        down[i] = T(1) / up[i];
      }
    }
    LANES_HD LANES_INLINE T value(T x) const {
      const T half = T(0.5) * x;
      const T tangent = sin(half) / max(cos(half), T(1e-30));
      T sum(0);
      for (int i = 0; i < Mixtures; ++i) sum += atan(up[i] * tangent);
      return sum * T(2.0 / Mixtures);
    }
    LANES_HD LANES_INLINE T derivative(T x) const {
      const T c = square(cos(T(0.5) * x)), n = square(sin(T(0.5) * x));
      T sum(0);
      for (int i = 0; i < Mixtures; ++i) sum += T(1) / fma(down[i], c, up[i] * n);
      return sum * T(1.0 / Mixtures);
    }
    // dp and the adjoint of x, of dy times the value and dl times the logarithm of the derivative.
    LANES_HD LANES_INLINE T adjoint(T x, T dy, T dl, const T (&p)[std::size_t(channels)],
                                    T (&dp)[std::size_t(channels)]) const {
      const T c = square(cos(T(0.5) * x)), n = square(sin(T(0.5) * x)), sine = sin(x);
      const T first = derivative(x), of_derivative = dl / first;
      T second(0);
      for (int i = 0; i < Mixtures; ++i) {
        const T d = T(1) / fma(down[i], c, up[i] * n), square_d = d * d;
        second += square_d * (down[i] - up[i]);
        const T ds = dy * sine * d + of_derivative * square_d * (down[i] * c - up[i] * n);
        const auto follows = p[i] >= T(-most) && p[i] <= T(most);
        dp[i] = select(follows, ds * T(1.0 / Mixtures), T(0));
      }
      second *= sine * T(0.5 / Mixtures);
      dp[Mixtures] = dy;
      return fma(dy, first, of_derivative * second);
    }
    LANES_HD LANES_INLINE T solve(T y) const {
      constexpr double tolerance = sizeof(typename T::value_type) == 4 ? 2e-7 : 4e-16;
      T low(-pi), high(pi), x = y;
      for (int step = 0; step < 100; ++step) {
        const T excess = value(x) - y;
        const auto above = excess > T(0);
        high = select(above, x, high);
        low = select(above, low, x);
        const T newton = x - excess / derivative(x);
        const T next = select(newton > low && newton < high, newton, T(0.5) * (low + high));
        const T change = abs(next - x);
        x = next;
        if (!any(change > T(tolerance))) break;
      }
      return x;
    }
  };
};
static_assert(CircleTransform<NonCompactProjection<2>> &&
              TransformWithAdjoints<NonCompactProjection<2>>);

}  // namespace lanes
