// SPDX-License-Identifier: BSD-3-Clause
//
// Angles [radians]: the one place where they are wrapped.
//
//   wrap(x)          x mod 2 pi in [0, 2 pi)
//   wrap_signed(x)   x mod 2 pi in (-pi, pi], up to rounding at the ends
//
// For packs and for numbers on them. Good to the precision of T for |x| up to about 2 pi /
// epsilon(T).
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>

namespace lanes {

/// The circumference of a circle is two_pi times its radius, pi times its diameter.
inline constexpr double pi = 3.14159265358979323846, two_pi = 2 * pi;

/// post: 0 <= wrap(x) < 2 pi
template <class T>
LANES_HD LANES_INLINE T wrap(T x) {
  const T turns = floor(x * T(1 / two_pi));
  const T y = fma(turns, T(-two_pi), x);
  // Rounding can leave y a little below 0, or at 2 pi.
  const T up = select(y < T(0), y + T(two_pi), y);
  return select(up >= T(two_pi), T(0), up);
}

template <class T>
LANES_HD LANES_INLINE T wrap_signed(T x) {
  return fma(floor(fma(x, T(-1 / two_pi), T(0.5))), T(two_pi), x);
}

}  // namespace lanes
