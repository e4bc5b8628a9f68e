// SPDX-License-Identifier: BSD-3-Clause
//
// Affine: the transform y = x exp(s) + t of one variable, ln|dy/dx| = s (Dinh et al. 1605.08803).
// Parameters in the network's output channels: s, t. A Z2Net (network/z2_net.hpp) gives an even s
// and an odd t, which makes the coupling commute with x -> -x.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

struct Affine {
  static constexpr int channels = 2, even_channels = 1;

  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> forward(T x, const T (&p)[2]) {
    return {fma(x, exp(p[0]), p[1]), p[0]};
  }
  // post: inverse(forward(x, p).value, p).value == x
  template <class T>
  LANES_HD LANES_INLINE static Transformed<T> inverse(T y, const T (&p)[2]) {
    return {(y - p[1]) * exp(-p[0]), -p[0]};
  }
  template <class T>
  LANES_HD LANES_INLINE static T forward_adjoint(T x, const T (&p)[2], T dy, T dl, T (&dp)[2]) {
    const T dx = dy * exp(p[0]);
    dp[0] = fma(dx, x, dl);
    dp[1] = dy;
    return dx;
  }
  template <class T>
  LANES_HD LANES_INLINE static T inverse_adjoint(T x, const T (&p)[2], T dx, T dl, T (&dp)[2]) {
    const T dy = dx * exp(-p[0]);
    dp[0] = -fma(dx, x, dl);
    dp[1] = -dy;
    return dy;
  }
};
static_assert(OddTransform<Affine> && TransformWithAdjoints<Affine>);

}  // namespace lanes
