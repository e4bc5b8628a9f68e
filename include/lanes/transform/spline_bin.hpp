// SPDX-License-Identifier: BSD-3-Clause
//
// Monotone rational quadratic splines (Gregory and Delbourgo 1982; Durkan et al. 1906.04032): in a
// bin of width w and height h, with slopes d0, d1 at its ends, xi = (x - x0) / w, s = h / w,
//
//   y = y0 + h N / D,  N = s xi^2 + d0 xi (1 - xi),  D = s + (d0 + d1 - 2 s) xi (1 - xi)
//   ln dy/dx = 2 ln s + ln M - 2 ln D,  M = d1 xi^2 + 2 s xi (1 - xi) + d0 (1 - xi)^2
//
// Slopes, widths and heights are positive. SplineBin is one bin; the functions are safe on its
// closure for any argument: xi is clamped to [0, 1] before the arithmetic, and no difference of
// positive numbers is divided by.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>

namespace lanes {

template <class T>
struct SplineBin {
  T x0, width, y0, height, slope0, slope1;  // slopes: at its ends

  /// Fraction of the bin below x, in [0, 1].
  LANES_HD LANES_INLINE T fraction(T x) const { return min(max((x - x0) / width, T(0)), T(1)); }
  LANES_HD LANES_INLINE T value(T xi) const {
    const T both = xi * (T(1) - xi), s = height / width;
    return fma(height / denominator(both, s), fma(s * xi, xi, slope0 * both), y0);
  }
  /// ln dy/dx.
  LANES_HD LANES_INLINE T log_derivative(T xi) const {
    const T both = xi * (T(1) - xi), s = height / width, d = denominator(both, s);
    return log(s * s * mixed(xi, both, s) / (d * d));
  }
  /// xi where the value is y.  post: value(inverse(y)) == y
  LANES_HD LANES_INLINE T inverse(T y) const {
    // a xi^2 + b xi = u s with a + b = s, by whichever form of the root adds what has one sign.
    const T u = min(max((y - y0) / height, T(0)), T(1)), s = height / width;
    const T b = slope0 - u * (slope0 + slope1 - T(2) * s), a = s - b;
    const T root = sqrt(max(fma(b, b, T(4) * a * u * s), T(0)));
    const T sum = abs(b) + root, safe = select(sum > T(0), sum, T(1));
    const T xi = select(b < T(0), safe / (T(2) * max(a, s)), T(2) * u * s / safe);
    return min(max(xi, T(0)), T(1));
  }

  /// What value and log_derivative at x pull back to.
  struct Adjoint {
    T x, x0, width, y0, height, slope0, slope1;  // adjoints of
  };
  LANES_HD LANES_INLINE Adjoint adjoint(T xi, T dy, T dl) const {
    const T rest = T(1) - xi, both = xi * rest, turn = rest - xi;  // turn = d both / d xi
    const T r = T(1) / width, s = height * r;
    const T q = slope0 + slope1 - T(2) * s;
    const T d = denominator(both, s), n = fma(s * xi, xi, slope0 * both), m = mixed(xi, both, s);
    const T inverse_d = T(1) / d;
    const T of_n = dy * height * inverse_d, of_m = dl / m;
    const T of_d = -fma(of_n, n, T(2) * dl) * inverse_d;
    const T of_s =
        T(2) * dl / s + of_m * T(2) * both + of_n * xi * xi + of_d * (T(1) - T(2) * both);
    const T of_xi = of_m * T(2) * (slope1 * xi + s * turn - slope0 * rest) +
                    of_n * fma(T(2) * s, xi, slope0 * turn) + of_d * q * turn;
    Adjoint g;
    g.x = of_xi * r;
    g.x0 = -g.x;
    g.width = -r * fma(of_xi, xi, of_s * s);
    g.y0 = dy;
    g.height = fma(dy * n, inverse_d, of_s * r);
    g.slope0 = of_m * rest * rest + (of_n + of_d) * both;
    g.slope1 = of_m * xi * xi + of_d * both;
    return g;
  }
  /// d log_derivative / dx.
  LANES_HD LANES_INLINE T log_derivative_slope(T xi) const {
    const T rest = T(1) - xi, both = xi * rest, turn = rest - xi, s = height / width;
    const T q = slope0 + slope1 - T(2) * s;
    return T(2) *
           ((slope1 * xi + s * turn - slope0 * rest) / mixed(xi, both, s) -
            q * turn / denominator(both, s)) /
           width;
  }

 private:
  LANES_HD LANES_INLINE T denominator(T both, T s) const {
    return fma(slope0 + slope1, both, s * (T(1) - T(2) * both));
  }
  LANES_HD LANES_INLINE T mixed(T xi, T both, T s) const {
    return fma(slope1 * xi, xi, fma(T(2) * s, both, slope0 * square(T(1) - xi)));
  }
};

}  // namespace lanes
