// SPDX-License-Identifier: BSD-3-Clause
//
// Matrix<T, N>: an N x N complex matrix for every lane, and what a direct solver needs of it, as
// kernels that a context runs over register tiles: on a CPU an instruction works on a register of
// lanes, on a GPU every tile of every lane is a thread. N is a multiple of 4.
//
//   multiply<left, right>(context, scale, a, b, c)  c = scale op(a) op(b), op: plain or adjoint
//   multiply_add<left, right>(...)                  c += scale op(a) op(b)
//   invert(context, a, log_det, phase)              a = a^-1, log_det += ln|det a|,
//                                                   phase *= det a / |det a|
//
// Products take 8 N^3 flops a lane (a 4 x 2 tile issues 32 fused multiply-adds for 12 loads), the
// inverse the same. It is Gauss and Jordan's, in blocks of 4, without pivoting: lanes of a register
// cannot exchange different rows. Who calls it says why that is stable, and looks at what it got.
#pragma once

#include <lanes/core/complex.hpp>
#include <lanes/core/rows.hpp>

namespace lanes::wilson {

template <class T, int N>
struct Matrix {
  static_assert(N % 4 == 0);
  // Not a power of two: a column would sit in one set of the cache.
  static constexpr int stride = N + 1;
  static constexpr long rows = 2L * N * stride;
  Rows<T> data;  // [N][stride][re, im]

  template <class Lane>
  LANES_HD LANES_INLINE Complex<Pack<T, Lane::width>> load(Lane lane, int i, int j) const {
    const long row = 2L * (i * stride + j);
    return {lane.load(data, row), lane.load(data, row + 1)};
  }
  template <class Lane>
  LANES_HD LANES_INLINE void store(Lane lane, int i, int j,
                                   Complex<Pack<T, Lane::width>> value) const {
    const long row = 2L * (i * stride + j);
    lane.store(data, row, value.re);
    lane.store(data, row + 1, value.im);
  }
};

enum class Factor { plain, adjoint };

/// Tiles of R x C results, down the columns first: the tile of b stays near.
template <class T, int N, Factor left, Factor right, bool add>
struct Multiply {
  static constexpr int R = 4, C = 2, tiles = N / R * (N / C);
  T scale;
  Matrix<T, N> a, b, c;

  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int tile, Lane lane) const {
    using Number = Complex<Pack<T, Lane::width>>;
    const int i = tile % (N / R) * R, j = tile / (N / R) * C;
    Number sum[R][C];
    LANES_UNROLL
    for (int r = 0; r < R; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s) sum[r][s] = {0, 0};
    for (int k = 0; k < N; ++k) {
      Number y[C];
      LANES_UNROLL
      for (int s = 0; s < C; ++s)
        y[s] = right == Factor::plain ? b.load(lane, k, j + s) : b.load(lane, j + s, k);
      LANES_UNROLL
      for (int r = 0; r < R; ++r) {
        const Number x = left == Factor::plain ? a.load(lane, i + r, k) : a.load(lane, k, i + r);
        LANES_UNROLL
        for (int s = 0; s < C; ++s) {
          if constexpr (left == Factor::plain && right == Factor::plain)
            sum[r][s] = add_product(sum[r][s], x, y[s]);
          else if constexpr (left == Factor::adjoint)
            sum[r][s] = add_product_conj(sum[r][s], x, y[s]);
          else
            sum[r][s] = add_product_conj(sum[r][s], y[s], x);
        }
      }
    }
    LANES_UNROLL
    for (int r = 0; r < R; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s) {
      Number value = Pack<T, Lane::width>(scale) * sum[r][s];
      if constexpr (add) value = value + c.load(lane, i + r, j + s);
      c.store(lane, i + r, j + s, value);
    }
  }
};

template <Factor left = Factor::plain, Factor right = Factor::plain, class Context, class T, int N>
void multiply(Context& context, double scale, Matrix<T, N> a, Matrix<T, N> b, Matrix<T, N> c) {
  static_assert(left == Factor::plain || right == Factor::plain);
  using Kernel = Multiply<T, N, left, right, false>;
  context.for_each(Kernel::tiles, Kernel{T(scale), a, b, c});
}
template <Factor left = Factor::plain, Factor right = Factor::plain, class Context, class T, int N>
void multiply_add(Context& context, double scale, Matrix<T, N> a, Matrix<T, N> b, Matrix<T, N> c) {
  static_assert(left == Factor::plain || right == Factor::plain);
  using Kernel = Multiply<T, N, left, right, true>;
  context.for_each(Kernel::tiles, Kernel{T(scale), a, b, c});
}

// The steps of the inverse at the block of rows and columns k .. k + 3; pivot: the block's inverse.
template <class T, int N>
struct InvertBlock {
  Matrix<T, N> a;
  Matrix<T, 4> pivot;
  int k;
  Rows<double> log_det;
  Rows<T> phase;  // [re, im]

  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    using Number = Complex<Real>;
    Number m[4][4], det{1, 0};
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) m[i][j] = a.load(lane, k + i, k + j);
    for (int p = 0; p < 4; ++p) {
      det = det * m[p][p];
      const Number inv = inverse(m[p][p]);
      for (int j = 0; j < 4; ++j)
        if (j != p) m[p][j] = m[p][j] * inv;
      for (int i = 0; i < 4; ++i) {
        if (i == p) continue;
        const Number factor = m[i][p];
        for (int j = 0; j < 4; ++j)
          if (j != p) m[i][j] = subtract_product(m[i][j], factor, m[p][j]);
        m[i][p] = -(factor * inv);
      }
      m[p][p] = inv;
    }
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) pivot.store(lane, i, j, m[i][j]);
    const Real size = sqrt(norm(det));
    const Number turn{lane.load(phase, 0), lane.load(phase, 1)};
    const Number turned = (Real(1) / size) * (turn * det);
    lane.store(phase, 0, turned.re);
    lane.store(phase, 1, turned.im);
    using Sum = Pack<double, Lane::width>;
    lane.store(log_det, 0, lane.load(log_det) + log(Sum(size)));
  }
};

// a[k][j] = pivot a[k][j]
template <class T, int N>
struct ScaleRows {
  Matrix<T, N> a;
  Matrix<T, 4> pivot;
  int k;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int block, Lane lane) const {
    using Number = Complex<Pack<T, Lane::width>>;
    constexpr int C = 2;
    const int j = block * C;
    if (j / 4 * 4 == k) return;
    Number sum[4][C];
    LANES_UNROLL
    for (int r = 0; r < 4; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s) sum[r][s] = {0, 0};
    for (int p = 0; p < 4; ++p) LANES_UNROLL
    for (int r = 0; r < 4; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s)
      sum[r][s] = add_product(sum[r][s], pivot.load(lane, r, p), a.load(lane, k + p, j + s));
    LANES_UNROLL
    for (int r = 0; r < 4; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s) a.store(lane, k + r, j + s, sum[r][s]);
  }
};

// a[i][j] -= a[i][k] a[k][j]
template <class T, int N>
struct Eliminate {
  static constexpr int R = 4, C = 2, tiles = N / R * (N / C);
  Matrix<T, N> a;
  int k;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int tile, Lane lane) const {
    using Number = Complex<Pack<T, Lane::width>>;
    const int i = tile % (N / R) * R, j = tile / (N / R) * C;
    if (i == k || j / 4 * 4 == k) return;
    Number sum[R][C];
    LANES_UNROLL
    for (int r = 0; r < R; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s) sum[r][s] = a.load(lane, i + r, j + s);
    for (int p = k; p < k + 4; ++p) {
      Number y[C];
      LANES_UNROLL
      for (int s = 0; s < C; ++s) y[s] = a.load(lane, p, j + s);
      LANES_UNROLL
      for (int r = 0; r < R; ++r) {
        const Number x = a.load(lane, i + r, p);
        LANES_UNROLL
        for (int s = 0; s < C; ++s) sum[r][s] = subtract_product(sum[r][s], x, y[s]);
      }
    }
    LANES_UNROLL
    for (int r = 0; r < R; ++r) LANES_UNROLL
    for (int s = 0; s < C; ++s) a.store(lane, i + r, j + s, sum[r][s]);
  }
};

// a[i][k] = -a[i][k] pivot, and a[k][k] = pivot
template <class T, int N>
struct ScaleColumns {
  Matrix<T, N> a;
  Matrix<T, 4> pivot;
  int k;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using Number = Complex<Pack<T, Lane::width>>;
    Number sum[4];
    LANES_UNROLL
    for (int s = 0; s < 4; ++s) sum[s] = {0, 0};
    if (i / 4 * 4 == k) {
      LANES_UNROLL
      for (int s = 0; s < 4; ++s) sum[s] = pivot.load(lane, i - k, s);
    } else {
      LANES_UNROLL
      for (int p = 0; p < 4; ++p) {
        const Number x = a.load(lane, i, k + p);
        LANES_UNROLL
        for (int s = 0; s < 4; ++s) sum[s] = subtract_product(sum[s], x, pivot.load(lane, p, s));
      }
    }
    LANES_UNROLL
    for (int s = 0; s < 4; ++s) a.store(lane, i, k + s, sum[s]);
  }
};

template <class Context, class T, int N>
void invert(Context& context, Matrix<T, N> a, Rows<double> log_det, Rows<T> phase) {
  typename Context::Scope scope(context);
  const Matrix<T, 4> pivot{context.template rows<T>(Matrix<T, 4>::rows)};
  for (int k = 0; k < N; k += 4) {
    context.for_each(1, InvertBlock<T, N>{a, pivot, k, log_det, phase});
    context.for_each(N / 2, ScaleRows<T, N>{a, pivot, k});
    context.for_each(Eliminate<T, N>::tiles, Eliminate<T, N>{a, k});
    context.for_each(N, ScaleColumns<T, N>{a, pivot, k});
  }
}

}  // namespace lanes::wilson
