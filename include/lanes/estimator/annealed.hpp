// SPDX-License-Identifier: BSD-3-Clause
//
// Annealed<Theory>: the action between the base density and the target, S_c = c S + (1 - c)(-ln r),
// c in [0, 1]. A training that raises c from 0 to 1 starts where the flow is exact and follows the
// modes as they form.
#pragma once

#include <lanes/estimator/estimator.hpp>

namespace lanes {

template <class Theory>
struct Annealed {
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  const Theory& theory;
  double c = 1;

  template <class Context>
  void action(Context& context, Rows<typename Context::Real> x, Rows<double> into) const {
    if (c == 1) return add_action(context, theory, x, into);
    typename Context::Scope scope(context);
    const auto s = context.template rows<double>(1), r = context.template rows<double>(1);
    fill(context, s, 1);
    fill(context, r, 1);
    add_action(context, theory, x, s);
    Field::template base_log_density<Geometry>(context, x, r);
    context.for_each(1, Mix<double>{s, r, into, into, c, c - 1});
  }

  template <class Context>
  requires DifferentiableTheory<Theory, Context>
  void force(Context& context, Rows<typename Context::Real> x,
             Rows<typename Context::Real> dx) const {
    using Real = typename Context::Real;
    set_force(context, theory, x, dx);
    if (c == 1) return;
    constexpr int n = Field::template rows<Geometry>;
    typename Context::Scope scope(context);
    const auto one = context.template rows<Real>(1), score = context.template rows<Real>(n);
    const auto zero = context.template rows<Real>(n);
    fill(context, one, 1, Real(1));
    fill(context, zero, n);
    Field::template base_score<Geometry>(context, x, one, score);
    context.for_each(
        n, Mix<Real>{dx, score, zero, dx, static_cast<Real>(c), static_cast<Real>(c - 1)});
  }

  // to = plus + ca a + cb b; public: a CUDA compiler names the types of kernels
  template <class T>
  struct Mix {
    Rows<T> a, b, plus, to;
    T ca, cb;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(to, i, lane.load(plus, i) + lane.load(a, i) * ca + lane.load(b, i) * cb);
    }
  };
};

}  // namespace lanes
