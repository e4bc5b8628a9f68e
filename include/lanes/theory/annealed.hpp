// SPDX-License-Identifier: BSD-3-Clause
//
// Annealed<Theory>: the action between the base density and the target, S_c = c S + (1 - c)(-ln r),
// c in [0, 1]. A training that raises c from 0 to 1 starts where the flow is exact and follows the
// modes as they form. c lies in the memory of the backend that computes, so that a step can be
// repeated.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/macros.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

template <class Theory>
struct Annealed {
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  const Theory& theory;
  const double* c;
  bool complete;  // c is 1: the theory itself, bit for bit

  template <class Context>
  void action(Context& context, Rows<typename Context::Real> x, Rows<double> into) const {
    if (complete) return add_action(context, theory, x, into);
    typename Context::Scope scope(context);
    actions(context, x, into, context.template rows<double>(1));
  }
  /// into += S_c,  target = S
  template <class Context>
  void actions(Context& context, Rows<typename Context::Real> x, Rows<double> into,
               Rows<double> target) const {
    fill(context, target, 1);
    add_action(context, theory, x, target);
    if (complete) return context.for_each(1, SumRows<double>{into, target, into});
    typename Context::Scope scope(context);
    const auto r = context.template rows<double>(1);
    fill(context, r, 1);
    Field::template base_log_density<Geometry>(context, x, r);
    context.for_each(1, AddMix{target, r, into, c});
  }
  template <class Context, class Store>
  requires DifferentiableTheory<Theory, Context>
  void force(Context& context, Rows<typename Context::Real> x, const Store& store) const {
    using Real = typename Context::Real;
    if (complete) return store_force(context, theory, x, store);
    constexpr int n = Field::template rows<Geometry>;
    typename Context::Scope scope(context);
    const auto one = context.template rows<Real>(1), score = context.template rows<Real>(n);
    fill(context, one, 1, Real(1));
    Field::template base_score<Geometry>(context, x, one, score);
    store_force(context, theory, x, MixTo<Real, Store>{score, c, store});
  }

  // c a + (c - 1) b, of S and ln r; public: a CUDA compiler names the types of kernels
  template <class T, class Value>
  LANES_HD LANES_INLINE static Value mixed(const double* c, Value a, Value b, Value plus) {
    return plus + a * static_cast<T>(*c) + b * static_cast<T>(*c - 1);
  }
  /// to += c a + (c - 1) b
  struct AddMix {
    Rows<double> a, b, to;
    const double* c;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(to, i, mixed<double>(c, lane.load(a, i), lane.load(b, i), lane.load(to, i)));
    }
  };
  /// A store of the force: c force + (c - 1) d ln r/dx.
  template <class T, class Store>
  struct MixTo {
    Rows<T> score;
    const double* c;
    Store store;
    template <class Lane, class Value>
    LANES_HD LANES_INLINE void operator()(Lane lane, long row, Value force) const {
      store(lane, row, mixed<T>(c, force, lane.load(score, row), Value(0)));
    }
  };
};

}  // namespace lanes
