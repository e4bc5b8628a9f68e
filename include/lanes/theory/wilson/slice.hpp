// SPDX-License-Identifier: BSD-3-Clause
//
// One time slice of the Wilson operator in temporal gauge, and what is done with it in O(L^2).
// In the eigenbasis of sigma_1 the two spin components of a slice with spatial links V couple by
//
//   | B  C |  B = 1 - kappa (V + V^+),  C = kappa (V - V^+),
//     V psi(x) = exp(i theta_1(x)) psi(x + 1)
//   | C  B |
//
// B = kappa/r (1 - r V)(1 - r V^+) with r = (1 - sqrt(1 - 4 kappa^2)) / (2 kappa) < 1 is solved by
// two cyclic recursions that both decay; its spectrum lies in [1 - 2 kappa, 1 + 2 kappa].
//
// SliceLinks: rows of one slice, L sites: v = V [re, im], h(x) = prod_{k >= x} r V(k),
// g(x) = r V*(L-1) prod_{k < x} r V*(k), and 1 / (1 - h(0)), which close the cycles.
#pragma once

#include <cmath>

#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/theory/wilson/matrix.hpp>

namespace lanes::wilson {

/// kappa in the forms that the recursions use.
template <class T>
struct Hopping {
  T kappa, r, scale, corner;  // scale = r / kappa, corner = 1 / sqrt(1 - 4 kappa^2)
  explicit Hopping(double k) : kappa(T(k)) {
    const double root = std::sqrt((1 - 2 * k) * (1 + 2 * k));
    r = T(2 * k / (1 + root));  // nothing cancels for a small kappa
    scale = T(2 / (1 + root));
    corner = T(1 / root);
  }
};

template <class T, int L>
struct SliceLinks {
  static constexpr int rows = 6 * L + 2;
  Rows<T> data;

  template <class Lane>
  LANES_HD LANES_INLINE auto number(Lane lane, int row) const {
    return Complex<Pack<T, Lane::width>>{lane.load(data, row), lane.load(data, row + 1)};
  }
  template <class Lane>
  LANES_HD LANES_INLINE auto v(Lane lane, int x) const {
    return number(lane, 2 * x);
  }
  template <class Lane>
  LANES_HD LANES_INLINE auto h(Lane lane, int x) const {
    return number(lane, 2 * (L + x));
  }
  template <class Lane>
  LANES_HD LANES_INLINE auto g(Lane lane, int x) const {
    return number(lane, 2 * (2 * L + x));
  }
  template <class Lane>
  LANES_HD LANES_INLINE auto closure(Lane lane) const {
    return number(lane, 6 * L);
  }
};

template <class Lane, class T, class Number>
LANES_HD LANES_INLINE void store_number(Lane lane, Rows<T> to, long row, Number value) {
  lane.store(to, row, value.re);
  lane.store(to, row + 1, value.im);
}

/// Links of all slices in temporal gauge, and the hop from the last slice to the first [L][re, im].
template <class T, class Real, int L0, int L>
struct GaugeLinks {
  Rows<Real> theta;  // U1 rows
  Rows<T> slices;    // [L0] SliceLinks
  Rows<T> wrap;      // exp(-i sum_t theta_0(t, x))
  using Sites = Lattice<L0, L>;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int x, Lane lane) const {
    using Number = Pack<T, Lane::width>;
    const int right = x + 1 == L ? 0 : x + 1;
    Number here(0), there(0);  // the gauge transformation at x and x + 1
    for (int t = 0; t < L0; ++t) {
      const auto angle =
          lane.template load_as<T>(theta, link_row<Sites>(t * L + x, 1)) + here - there;
      const long row = long(t) * SliceLinks<T, L>::rows + 2 * x;
      lane.store(slices, row, cos(angle));
      lane.store(slices, row + 1, sin(angle));
      here += lane.template load_as<T>(theta, link_row<Sites>(t * L + x, 0));
      there += lane.template load_as<T>(theta, link_row<Sites>(t * L + right, 0));
    }
    lane.store(wrap, 2 * x, cos(here));
    lane.store(wrap, 2 * x + 1, -sin(here));
  }
};

/// h, g and the closure of one slice; the sum over slices of ln det B.
template <class T, int L>
struct CloseSlice {
  Rows<T> slices;
  Hopping<T> hopping;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int t, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    using Number = Complex<Real>;
    const SliceLinks<T, L> slice{slices.from(long(t) * SliceLinks<T, L>::rows)};
    Number product{1, 0};
    for (int x = L - 1; x >= 0; --x) {
      product = Real(hopping.r) * (product * slice.v(lane, x));
      store_number(lane, slice.data, 2 * (L + x), product);
    }
    const Number gap = Number{1, 0} - product;
    store_number(lane, slice.data, 6 * L, inverse(gap));
    product = Real(hopping.r) * conj(slice.v(lane, L - 1));
    for (int x = 0; x < L; ++x) {
      store_number(lane, slice.data, 2 * (2 * L + x), product);
      product = Real(hopping.r) * (product * conj(slice.v(lane, x)));
    }
    using Sum = Pack<double, Lane::width>;
    return log(Sum(norm(gap))) - Sum(L) * log(Sum(double(hopping.scale)));
  }
};

/// Columns j .. j + C - 1 of `to` = B^-1 times those of source(x, column); x < L.
template <int C, class T, int N, int L, class Lane, class Source>
LANES_HD LANES_INLINE void solve_columns(Lane lane, const SliceLinks<T, L>& slice,
                                         const Hopping<T>& hopping, const Source& source,
                                         Matrix<T, N> to, int j) {
  using Real = Pack<T, Lane::width>;
  using Number = Complex<Real>;
  const Real r(hopping.r), scale(hopping.scale);
  Number a[std::size_t(C)], b[std::size_t(C)];
  LANES_UNROLL
  for (int c = 0; c < C; ++c) a[c] = b[c] = {0, 0};
  for (int x = L - 1; x >= 0; --x) {
    const Number hop = r * slice.v(lane, x);
    LANES_UNROLL
    for (int c = 0; c < C; ++c) {
      a[c] = add_product(source(lane, x, j + c), hop, a[c]);
      to.store(lane, x, j + c, a[c]);
    }
  }
  const Number closure = slice.closure(lane);
  LANES_UNROLL
  for (int c = 0; c < C; ++c) a[c] = a[c] * closure;
  for (int x = 0; x < L; ++x) {
    const Number h = slice.h(lane, x), hop = r * slice.v(lane, x == 0 ? L - 1 : x - 1);
    LANES_UNROLL
    for (int c = 0; c < C; ++c) {
      b[c] = add_product_conj(add_product(to.load(lane, x, j + c), h, a[c]), hop, b[c]);
      to.store(lane, x, j + c, b[c]);
    }
  }
  LANES_UNROLL
  for (int c = 0; c < C; ++c) b[c] = b[c] * conj(closure);
  for (int x = 0; x < L; ++x) {
    const Number g = slice.g(lane, x);
    LANES_UNROLL
    for (int c = 0; c < C; ++c)
      to.store(lane, x, j + c, scale * add_product(to.load(lane, x, j + c), g, b[c]));
  }
}

/// B^-1(x, L - 1): paths from x up to L - 1, and down across 0, any number of times around.
template <class T, int L, class Lane>
LANES_HD LANES_INLINE auto inverse_diagonal(Lane lane, const SliceLinks<T, L>& slice,
                                            const Hopping<T>& hopping, int x) {
  using Real = Pack<T, Lane::width>;
  const auto closure = slice.closure(lane);
  const auto up = conj(slice.v(lane, L - 1)) * slice.h(lane, x);
  return Real(hopping.corner) *
         (Real(T(1) / hopping.r) * (closure * up) + conj(closure) * slice.g(lane, x));
}

/// Element (x, column) of kappa (V - V^+), of B, and (C m)(x, column) of a matrix m.
template <class Lane, class T, int L>
LANES_HD LANES_INLINE auto spin_flip(Lane lane, const SliceLinks<T, L>& slice, T kappa, int x,
                                     int column) {
  using Real = Pack<T, Lane::width>;
  Complex<Real> c{0, 0};
  const int right = x + 1 == L ? 0 : x + 1, left = x == 0 ? L - 1 : x - 1;
  if (column == right) c = c + Real(kappa) * slice.v(lane, x);
  if (column == left) c = c - Real(kappa) * conj(slice.v(lane, left));
  return c;
}
template <class Lane, class T, int L>
LANES_HD LANES_INLINE auto spin_diagonal(Lane lane, const SliceLinks<T, L>& slice, T kappa, int x,
                                         int column) {
  using Real = Pack<T, Lane::width>;
  Complex<Real> b{Real(x == column ? 1 : 0), Real(0)};
  const int right = x + 1 == L ? 0 : x + 1, left = x == 0 ? L - 1 : x - 1;
  if (x < L && column == right) b = b - Real(kappa) * slice.v(lane, x);
  if (x < L && column == left) b = b - Real(kappa) * conj(slice.v(lane, left));
  return b;
}
template <class Lane, class T, int N, int L>
LANES_HD LANES_INLINE auto times_spin_flip(Lane lane, const SliceLinks<T, L>& slice, T kappa,
                                           Matrix<T, N> m, int x, int column) {
  const int right = x + 1 == L ? 0 : x + 1, left = x == 0 ? L - 1 : x - 1;
  const auto up = slice.v(lane, x) * m.load(lane, right, column);
  const auto down = conj(slice.v(lane, left)) * m.load(lane, left, column);
  return Pack<T, Lane::width>(kappa) * (up - down);
}

}  // namespace lanes::wilson
