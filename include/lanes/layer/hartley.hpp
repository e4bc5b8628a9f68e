// SPDX-License-Identifier: BSD-3-Clause
//
// The discrete Hartley transform of E numbers (packs), and where a row lies on a line of the
// lattice:
//
//   X(k) = sum_x cas(2 pi k x / E) x(x),   cas = cos + sin;   twice is E times the identity
//
// Radix 2 while the extent is even, then a direct sum: about 3 E log2 E flops for a power of two.
// With e, o the transforms of the even and odd places,
//
//   X(k) = e(k) + cos(2 pi k / E) o(k) + sin(2 pi k / E) o(-k)               Bracewell 1984
//
// The table is part of the kernel that uses it: device code cannot index a constexpr one.
#pragma once

#include <cmath>

#include <lanes/core/macros.hpp>

namespace lanes::detail {

template <class Real, int E>
struct HartleyTable {
  Real cosine[std::size_t(E)], sine[std::size_t(E)];  // of 2 pi j / E
  HartleyTable() {
    for (int j = 0; j < E; ++j) {
      const double angle = 6.283185307179586 * j / E;
      cosine[j] = static_cast<Real>(std::cos(angle));
      sine[j] = static_cast<Real>(std::sin(angle));
    }
  }

  /// to [N] = transform of from[0], from[stride], ..; N divides E.
  template <int N, class T>
  LANES_HD void apply(const T* from, int stride, T* to) const {
    constexpr int step = E / N;
    if constexpr (N % 2 == 0 && N > 2) {
      constexpr int half = N / 2;
      apply<half>(from, 2 * stride, to);
      apply<half>(from + stride, 2 * stride, to + half);
      const T first = to[0], last = to[half];
      to[0] = first + last;
      to[half] = first - last;
      // Places k and half - k together: each reads both odd parts.
      for (int k = 1; 2 * k <= half; ++k) {
        const int m = half - k;
        const T c(cosine[k * step]), s(sine[k * step]);
        const T here = fma(c, to[half + k], s * to[half + m]);
        const T there = fma(s, to[half + k], -(c * to[half + m]));
        const T even = to[k], even_there = to[m];
        to[k] = even + here;
        to[half + k] = even - here;
        if (m == k) continue;
        to[m] = even_there + there;
        to[half + m] = even_there - there;
      }
    } else {
      for (int k = 0; k < N; ++k) {
        T sum(0);
        for (int x = 0, j = 0; x < N; ++x) {
          sum = fma(T(cosine[j * step] + sine[j * step]), from[x * stride], sum);
          j = j + k < N ? j + k : j + k - N;
        }
        to[k] = sum;
      }
    }
  }
};

/// Row k of line i in rows [outer][extent][inner].
LANES_HD LANES_INLINE constexpr int row_of_line(int i, int k, int extent, int inner) {
  return (i / inner * extent + k) * inner + i % inner;
}

}  // namespace lanes::detail
