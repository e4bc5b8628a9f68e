// SPDX-License-Identifier: BSD-3-Clause
//
// Cubic: a transform of the line that is a cubic polynomial in the direction of the inverse,
//
//   x = c + a u + b u^3,  y = d + u,  a, b > 0,     ln|dy/dx| = -ln(a + 3 b u^2)
//
// made for sites with a quartic potential: normal x give y the density of exp(-lambda y^4 - m y^2 +
// h y) to 1e-4 nats over the range of h that a neighbourhood produces, where Affine misses by 0.05
// to 0.1. Parameters in the network's output channels: ln a, ln(b / b_0), c, d; with all of them 0
// the map is close to the identity (b_0 = 0.05).
//
// The real root of a u + b u^3 = w: u = 2 s sinh(asinh(3 w / (2 a s)) / 3), s = sqrt(a / 3b), and
// two Newton steps, which restore the digits that asinh loses near 0. Members:
// transform/affine.hpp.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

struct Cubic {
  static constexpr int channels = 4, even_channels = 2;

  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> forward(T x, const T (&p)[4]) {
    const Polynomial<T> f(p);
    const T u = f.root(x - p[2]);
    return {p[3] + u, -log(f.slope(u))};
  }
  // post: inverse(forward(x, p).value, p).value == x
  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> inverse(T y, const T (&p)[4]) {
    const Polynomial<T> f(p);
    const T u = y - p[3];
    return {p[2] + f.value(u), log(f.slope(u))};
  }
  template <class T>
  LANES_HD LANES_INLINE static T forward_adjoint(T x, const T (&p)[4], T dy, T dl, T (&dp)[4]) {
    const Polynomial<T> f(p);
    const T u = f.root(x - p[2]), u2 = u * u, shrink = T(1) / f.slope(u);
    const T dx = (dy - T(6) * f.b * u * shrink * dl) * shrink;
    dp[0] = -f.a * fma(u, dx, shrink * dl);
    dp[1] = -f.b * u2 * fma(u, dx, T(3) * shrink * dl);
    dp[2] = -dx;
    dp[3] = dy;
    return dx;
  }
  template <class T>
  LANES_HD LANES_INLINE static T inverse_adjoint(T x, const T (&p)[4], T dx, T dl, T (&dp)[4]) {
    const Polynomial<T> f(p);
    const T u = f.root(x - p[2]), u2 = u * u, slope = f.slope(u), shrink = T(1) / slope;
    const T dy = fma(dx, slope, T(6) * f.b * u * shrink * dl);
    dp[0] = f.a * fma(u, dx, shrink * dl);
    dp[1] = f.b * u2 * fma(u, dx, T(3) * shrink * dl);
    dp[2] = dx;
    dp[3] = -dy;
    return dy;
  }

 private:
  template <class T>
  struct Polynomial {  // a u + b u^3
    T a, b;
    LANES_HD LANES_INLINE explicit Polynomial(const T (&p)[4])
        : a(exp(p[0])), b(T(0.05) * exp(p[1])) {}
    LANES_HD LANES_INLINE T value(T u) const { return u * fma(b, u * u, a); }
    LANES_HD LANES_INLINE T slope(T u) const { return fma(T(3) * b, u * u, a); }
    LANES_HD LANES_INLINE T root(T w) const {
      const T s = sqrt(a / (T(3) * b)), t = abs(w) * T(1.5) / (a * s);
      const T e = exp(log(t + sqrt(fma(t, t, T(1)))) * T(1.0 / 3));
      T u = s * (e - T(1) / e);
      u = select(w < T(0), -u, u);
      for (int i = 0; i < 2; ++i) u = u - (value(u) - w) / slope(u);
      return u;
    }
  };
};
static_assert(OddTransform<Cubic> && TransformWithAdjoints<Cubic>);

}  // namespace lanes
