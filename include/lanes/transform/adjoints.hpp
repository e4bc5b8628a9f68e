// SPDX-License-Identifier: BSD-3-Clause
//
// Adjoints of a transform y = f(x; p), L = ln|dy/dx|: those that it brings, else derived from its
// forward by dual numbers, one evaluation for x and one for each parameter.
//
//   forward  of (y, L) at x:                 dx = dy f_x + dl L_x,   dp = dy f_p + dl L_p
//   inverse  of (x, ln|dx/dy|) at y = f(x):  g = dx - dl L_x,  dy = g / f_x,  
//                                            dp = -g f_p / f_x - dl L_p
#pragma once

#include <cstddef>

#include <lanes/core/dual.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

/// Adjoints from forward alone.
template <class P>
struct DerivedAdjoints {
  static constexpr std::size_t n = std::size_t(P::channels);

  /// dy, dx: adjoint of what came out; dl: of the logarithm. Sets dp, and gives the adjoint of what
  /// went in.
  template <class T>
  LANES_HD LANES_INLINE static T forward(T x, const T (&p)[n], T dy, T dl, T (&dp)[n]) {
    const auto by_x = derivative(x, p, -1);
    for (int k = 0; k < P::channels; ++k) {
      const auto by_p = derivative(x, p, k);
      dp[k] = fma(dy, by_p.value, dl * by_p.log_derivative);
    }
    return fma(dy, by_x.value, dl * by_x.log_derivative);
  }
  template <class T>
  LANES_HD LANES_INLINE static T inverse(T x, const T (&p)[n], T dx, T dl, T (&dp)[n]) {
    const auto by_x = derivative(x, p, -1);
    const T dy = fma(-dl, by_x.log_derivative, dx) / by_x.value;
    for (int k = 0; k < P::channels; ++k) {
      const auto by_p = derivative(x, p, k);
      dp[k] = -fma(dy, by_p.value, dl * by_p.log_derivative);
    }
    return dy;
  }

 private:
  /// d y and d L by parameter k, by x for k = -1.
  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> derivative(T x, const T (&p)[n], int k) {
    Dual<T> q[n];
    for (int i = 0; i < P::channels; ++i) q[i] = Dual<T>(p[i], T(i == k ? 1 : 0));
    const auto y = P::forward(Dual<T>(x, T(k < 0 ? 1 : 0)), q);
    return {y.value.derivative, y.log_derivative.derivative};
  }
};

/// What layers call.
template <class P>
struct AdjointsOf : DerivedAdjoints<P> {};
/// Those that a transform brings.
template <TransformWithAdjoints P>
struct AdjointsOf<P> {
  template <class T>
  LANES_HD LANES_INLINE static T forward(T x, const T (&p)[std::size_t(P::channels)], T dy, T dl,
                                         T (&dp)[std::size_t(P::channels)]) {
    return P::forward_adjoint(x, p, dy, dl, dp);
  }
  template <class T>
  LANES_HD LANES_INLINE static T inverse(T x, const T (&p)[std::size_t(P::channels)], T dx, T dl,
                                         T (&dp)[std::size_t(P::channels)]) {
    return P::inverse_adjoint(x, p, dx, dl, dp);
  }
};

}  // namespace lanes
