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
    along_both<P0, P1, M0, M1>(
        [&](int i, int j)
            LANES_INLINE_LAMBDA { return Vector<T>::load(from + (i * P1 + j) * Stride); },
        [](const auto& m, auto& y) LANES_INLINE_LAMBDA { Rows0::output(m, y); },
        [](const auto& m, auto& y) LANES_INLINE_LAMBDA { Rows1::output(m, y); },
        [&](int i, int j, Vector<T> y)
            LANES_INLINE_LAMBDA { store(patch.row[i + 1] + patch.column(j + 1), y); });
  }

  /// y(i, j) = from[(i * M1 + j) * FromStride].
  template <long FromStride, long Stride>
  LANES_INLINE static void output_adjoint(const T* from, T* to) {
    along_both<M0, M1, P0, P1>(
        [&](int i, int j)
            LANES_INLINE_LAMBDA { return Vector<T>::load(from + (i * M1 + j) * FromStride); },
        [](const auto& y, auto& m) LANES_INLINE_LAMBDA { Rows0::output_adjoint(y, m); },
        [](const auto& y, auto& m) LANES_INLINE_LAMBDA { Rows1::output_adjoint(y, m); },
        [&](int i, int j, Vector<T> m)
            LANES_INLINE_LAMBDA { m.store(to + (i * P1 + j) * Stride); });
  }

 private:
  // store(i, j, .) of [From0][From1] numbers load(i, j), transformed along one index, then along
  // the other.
  template <int From0, int From1, int To0, int To1, class Load, class Along0, class Along1,
            class Store>
  LANES_INLINE static void along_both(const Load& load, const Along0& along0, const Along1& along1,
                                      const Store& store) {
    Vector<T> half[std::size_t(To0)][std::size_t(From1)];
#pragma GCC unroll 8
    for (int j = 0; j < From1; ++j) {
      Vector<T> from[std::size_t(From0)], to[std::size_t(To0)];
#pragma GCC unroll 8
      for (int i = 0; i < From0; ++i) from[i] = load(i, j);
      along0(from, to);
#pragma GCC unroll 8
      for (int i = 0; i < To0; ++i) half[i][j] = to[i];
    }
#pragma GCC unroll 8
    for (int i = 0; i < To0; ++i) {
      Vector<T> to[std::size_t(To1)];
      along1(half[i], to);
#pragma GCC unroll 8
      for (int j = 0; j < To1; ++j) store(i, j, to[j]);
    }
  }

  template <int Groups, class F>
  LANES_INLINE static void for_groups(F&& f) {
    [&]<int... G>(std::integer_sequence<int, G...>) LANES_INLINE_LAMBDA {
      (f(std::integral_constant<int, G>{}), ...);
    }(std::make_integer_sequence<int, Groups>{});
  }
};

}  // namespace lanes::cpu
