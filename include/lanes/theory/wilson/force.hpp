// SPDX-License-Identifier: BSD-3-Clause
//
// d ln|det D| / d theta of every link, from the way back through a WilsonDeterminant. The hop t-1
// -> t stands in Y_t and P_t alone:
//
//   F_0(t-1, x) = 2 Im sum_k [P_t(x,k) Phi_t*(x,k) + Y_t(x,k) Theta_t*(x,k)]       O(L^2) a slice
//
// A spatial link asks for D^-1(t+, t-) too, which would be as much work again. Gauge invariance is
// cheaper: sum_mu F_mu(x) - F_mu(x - mu) = 0 gives F_1(t, x) from F_1(t, x - 1), so that one link
// of a slice is enough, and one costs O(L^2): L-1 -> 0, from two rows of
//
//   D^-1(t+, t+) = B^-1 - E Theta - G Phi^+,   E = B^-1 (C - Y),  G = B^-1 P
//   D^-1(t+, t-) = -E B^-1 - E Theta E^+ + E Phi G^+ - G Phi^+ E^+ + G Xi G^+
#pragma once

#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/theory/wilson/determinant.hpp>

namespace lanes::wilson {

/// force(hop, x) = 2 Im ...; force: U1 rows, hop: t - 1.
template <class T, int N, int L>
struct TimeLinks {
  Matrix<T, N> y, p, theta, phi;
  Rows<T> force;  // rows of the slice t - 1
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int x, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    Number<Lane, T> sum{0, 0};
    for (int k = 0; k < L; ++k) {
      sum = add_product_conj(sum, phi.load(lane, x, k), p.load(lane, x, k));
      sum = add_product_conj(sum, theta.load(lane, x, k), y.load(lane, x, k));
    }
    lane.store(force, x, Real(2) * sum.im);
  }
};

/// vectors 0: row 0 of E Theta + G Phi^+, 1: row 0 of E Phi + G Xi; [2][L][re, im].
template <class T, int N, int L>
struct FirstRows {
  Matrix<T, N> theta, phi, xi;
  Rows<T> edges, vectors;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int k, Lane lane) const {
    Number<Lane, T> q{0, 0}, s{0, 0};
    for (int m = 0; m < L; ++m) {
      const auto e = edge(lane, 0, m), g = edge(lane, 2, m);
      q = subtract_product(q, e, conj(theta.load(lane, k, m)));  // Theta^+ = -Theta
      q = add_product(q, g, conj(phi.load(lane, k, m)));
      s = add_product(s, e, phi.load(lane, m, k));
      s = add_product(s, g, xi.load(lane, m, k));
    }
    store_number(lane, vectors, 2 * k, q);
    store_number(lane, vectors, 2 * (L + k), s);
  }
  template <class Lane>
  LANES_HD LANES_INLINE Number<Lane, T> edge(Lane lane, int row, int m) const {
    const long at = 2L * (row * N + m);
    return {lane.load(edges, at), lane.load(edges, at + 1)};
  }
};

/// force = d ln det / d theta_1 of the link L-1 -> 0, of D^-1 between the sites X = 0 and Y = L-1.
template <class Lane, class T, int L, class C>
LANES_HD LANES_INLINE auto closing_link(Lane lane, const SliceLinks<T, L>& links, T kappa, C pp_xy,
                                        C pp_yx, C mp_xy, C pm_xy) {
  const C g = pp_xy + conj(pp_yx), h = mp_xy + pm_xy;
  return Pack<T, Lane::width>(2 * kappa) * ((g - h) * links.v(lane, L - 1)).im;
}

template <class T, int N, int L>
struct ClosingLink {
  SliceLinks<T, L> links;
  Hopping<T> hopping;
  Matrix<T, N> theta, phi;
  Rows<T> edges, vectors;
  Rows<T> force;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
    using C = Number<Lane, T>;
    constexpr int X = 0, Y = L - 1;
    const FirstRows<T, N, L> rows{theta, phi, theta, edges, vectors};
    const auto vector = [&](int which, int k) {
      const long at = 2L * (which * L + k);
      return C{lane.load(vectors, at), lane.load(vectors, at + 1)};
    };
    C pm{0, 0}, pp_yx = conj(inverse_diagonal(lane, links, hopping, X));
    for (int k = 0; k < L; ++k) {
      const C e = rows.edge(lane, 1, k), g = rows.edge(lane, 3, k);
      pm = subtract_product(pm, rows.edge(lane, 0, k), inverse_diagonal(lane, links, hopping, k));
      pm = pm - vector(0, k) * conj(e) + vector(1, k) * conj(g);
      pp_yx = pp_yx - e * theta.load(lane, k, X) - g * conj(phi.load(lane, X, k));
    }
    lane.store(force, Y,
               closing_link(lane, links, hopping.kappa,
                            inverse_diagonal(lane, links, hopping, X) - vector(0, Y), pp_yx,
                            theta.load(lane, X, Y), pm));
  }
};

/// The same in the last slice, from the blocks of D^-1 there: q - e theta, theta and xi.
template <class T, int N, int L>
struct LastClosingLink {
  SliceLinks<T, L> links;
  T kappa;
  Matrix<T, N> q, e, theta, xi;
  Rows<T> force;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
    constexpr int X = 0, Y = L - 1;
    auto xy = q.load(lane, X, Y), yx = q.load(lane, Y, X);
    for (int k = 0; k < L; ++k) {
      xy = subtract_product(xy, e.load(lane, X, k), theta.load(lane, k, Y));
      yx = subtract_product(yx, e.load(lane, Y, k), theta.load(lane, k, X));
    }
    lane.store(
        force, Y,
        closing_link(lane, links, kappa, xy, yx, theta.load(lane, X, Y), xi.load(lane, X, Y)));
  }
};

/// F_1(t, x) from F_1(t, L-1) and the forces of the time links.
template <class T, int L0, int L>
struct Conserve {
  Rows<T> force;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int t, Lane lane) const {
    const long here = long(t) * L, before = long(t == 0 ? L0 - 1 : t - 1) * L;
    const long space = link_row<Lattice<L0, L>>(t * L, 1);
    auto flow = lane.load(force, space + L - 1);
    for (int x = 0; x < L - 1; ++x) {
      flow = flow + lane.load(force, before + x) - lane.load(force, here + x);
      lane.store(force, space + x, flow);
    }
  }
};

/// force [2 L0 L], U1 rows: d ln|det D| / d theta.
template <class Context, int L0, int L>
void wilson_force(Context& context, WilsonDeterminant<Context, L0, L>& determinant,
                  Rows<typename Context::Real> force) {
  using T = typename Context::Real;
  using Determinant = WilsonDeterminant<Context, L0, L>;
  constexpr int N = Determinant::N;
  typename Context::Scope scope(context);
  const auto vectors = context.template rows<T>(4 * L);
  const auto& last = determinant.last();
  const auto hopping = determinant.hopping();
  determinant.sweep(
      [&](int t, const typename Determinant::Slice& s, Matrix<T, N> theta, Matrix<T, N> phi) {
        const auto before = force.from(long(t == 0 ? L0 - 1 : t - 1) * L);
        const auto space = force.from(long(L0 + t) * L);
        context.for_each(L, TimeLinks<T, N, L>{s.y, s.p, theta, phi, before});
        if (t == L0 - 1) {
          context.for_each(1, LastClosingLink<T, N, L>{s.links, hopping.kappa, last.q, last.e,
                                                       theta, last.pm, space});
        } else {
          context.for_each(L, FirstRows<T, N, L>{theta, phi, last.pm, s.edges, vectors});
          context.for_each(
              1, ClosingLink<T, N, L>{s.links, hopping, theta, phi, s.edges, vectors, space});
        }
      });
  context.for_each(L0, Conserve<T, L0, L>{force});
}

}  // namespace lanes::wilson
