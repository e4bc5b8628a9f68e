// SPDX-License-Identifier: BSD-3-Clause
//
// What the way back through a WilsonDeterminant says of D^-1 beyond the force, in U1 lanes:
//
//   add_trace            += Tr D^-1
//   add_pion_correlator  [L0] += sum over x, y and spins of |D^-1(t x, last y)|^2 / L,
//                        t = 0 .. L0-1
//
// D^-1(t+, t+) = B^-1 - E Theta - G Phi^+ with E = B^-1 (C - Y), G = B^-1 P; D^-1(t-, t-) is its
// adjoint. D^-1(t+, last-) = -E Phi - G Xi. With Theta and D^-1(last+, last+) in the place of Phi
// and Xi the same recursions give the columns of last+: 6 products of L x L matrices a slice.
#pragma once

#include <cmath>

#include <lanes/theory/wilson/determinant.hpp>

namespace lanes::wilson {

/// sign Re sum_k a(i,k) b*(i,k), row by row.
template <class T, int N>
struct Overlap {
  Matrix<T, N> a, b;
  T sign;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    Real sum(0);
    for (int k = 0; k < N; ++k) {
      const auto x = a.load(lane, i, k), y = b.load(lane, i, k);
      sum += x.re * y.re + x.im * y.im;
    }
    return Real(sign) * sum;
  }
};

/// 2 Re Tr B^-1, and 2 Re of the trace of an L x L matrix.
template <class T, int L>
struct FreeTrace {
  SliceLinks<T, L> links;
  Hopping<T> hopping;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int, Lane lane) const {
    return Pack<T, Lane::width>(2 * L) * inverse_diagonal(lane, links, hopping, L - 1).re;
  }
};
template <class T, int N>
struct TwiceDiagonal {
  Matrix<T, N> m;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    return Pack<T, Lane::width>(2) * m.load(lane, i, i).re;
  }
};

template <class Context, int L0, int L>
void add_trace(Context& context, WilsonDeterminant<Context, L0, L>& determinant,
               Rows<double> into) {
  using T = typename Context::Real;
  using Determinant = WilsonDeterminant<Context, L0, L>;
  constexpr int N = Determinant::N;
  using M = Matrix<T, N>;
  typename Context::Scope scope(context);
  const M tilde{context.template rows<T>(M::rows)}, unused{context.template rows<T>(M::rows)};
  const auto& last = determinant.last();
  determinant.sweep([&](int t, const typename Determinant::Slice& s, M theta, M phi) {
    if (t == L0 - 1) {
      context.sum(L, TwiceDiagonal<T, N>{last.q}, into);
      context.sum(N, Overlap<T, N>{last.e, theta, 2}, into);
    } else {
      context.sum(1, FreeTrace<T, L>{s.links, determinant.hopping()}, into);
      determinant.first_solution(s, tilde, unused);
      context.sum(N, Overlap<T, N>{tilde, theta, 2}, into);
      determinant.second_solution(s, tilde, unused);
      context.sum(N, Overlap<T, N>{tilde, phi, -2}, into);
    }
  });
}

template <class Context, int L0, int L>
void add_pion_correlator(Context& context, WilsonDeterminant<Context, L0, L>& determinant,
                         Rows<double> into) {
  using T = typename Context::Real;
  using Determinant = WilsonDeterminant<Context, L0, L>;
  constexpr int N = Determinant::N;
  using M = Matrix<T, N>;
  typename Context::Scope scope(context);
  M tilde, unused, psi, next, plus, plus_plus, corner;  // corner = D^-1(last+, last+)
  for (M* m : {&tilde, &unused, &psi, &next, &plus, &plus_plus, &corner})
    *m = M{context.template rows<T>(M::rows)};
  const T scale = T(1.0 / std::sqrt(double(L)));
  const auto& last = determinant.last();
  const auto count = [&](int t, M m) {
    context.sum(L, SquaredNorm<T, N, L>{m, scale}, into.from(t));
  };
  determinant.sweep([&](int t, const typename Determinant::Slice& s, M theta, M phi) {
    if (t == L0 - 1) {
      copy(context, theta.data, psi.data, int(M::rows));
      copy(context, last.q.data, corner.data, int(M::rows));
      multiply_add(context, -1, last.e, theta, corner);
      count(t, corner);
      count(t, last.pm);
    } else {
      multiply(context, 2 * double(determinant.hopping().kappa), s.z, psi, next);
      multiply_add(context, -1, s.beta, corner, next);
      copy(context, next.data, psi.data, int(M::rows));
      determinant.first_solution(s, tilde, unused);
      multiply(context, -1, tilde, phi, plus);
      multiply(context, -1, tilde, psi, plus_plus);
      determinant.second_solution(s, tilde, unused);
      multiply_add(context, -1, tilde, last.pm, plus);
      multiply_add(context, -1, tilde, corner, plus_plus);
      count(t, plus);
      count(t, plus_plus);
    }
    count(t, phi);
    count(t, psi);
  });
}

}  // namespace lanes::wilson
