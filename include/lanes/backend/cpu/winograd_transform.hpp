// SPDX-License-Identifier: BSD-3-Clause
//
// The one-dimensional minimal filtering algorithms F(M, 3), M = 2, 3 or 4 outputs of a 3-tap
// correlation from M + 2 products (Winograd 1980; Lavin and Gray, 1509.09308):
//
//   y = A^T [ (G g) * (B^T d) ],   d: M + 2 inputs, g: 3 taps, y: M outputs
//
// and what their adjoints need: A y (outputs' gradient into product space). B^T comes in groups of
// one or two points that share inputs, so that a nested transform, taken group by group, stays in
// registers. In two dimensions they nest: M0 M1 outputs take (M0+2)(M1+2) products in place of 9 M0
// M1: a factor 2.25 (M = 2), 3.24 (M = 3), 4 (M = 4). Rounding errors in float, measured with 16
// and 64 channels, beside those of a direct convolution: 0.5 (M = 2), 2 (M = 3), 8 times (M = 4).
#pragma once

#include <type_traits>

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>

namespace lanes::cpu {

template <int M>
struct Winograd;

template <>
struct Winograd<2> {
  static constexpr int outputs = 2, points = 4;
  static constexpr double filter[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

  static constexpr int groups = 2;

  // d(i): input i;  store(point, value): B^T d.
  template <int Group, class Load, class Store>
  LANES_INLINE static void input(Load&& d, Store&& store) {
    if constexpr (Group == 0) {
      store(0, d(0) - d(2));
      store(3, d(1) - d(3));
    } else {
      const auto d1 = d(1), d2 = d(2);
      store(1, d1 + d2);
      store(2, d2 - d1);
    }
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
struct Winograd<3> {
  static constexpr int outputs = 3, points = 5;
  static constexpr double filter[5][3] = {{0.5, 0, 0},
                                          {-0.5, -0.5, -0.5},
                                          {-1. / 6, 1. / 6, -1. / 6},
                                          {1. / 6, 1. / 3, 2. / 3},
                                          {0, 0, 1}};

  static constexpr int groups = 3;

  template <int Group, class Load, class Store>
  LANES_INLINE static void input(Load&& d, Store&& store) {
    using V = std::remove_cvref_t<decltype(d(0))>;
    if constexpr (Group == 0) {
      store(0, fma(V(2), d(0) - d(2), d(3) - d(1)));
      store(4, fma(V(2), d(1) - d(3), d(4) - d(2)));
    } else if constexpr (Group == 1) {
      const V twice = V(2) * d(1), d2 = d(2), d3 = d(3);
      store(1, d3 - d2 - twice);
      store(2, fma(V(-3), d2, d3 + twice));
    } else {
      store(3, d(3) - d(1));
    }
  }
  template <class V>
  LANES_INLINE static void output(const V (&m)[5], V (&y)[3]) {
    const V a = m[1] + m[2], b = m[1] - m[2];
    y[0] = m[0] + a + m[3];
    y[1] = fma(V(2), m[3], b);
    y[2] = fma(V(4), m[3], a + m[4]);
  }
  template <class V>
  LANES_INLINE static void output_adjoint(const V (&y)[3], V (&m)[5]) {
    const V even = y[0] + y[2];
    m[0] = y[0];
    m[1] = even + y[1];
    m[2] = even - y[1];
    m[3] = fma(V(4), y[2], fma(V(2), y[1], y[0]));
    m[4] = y[2];
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

  static constexpr int groups = 3;

  template <int Group, class Load, class Store>
  LANES_INLINE static void input(Load&& d, Store&& store) {
    using V = std::remove_cvref_t<decltype(d(0))>;
    if constexpr (Group == 0) {
      store(0, fma(V(4), d(0), fma(V(-5), d(2), d(4))));
      store(5, fma(V(4), d(1), fma(V(-5), d(3), d(5))));
    } else if constexpr (Group == 1) {
      const V even = fma(V(-4), d(2), d(4)), odd = fma(V(-4), d(1), d(3));
      store(1, even + odd);
      store(2, even - odd);
    } else {
      const V even = d(4) - d(2), odd = d(3) - d(1);
      store(3, fma(V(2), odd, even));
      store(4, fma(V(-2), odd, even));
    }
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
