// SPDX-License-Identifier: BSD-3-Clause
//
// WilsonDeterminant: ln|det D|, its sign and parts of D^-1 for two-dimensional Wilson fermions on
// L0 time slices of L sites, every lane a gauge field, in O(L0 L^3).
//
// In the eigenbasis of sigma_1 the hop to t + 1 couples + components only, the hop to t - 1 only -,
// each by a diagonal block (a number in temporal gauge). Slices 0 .. L0-2 are eliminated one after
// the other, + by B (slice.hpp), then -, and leave on the next slice and on the last one, to which
// the first is tied across the boundary,
//
//   row (t,+):      B u_t + (C - Y_t) v_t + P_t u_last        Y_0 = 0, P_0 = the hop last -> 0
//   row (last,-):   P_t^+ v_t + (C + R_t) u_last + B v_last
//   Z = (B - C B^-1 (C - Y))^-1,  W = B^-1 (C - Y) Z,  beta = -Z C B^-1 P
//   Y' = -4 kappa^2 W,  P' = 2 kappa Z^+ P,  R' = R - P^+ beta
//
// because gamma_5 D = D^+ gamma_5 makes W and R antihermitian: 5 products of L x L matrices a
// slice, 40 L0 L^3 flops in all. No product of transfer matrices is formed. Every pivot is that of
// eliminating D in this order without exchanges, hence stable where D + D^+ > 0 (always for kappa <
// 1/4; principal submatrices have Dirichlet boundaries, which shift the spectrum up). What rounding
// did is measured: residual, about the squared error of ln|det D|, is the sum over slices of |W +
// W^+|^2, the squared imaginary part of det D / |det D|, and |epsilon D^-1|^2 in the last slice.
//
// The way back gives Theta_t = D^-1(t-, t+) and Phi_t = D^-1(t-, last-) of every slice by 5 more:
//   Phi_t = -(alpha Phi' + beta Xi),  alpha = -2 kappa Z,  Xi = D^-1(last+, last-)
//   Theta_t = -B^-1 C Z^+ + alpha Theta' alpha^+ + beta c^+ - c beta^+,
//     c = alpha Phi' + beta Xi / 2
// It keeps Y, P, Z, beta of a segment of slices, and of earlier segments the first Y and P alone:
// ln det with all of D^-1 above takes 80 L0 L^3 flops, 112 L0 L^3 where there are several segments
// (L0 > 40).
//
// Nested dissection is O(L^3), but with a large constant: 1.6 times fewer flops at L = 64, none
// below L = 32, in blocks too small to run at this speed. It is not worth a second algorithm at
// these L.
#pragma once

#include <limits>

#include <lanes/core/kernels.hpp>
#include <lanes/theory/wilson/elimination.hpp>

namespace lanes::wilson {

template <class Context, int L0, int L>
class WilsonDeterminant {
 public:
  using T = typename Context::Real;
  static constexpr int N = (L + 3) / 4 * 4;
  using M = Matrix<T, N>;
  using Links = SliceLinks<T, L>;

  /// Of one slice. edges: rows 0 and L - 1 of B^-1 (C - Y), then of B^-1 P, [4][N][re, im].
  struct Slice {
    Links links;
    M y, p, z, beta;
    Rows<T> edges;
  };
  /// Of the last slice: q = (B + P)^-1, and the spin blocks of D^-1 there.
  struct Last {
    M q, e;  // e = q (C - Y)
    M pm;    // D^-1(last+, last-) = Xi
  };

  /// theta: U1 rows, in any precision. boundary: -1 or 1, the sign of the hop from the last slice
  /// to the first. way_back: whether sweep() will be called. What the context gave for all this is
  /// valid in the scope in which the object was made.
  template <class Real>
  WilsonDeterminant(Context& context, double kappa, double boundary, Rows<Real> theta,
                    bool way_back)
      : context_(context),
        hopping_(kappa),
        segment_(way_back ? longest : 2),
        log_det_(context.template rows<double>(1)),
        residual_(context.template rows<double>(1)),
        phase_(numbers(1)),
        links_(context.template rows<T>(L0 * long(Links::rows))) {
    fill(context_, log_det_, 1);
    fill(context_, residual_, 1);
    fill(context_, phase_, 1, T(1));
    fill(context_, phase_.from(1), 1);
    for (int i = 0; i < segment_ && i < L0 - 1; ++i)
      slices_[i] = {{}, matrix(), matrix(), matrix(), matrix(), numbers(4 * N)};
    for (M& m : scratch_) m = matrix();
    border_ = {links_of(L0 - 1), matrix(), matrix(), matrix(), matrix(), {}};
    last_ = {matrix(), matrix(), matrix()};

    const auto wrap = numbers(L);
    context_.for_each(L, GaugeLinks<T, Real, L0, L>{theta, links_, wrap});
    context_.sum(L0 - 1, CloseSlice<T, L>{links_, hopping_}, log_det_);
    const T edge = T(-2 * kappa * boundary);
    context_.for_each(N, FirstSlice<T, N, L>{at(0).y, at(0).p, wrap, edge});
    for (int t = 0; t < L0 - 1; ++t) {
      if (way_back && segments > 1 && t % segment_ == 0) save(t);
      eliminate(t, at(t), t == L0 - 2 ? border_ : at(t + 1), true);
    }
    close();
  }

  Rows<double> log_det() const { return log_det_; }  // ln|det D|
  Rows<T> phase() const { return phase_; }  // det D / |det D| [re, im]: +-1 but for rounding
  Rows<double> residual() const { return residual_; }  // see above
  const Hopping<T>& hopping() const { return hopping_; }
  const Last& last() const { return last_; }

  /// solution = B^-1 (C - Y), and B - C solution.
  void first_solution(const Slice& s, M solution, M pivot) {
    context_.for_each(N / 4,
                      PivotColumns<T, N, L>{s.links, hopping_, s.y, solution, pivot, s.edges});
  }
  /// solution = B^-1 P, and C solution.
  void second_solution(const Slice& s, M solution, M flipped) {
    context_.for_each(N / 4,
                      BorderColumns<T, N, L>{s.links, hopping_, s.p, solution, flipped, s.edges});
  }

  /// visit(t, slice, theta, phi) for t = L0-1 .. 0; once. Of the last slice links, y and p are set.
  template <class Visit>
  void sweep(const Visit& visit) {
    typename Context::Scope scope(context_);
    const M theta = matrix(), a = scratch_[1], b = scratch_[2], phi = border_.z;
    const double hop = 2 * double(hopping_.kappa);
    multiply(context_, -1, border_.z, border_.beta, theta);
    visit(L0 - 1, border_, theta, phi);
    for (int t = L0 - 2; t >= 0; --t) {
      if (t % segment_ == segment_ - 1 && t != L0 - 2) again(t);
      const Slice& s = at(t);
      multiply(context_, 1, s.z, theta, a);
      multiply<Factor::plain, Factor::adjoint>(context_, hop * hop, a, s.z, theta);
      multiply(context_, -hop, s.z, phi, a);
      multiply(context_, 0.5, s.beta, last_.pm, b);
      context_.for_each(N, NextPhi<T, N>{a, b, phi});
      multiply<Factor::plain, Factor::adjoint>(context_, 1, s.beta, a, b);
      context_.for_each(N / 4, FlipColumns<T, N, L>{s.links, hopping_, s.z, a});
      context_.for_each(N, NextTheta<T, N>{a, b, theta});
      visit(t, s, theta, phi);
    }
  }

 private:
  // Slices of a segment, and how many segments there are.
  static constexpr int longest = L0 <= 40 ? L0 - 1 : 8;
  static constexpr int segments = (L0 - 2) / longest + 1;
  struct State {
    M y, p;
  };

  M matrix() { return {context_.template rows<T>(M::rows)}; }
  Rows<T> numbers(int n) { return context_.template rows<T>(2L * n); }
  Links links_of(int t) const { return {links_.from(long(t) * Links::rows)}; }
  const Slice& at(int t) {
    Slice& slice = slices_[t % segment_];
    slice.links = links_of(t);
    return slice;
  }

  // y, p -> z, beta and the next slice's y, p.
  void eliminate(int t, const Slice& s, const Slice& next, bool first_time) {
    typename Context::Scope scope(context_);
    const M tilde = scratch_[0], w = scratch_[1], cbp = scratch_[2];
    const auto log_det = first_time ? log_det_ : context_.template rows<double>(1);
    const auto residual = first_time ? residual_ : log_det;
    const auto phase = first_time ? phase_ : numbers(1);
    const double hop = 2 * double(hopping_.kappa);
    first_solution(s, tilde, s.z);
    invert(context_, s.z, log_det, phase);
    multiply(context_, 1, tilde, s.z, w);
    context_.sum(N, NextReflection<T, N>{w, next.y, T(-hop * hop)}, residual);
    second_solution(s, tilde, cbp);
    multiply(context_, -1, s.z, cbp, s.beta);
    multiply<Factor::adjoint>(context_, hop, s.z, s.p, next.p);
    if (first_time && t == 0)
      multiply<Factor::adjoint>(context_, -1, s.p, s.beta, border_.beta);
    else if (first_time)
      multiply_add<Factor::adjoint>(context_, -1, s.p, s.beta, border_.beta);
  }

  // The last slice; border_.beta is R before and F = (C + R) q after.
  void close() {
    const M e = scratch_[0], f = scratch_[1];
    context_.for_each(N, LastSlice<T, N, L>{border_.links, hopping_.kappa, border_.y, border_.p,
                                            border_.beta, last_.q, e, f, border_.z});
    invert(context_, last_.q, log_det_, phase_);
    multiply(context_, 1, last_.q, e, last_.e);
    multiply(context_, 1, f, last_.q, border_.beta);
    multiply_add(context_, -1, border_.beta, e, border_.z);
    invert(context_, border_.z, log_det_, phase_);
    multiply(context_, -1, last_.e, border_.z, last_.pm);
    constexpr T epsilon = std::numeric_limits<T>::epsilon();
    context_.sum(L, SquaredNorm<T, N, L>{border_.z, epsilon}, residual_);
    context_.sum(1, SquaredImaginary<T>{phase_}, residual_);
  }

  void save(int t) {
    State& to = checkpoints_[t / segment_];
    to = {matrix(), matrix()};
    copy(context_, at(t).y.data, to.y.data, int(M::rows));
    copy(context_, at(t).p.data, to.p.data, int(M::rows));
  }
  // The segment that ends with t, once more.
  void again(int t) {
    typename Context::Scope scope(context_);
    const int first = t / segment_ * segment_;
    const State& from = checkpoints_[first / segment_];
    copy(context_, from.y.data, at(first).y.data, int(M::rows));
    copy(context_, from.p.data, at(first).p.data, int(M::rows));
    const Slice beyond{{}, matrix(), matrix(), {}, {}, {}};
    for (int s = first; s <= t; ++s) eliminate(s, at(s), s == t ? beyond : at(s + 1), false);
  }

  Context& context_;
  Hopping<T> hopping_;
  int segment_;
  Rows<double> log_det_, residual_;
  Rows<T> phase_, links_;
  Slice slices_[std::size_t(longest > 2 ? longest : 2)], border_;
  State checkpoints_[std::size_t(segments)];
  M scratch_[3];
  Last last_;
};

}  // namespace lanes::wilson
