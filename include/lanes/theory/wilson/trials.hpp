// SPDX-License-Identifier: BSD-3-Clause
//
// wilson_result: ln|det D|, its sign and, if asked, its derivative, for every lane. Elimination
// without exchanges can meet a small pivot that has nothing to do with det D. Where a lane's
// residual is above `limit`^2 all lanes are worked out again with the slices counted from another
// one, which has other pivots, and each lane keeps its best trial. What has no digit left after
// that (residual > 0.01) is an exceptional configuration: ln|det D| = -infinity, sign 0, no force.
// So is a field that is not finite.
#pragma once

#include <limits>

#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/theory/wilson/force.hpp>

namespace lanes::wilson {

template <class T>
struct WilsonResult {
  Rows<double> log_det, residual;  // [1]
  Rows<T> sign;                    // [1]
  Rows<T> force;                   // U1 rows; empty: not asked for
};

/// Links of slices t + shift; shift < 0 turns that back.
template <class T, int L0, int L>
struct ShiftSlices {
  Rows<T> from, to;
  int shift;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using Sites = Lattice<L0, L>;
    const int mu = i / Sites::volume, site = Sites::shifted(i % Sites::volume, 0, shift);
    lane.store(to, i, lane.load(from, link_row<Sites>(site, mu)));
  }
};

/// flag = 1 where the other residual is the smaller or this is none, else 0.
struct Better {
  Rows<double> residual, other, flag;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
    using Sum = Pack<double, Lane::width>;
    const Sum here = lane.load(residual), there = lane.load(other);
    lane.store(flag, 0, select(there < here, Sum(1), select(here <= here, Sum(0), Sum(1))));
  }
};
/// flag = 1 where the residual says that no digit is right, else 0.
struct Exceptional {
  Rows<double> residual, flag;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
    using Sum = Pack<double, Lane::width>;
    lane.store(flag, 0, select(lane.load(residual) <= Sum(0.01), Sum(0), Sum(1)));
  }
};
/// value = other, or instead where there is none, in lanes with the flag.
template <class T>
struct Replace {
  Rows<double> flag;
  Rows<T> value, other;
  T instead = 0;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using Real = Pack<T, Lane::width>;
    const Real new_value = other ? lane.load(other, i) : Real(instead);
    lane.store(value, i,
               select(lane.template load_as<T>(flag) > Real(0), new_value, lane.load(value, i)));
  }
};

template <int L0, int L, class Context>
void wilson_trial(Context& context, double kappa, double boundary,
                  Rows<typename Context::Real> links, int shift,
                  WilsonResult<typename Context::Real> into) {
  using T = typename Context::Real;
  typename Context::Scope scope(context);
  constexpr int rows = link_rows<Lattice<L0, L>>;
  auto moved = links;
  if (shift != 0) {
    moved = context.template rows<T>(rows);
    context.for_each(rows, ShiftSlices<T, L0, L>{links, moved, shift});
  }
  WilsonDeterminant<Context, L0, L> determinant(context, kappa, boundary, moved, bool(into.force));
  copy(context, determinant.log_det(), into.log_det, 1);
  copy(context, determinant.residual(), into.residual, 1);
  copy(context, determinant.phase(), into.sign, 1);
  if (!into.force) return;
  const auto force = shift == 0 ? into.force : context.template rows<T>(rows);
  wilson_force(context, determinant, force);
  if (shift != 0) context.for_each(rows, ShiftSlices<T, L0, L>{force, into.force, -shift});
}

template <int L0, int L, class Context>
void wilson_result(Context& context, double kappa, double boundary,
                   Rows<typename Context::Real> links, double limit,
                   WilsonResult<typename Context::Real> into) {
  using T = typename Context::Real;
  constexpr int rows = link_rows<Lattice<L0, L>>, trials = L0 < 4 ? L0 : 4;
  wilson_trial<L0, L>(context, kappa, boundary, links, 0, into);
  for (int trial = 1; trial < trials; ++trial) {
    typename Context::Scope scope(context);
    double* residual = context.template host<double>(std::size_t(context.lanes()));
    context.store_lanes(into.residual, 1, context.lanes(), residual);
    bool good = true;
    for (int k = 0; k < context.lanes(); ++k) good = good && residual[k] <= limit * limit;
    if (good) break;
    const WilsonResult<T> other{context.template rows<double>(1), context.template rows<double>(1),
                                context.template rows<T>(1),
                                into.force ? context.template rows<T>(rows) : Rows<T>{}};
    wilson_trial<L0, L>(context, kappa, boundary, links, trial * L0 / trials, other);
    const auto flag = context.template rows<double>(1);
    context.for_each(1, Better{into.residual, other.residual, flag});
    context.for_each(1, Replace<double>{flag, into.log_det, other.log_det});
    context.for_each(1, Replace<double>{flag, into.residual, other.residual});
    context.for_each(1, Replace<T>{flag, into.sign, other.sign});
    if (into.force) context.for_each(rows, Replace<T>{flag, into.force, other.force});
  }
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto flag = context.template rows<double>(1);
  context.for_each(1, Exceptional{into.residual, flag});
  context.for_each(1, Replace<double>{flag, into.log_det, {}, -infinity});
  context.for_each(1, Replace<T>{flag, into.sign, {}});
  if (into.force) context.for_each(rows, Replace<T>{flag, into.force, {}});
}

}  // namespace lanes::wilson
