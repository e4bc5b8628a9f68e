// SPDX-License-Identifier: BSD-3-Clause
//
// The steps of WilsonDeterminant (determinant.hpp) that are no products: kernels over columns or
// rows of N x N matrices that hold L x L of them; beyond L they are zero, pivots the identity.
#pragma once

#include <lanes/theory/wilson/slice.hpp>

namespace lanes::wilson {

template <class Lane, class T>
using Number = Complex<Pack<T, Lane::width>>;

/// y = 0, p = scale wrap on the diagonal.
template <class T, int N, int L>
struct FirstSlice {
  Matrix<T, N> y, p;
  Rows<T> wrap;  // [L][re, im]
  T scale;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    for (int j = 0; j < N; ++j) {
      y.store(lane, i, j, {0, 0});
      p.store(lane, i, j, {0, 0});
    }
    if (i >= L) return;
    p.store(lane, i, i,
            {Real(scale) * lane.load(wrap, 2 * i), Real(scale) * lane.load(wrap, 2 * i + 1)});
  }
};

/// tilde = B^-1 (C - y), z = B - C tilde; the first and last row of tilde to edges 0 and 1.
template <class T, int N, int L>
struct PivotColumns {
  SliceLinks<T, L> links;
  Hopping<T> hopping;
  Matrix<T, N> y, tilde, z;
  Rows<T> edges;  // [4][N][re, im]

  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int block, Lane lane) const {
    const int j = 4 * block;
    solve_columns<4>(lane, links, hopping, Source<Lane>{*this}, tilde, j);
    for (int c = j; c < j + 4; ++c) {
      for (int x = L; x < N; ++x) {
        tilde.store(lane, x, c, {0, 0});
        z.store(lane, x, c, spin_diagonal(lane, links, hopping.kappa, x, c));
      }
      store_number(lane, edges, 2 * c, tilde.load(lane, 0, c));
      store_number(lane, edges, 2 * (N + c), tilde.load(lane, L - 1, c));
      for (int x = 0; x < L; ++x)
        z.store(lane, x, c,
                spin_diagonal(lane, links, hopping.kappa, x, c) -
                    times_spin_flip(lane, links, hopping.kappa, tilde, x, c));
    }
  }
  template <class Lane>
  struct Source {
    const PivotColumns& of;
    LANES_HD LANES_INLINE Number<Lane, T> operator()(Lane lane, int x, int column) const {
      return spin_flip(lane, of.links, of.hopping.kappa, x, column) - of.y.load(lane, x, column);
    }
  };
};

/// tilde = B^-1 p, to = C tilde; the first and last row of tilde to edges 2 and 3.
template <class T, int N, int L>
struct BorderColumns {
  SliceLinks<T, L> links;
  Hopping<T> hopping;
  Matrix<T, N> p, tilde, to;
  Rows<T> edges;

  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int block, Lane lane) const {
    const int j = 4 * block;
    solve_columns<4>(lane, links, hopping, Source<Lane>{*this}, tilde, j);
    for (int c = j; c < j + 4; ++c) {
      store_number(lane, edges, 2 * (2 * N + c), tilde.load(lane, 0, c));
      store_number(lane, edges, 2 * (3 * N + c), tilde.load(lane, L - 1, c));
      for (int x = 0; x < L; ++x)
        to.store(lane, x, c, times_spin_flip(lane, links, hopping.kappa, tilde, x, c));
      for (int x = L; x < N; ++x) {
        tilde.store(lane, x, c, {0, 0});
        to.store(lane, x, c, {0, 0});
      }
    }
  }
  template <class Lane>
  struct Source {
    const BorderColumns& of;
    LANES_HD LANES_INLINE Number<Lane, T> operator()(Lane lane, int x, int column) const {
      return of.p.load(lane, x, column);
    }
  };
};

/// y = scale (w - w^+) / 2; returns the squares of w + w^+, row by row.
template <class T, int N>
struct NextReflection {
  Matrix<T, N> w, y;
  T scale;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    Real sum(0);
    for (int j = 0; j < N; ++j) {
      const auto here = w.load(lane, i, j), there = conj(w.load(lane, j, i));
      y.store(lane, i, j, Real(T(0.5) * scale) * (here - there));
      sum += norm(here + there);
    }
    return sum;
  }
};

/// q = B + p, e = C - y, f = C + r, z = B + p^+.
template <class T, int N, int L>
struct LastSlice {
  SliceLinks<T, L> links;
  T kappa;
  Matrix<T, N> y, p, r, q, e, f, z;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    for (int j = 0; j < N; ++j) {
      const auto b = spin_diagonal(lane, links, kappa, i, j);
      const auto c = i < L ? spin_flip(lane, links, kappa, i, j) : Number<Lane, T>{0, 0};
      q.store(lane, i, j, b + p.load(lane, i, j));
      e.store(lane, i, j, c - y.load(lane, i, j));
      f.store(lane, i, j, c + r.load(lane, i, j));
      z.store(lane, i, j, b + conj(p.load(lane, j, i)));
    }
  }
};

/// a = a + b, phi = -(a + 2 b), with the a before.
template <class T, int N>
struct NextPhi {
  Matrix<T, N> a, b, phi;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    for (int j = 0; j < N; ++j) {
      const auto half = b.load(lane, i, j), sum = a.load(lane, i, j) + half;
      a.store(lane, i, j, sum);
      phi.store(lane, i, j, -(sum + half));
    }
  }
};

/// to = B^-1 C z^+
template <class T, int N, int L>
struct FlipColumns {
  SliceLinks<T, L> links;
  Hopping<T> hopping;
  Matrix<T, N> z, to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int block, Lane lane) const {
    solve_columns<4>(lane, links, hopping, Source<Lane>{*this}, to, 4 * block);
    for (int x = L; x < N; ++x)
      for (int c = 0; c < 4; ++c) to.store(lane, x, 4 * block + c, {0, 0});
  }
  template <class Lane>
  struct Source {
    const FlipColumns& of;
    LANES_HD LANES_INLINE Number<Lane, T> operator()(Lane lane, int x, int column) const {
      const int right = x + 1 == L ? 0 : x + 1, left = x == 0 ? L - 1 : x - 1;
      const auto up = of.links.v(lane, x) * conj(of.z.load(lane, column, right));
      const auto down = conj(of.links.v(lane, left) * of.z.load(lane, column, left));
      return Pack<T, Lane::width>(of.hopping.kappa) * (up - down);
    }
  };
};

/// theta += b - b^+ - a
template <class T, int N>
struct NextTheta {
  Matrix<T, N> a, b, theta;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    for (int j = 0; j < N; ++j)
      theta.store(lane, i, j,
                  theta.load(lane, i, j) + b.load(lane, i, j) - conj(b.load(lane, j, i)) -
                      a.load(lane, i, j));
  }
};

/// Squares of scale times the elements of an L x L matrix, row by row.
template <class T, int N, int L>
struct SquaredNorm {
  Matrix<T, N> m;
  T scale;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    Real sum(0);
    for (int j = 0; j < L; ++j) sum += norm(Real(scale) * m.load(lane, i, j));
    return sum;
  }
};

/// The square of the imaginary part of a phase that should be real.
template <class T>
struct SquaredImaginary {
  Rows<T> phase;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int, Lane lane) const {
    return square(lane.load(phase, 1));
  }
};

}  // namespace lanes::wilson
