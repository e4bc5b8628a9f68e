// SPDX-License-Identifier: BSD-3-Clause
//
// The one-dimensional minimal filtering algorithms F(M, 3), M = 2 or 4 outputs of a 3-tap correlation from
// M + 2 products (Winograd 1980; Lavin and Gray, 1509.09308):
//
//   y = A^T [ (G g) * (B^T d) ],   d: M + 2 inputs, g: 3 taps, y: M outputs
//
// and what their adjoints need: A y (outputs' gradient into product space). In two dimensions they nest:
// M0 M1 outputs take (M0+2)(M1+2) products in place of 9 M0 M1: a factor 2.25 (M = 2), 4 (M = 4).
// Rounding errors grow by a factor of about 2 (M = 2) and 10 (M = 4).
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>

namespace lanes::cpu {

template <int M>
struct Winograd;

template <>
struct Winograd<2> {
  static constexpr int outputs = 2, points = 4;
  static constexpr double filter[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

  template <class V>
  LANES_INLINE static void input(const V (&d)[4], V (&r)[4]) {  // B^T d
    r[0] = d[0] - d[2];
    r[1] = d[1] + d[2];
    r[2] = d[2] - d[1];
    r[3] = d[1] - d[3];
  }
  template <class V>
  LANES_INLINE static void output(const V (&m)[4], V (&y)[2]) {  // A^T m
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
  }
  template <class V>
  LANES_INLINE static void output_adjoint(const V (&y)[2], V (&m)[4]) {  // A y
    m[0] = y[0];
    m[1] = y[0] + y[1];
    m[2] = y[0] - y[1];
    m[3] = -y[1];
  }
};

template <>
struct Winograd<4> {
  static constexpr int outputs = 4, points = 6;
  static constexpr double filter[6][3] = {{0.25, 0, 0},
                                          {-1. / 6, -1. / 6, -1. / 6},
                                          {-1. / 6, 1. / 6, -1. / 6},
                                          {1. / 24, 1. / 12, 1. / 6},
                                          {1. / 24, -1. / 12, 1. / 6},
                                          {0, 0, 1}};

  template <class V>
  LANES_INLINE static void input(const V (&d)[6], V (&r)[6]) {
    const V a = fma(V(-4), d[2], d[4]), b = fma(V(-4), d[1], d[3]);
    const V c = d[4] - d[2], e = d[3] - d[1];
    r[0] = fma(V(4), d[0], fma(V(-5), d[2], d[4]));
    r[1] = a + b;
    r[2] = a - b;
    r[3] = fma(V(2), e, c);
    r[4] = fma(V(-2), e, c);
    r[5] = fma(V(4), d[1], fma(V(-5), d[3], d[5]));
  }
  template <class V>
  LANES_INLINE static void output(const V (&m)[6], V (&y)[4]) {
    const V a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
    y[0] = m[0] + a + c;
    y[1] = fma(V(2), d, b);
    y[2] = fma(V(4), c, a);
    y[3] = fma(V(8), d, b + m[5]);
  }
  template <class V>
  LANES_INLINE static void output_adjoint(const V (&y)[4], V (&m)[6]) {
    const V even = y[0] + y[2], odd = y[1] + y[3];
    const V even2 = fma(V(4), y[2], y[0]), odd2 = fma(V(8), y[3], V(2) * y[1]);
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = even2 + odd2;
    m[4] = even2 - odd2;
    m[5] = y[3];
  }
};

}  // namespace lanes::cpu
