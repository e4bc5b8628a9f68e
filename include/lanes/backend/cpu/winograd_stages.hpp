// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradStages: the nested transforms of one patch and one channel; y: its outputs, d: those and
// the rim around them (winograd_patches.hpp).
//
//   input            to[xi] = (B^T d B)(xi)
//   output           store(site, y),  y = A^T m A,  m(xi) = from[xi]
//   output_adjoint   to[xi] = (A y A^T)(xi)
//
// Points xi lie Stride numbers apart. Each transform stays in registers, and its addresses are a
// few pointers plus constants: with pointers for all it would run at half the speed.
#pragma once

#include <utility>

#include <lanes/backend/cpu/micro_kernels.hpp>
#include <lanes/backend/cpu/winograd_patches.hpp>

namespace lanes::cpu {

template <class Stencil, class T>
class WinogradStages {
  static constexpr int W = simd_width<T>;
  using Patches = WinogradPatches<Stencil>;
  using Sites = typename Patches::Sites;
  using Rows0 = Winograd<Patches::M0>;
  using Rows1 = Winograd<Patches::M1>;
  static constexpr int M0 = Patches::M0, M1 = Patches::M1, P0 = Patches::P0, P1 = Patches::P1;

 public:
  /// d(i, j) = channel[site of (i, j)].
  template <long Stride>
  LANES_INLINE static void input(const T* channel, const Sites& patch, T* to) {
    const T* row[std::size_t(P0)];
#pragma GCC unroll 8
    for (int i = 0; i < P0; ++i) row[i] = channel + patch.row[i] * W;
    for_groups<Rows0::groups>([&](auto group) LANES_INLINE_LAMBDA {
      Vector<T> half[2][std::size_t(P1)];  // rows of points, transformed along the first direction
      int point_row[2], rows = 0;
#pragma GCC unroll 8
      for (int j = 0; j < P1; ++j) {
        rows = 0;
        Rows0::template input<decltype(group)::value>(
            [&](int i)
                LANES_INLINE_LAMBDA { return Vector<T>::load(row[i] + patch.column(j) * W); },
            [&](int point, Vector<T> v) LANES_INLINE_LAMBDA {
              point_row[rows] = point;
              half[rows++][j] = v;
            });
      }
#pragma GCC unroll 2
      for (int n = 0; n < rows; ++n)
        for_groups<Rows1::groups>([&](auto inner) LANES_INLINE_LAMBDA {
          Rows1::template input<decltype(inner)::value>(
              [&](int j) LANES_INLINE_LAMBDA { return half[n][j]; },
              [&](int point, Vector<T> v)
                  LANES_INLINE_LAMBDA { v.store(to + (point_row[n] * P1 + point) * Stride); });
        });
    });
  }

  template <long Stride, class Store>
  LANES_INLINE static void output(const T* from, const Sites& patch, const Store& store) {
    Vector<T> half[std::size_t(M0)][std::size_t(P1)];
#pragma GCC unroll 8
    for (int j = 0; j < P1; ++j) {
      Vector<T> m[std::size_t(P0)], y[std::size_t(M0)];
#pragma GCC unroll 8
      for (int i = 0; i < P0; ++i) m[i] = Vector<T>::load(from + (i * P1 + j) * Stride);
      Rows0::output(m, y);
#pragma GCC unroll 8
      for (int i = 0; i < M0; ++i) half[i][j] = y[i];
    }
#pragma GCC unroll 8
    for (int i = 0; i < M0; ++i) {
      Vector<T> y[std::size_t(M1)];
      Rows1::output(half[i], y);
#pragma GCC unroll 8
      for (int j = 0; j < M1; ++j) store(patch.row[i + 1] + patch.column(j + 1), y[j]);
    }
  }

  /// y(i, j) = from[(i * M1 + j) * FromStride].
  template <long FromStride, long Stride>
  LANES_INLINE static void output_adjoint(const T* from, T* to) {
    Vector<T> half[std::size_t(P0)][std::size_t(M1)];
#pragma GCC unroll 8
    for (int j = 0; j < M1; ++j) {
      Vector<T> y[std::size_t(M0)], m[std::size_t(P0)];
#pragma GCC unroll 8
      for (int i = 0; i < M0; ++i) y[i] = Vector<T>::load(from + (i * M1 + j) * FromStride);
      Rows0::output_adjoint(y, m);
#pragma GCC unroll 8
      for (int i = 0; i < P0; ++i) half[i][j] = m[i];
    }
#pragma GCC unroll 8
    for (int i = 0; i < P0; ++i) {
      Vector<T> m[std::size_t(P1)];
      Rows1::output_adjoint(half[i], m);
#pragma GCC unroll 8
      for (int j = 0; j < P1; ++j) m[j].store(to + (i * P1 + j) * Stride);
    }
  }

 private:
  template <int Groups, class F>
  LANES_INLINE static void for_groups(F&& f) {
    [&]<int... G>(std::integer_sequence<int, G...>) LANES_INLINE_LAMBDA {
      (f(std::integral_constant<int, G>{}), ...);
    }(std::make_integer_sequence<int, Groups>{});
  }
};

}  // namespace lanes::cpu
