// SPDX-License-Identifier: BSD-3-Clause
//
// MolecularDynamics: one Hybrid Monte Carlo trajectory of one tile of chains, one chain per lane,
//
//   H(x, p) = p^2 / 2 + S(x),  p ~ N(0, 1);  accept with probability min(1, exp(-dH)).
//
// Field and momenta are in the precision of the context; kinetic energy, action and dH are double.
// Chain k draws its momenta at trajectory t from lane k of the stream (seed, Purpose::momentum, t)
// (rows 2i and 2i + 1 are block i) and its decision from (seed, Purpose::accept, t): nothing
// depends on tiles or threads.
//
// A dH that is not finite (a trajectory that ran away) is a rejection.
// Shapes: x, momenta [rows][lanes]; action, dH [lanes].
#pragma once

#include <cmath>
#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/theory/theory.hpp>

// On a loop over sites whose callees must all become part of it: GCC otherwise makes a theory's
// site mathematics a call per site, 2 to 4 times slower. Not itself inlined: it would lose this.
#if defined(__GNUC__) && !defined(__clang__)
#define LANES_FLATTEN [[gnu::flatten, gnu::noinline, gnu::noclone]]
#else
#define LANES_FLATTEN
#endif

namespace lanes {

namespace detail {

template <class Real>
struct KineticEnergy {
  Rows<Real> p;
  template <class Lane>
  LANES_HD auto operator()(int i, Lane lane) const {
    const auto v = lane.template load_as<double>(p, i);
    return v * v * 0.5;
  }
};

/// A uniform deviate in [0, 1) per lane.
struct DrawDecision {
  Rows<double> to;
  RandomStream stream;
  template <class Lane>
  LANES_HD void operator()(int, Lane lane) const {
    lane.store(to, 0, lane.template uniform_pair<double>(stream, 0).first);
  }
};

/// dH and the decision of lane k; the action becomes the end's where it is accepted.
template <class Real>
struct Decide {
  const double *start_kinetic, *end_kinetic, *end_action, *uniform;
  double *action, *delta_h;
  Real* accept;
  LANES_HD void operator()(int k) const {
    const double dh = (end_action[k] - action[k]) + (end_kinetic[k] - start_kinetic[k]);
    const bool accepted = std::isfinite(dh) && (dh <= 0 || uniform[k] < std::exp(-dh));
    delta_h[k] = dh;
    accept[k] = accepted ? Real(1) : Real(0);
    if (accepted) action[k] = end_action[k];
  }
};

/// to = from on the lanes where accept is above zero.
template <class Real>
struct TakeAccepted {
  Rows<Real> accept, from, to;
  template <class Lane>
  LANES_HD void operator()(int i, Lane lane) const {
    const auto mask = lane.load(accept) > decltype(lane.load(accept))(0);
    lane.store(to, i, select(mask, lane.load(from, i), lane.load(to, i)));
  }
};

}  // namespace detail

template <class Theory, class Integrator>
struct MolecularDynamics {
  const Theory& theory;
  double step_size;
  int steps;

  static constexpr int rows = rows_of<Theory>;

  /// p += factor dS/dx
  template <class Context, class Real>
  void kick(Context& context, Rows<Real> x, Rows<Real> p, Real factor) const {
    const AddScaledTo<Real> store{p, factor};
    if constexpr (detail::HasBatchedForce<Theory, Context> || !detail::HasDensity<Theory>)
      store_force(context, theory, x, store);
    else
      add_forces(context, x, store);
  }

  /// Moves x and p by `steps` steps.
  template <class Context, class Real>
  void integrate(Context& context, Rows<Real> x, Rows<Real> p) const {
    const auto drift = [&](double a) {
      context.for_each(rows, AddScaled<Real>{p, x, static_cast<Real>(a)});
    };
    const auto kick_by = [&](double a) { kick(context, x, p, static_cast<Real>(-a)); };
    Integrator::integrate(steps, step_size, drift, kick_by);
  }

  /// One trajectory of every lane; updates x and action where accepted. Sets delta_h, and accept to
  /// 1 or 0.
  template <class Context, class Real>
  void trajectory(Context& context, Seed seed, std::uint64_t number, Rows<Real> x,
                  Rows<double> action, Rows<double> delta_h, Rows<Real> accept) const {
    typename Context::Scope scope(context);
    const Rows<Real> end = context.template rows<Real>(rows);
    const Rows<Real> p = context.template rows<Real>(rows);
    const Rows<double> start_kinetic = context.template rows<double>(1);
    const Rows<double> end_kinetic = context.template rows<double>(1);
    const Rows<double> end_action = context.template rows<double>(1);
    for (const auto& sum : {start_kinetic, end_kinetic, end_action}) fill(context, sum, 1);

    copy(context, x, end, rows);
    const RandomStream momenta(seed, Purpose::momentum, number);
    context.for_each((rows + 1) / 2, DrawNormals<Real>{p, momenta, rows});
    context.sum(rows, detail::KineticEnergy<Real>{p}, start_kinetic);
    integrate(context, end, p);
    context.sum(rows, detail::KineticEnergy<Real>{p}, end_kinetic);
    if constexpr (detail::HasDensity<Theory>)
      add_densities(context, end, end_action);
    else
      add_action(context, theory, end, end_action);

    const RandomStream decisions(seed, Purpose::accept, number);
    const auto uniform = context.template rows<double>(1);
    context.for_each(1, detail::DrawDecision{uniform, decisions});
    context.for_each_lane(detail::Decide<Real>{
        context.pointer(start_kinetic), context.pointer(end_kinetic), context.pointer(end_action),
        context.pointer(uniform), context.pointer(action), context.pointer(delta_h),
        context.pointer(accept)});
    detail::fold<typename Theory::Field, typename Theory::Geometry>(context, end);
    context.for_each(rows, detail::TakeAccepted<Real>{accept, end, x});
  }

 private:
  template <class Context, class Real>
  LANES_FLATTEN void add_forces(Context& context, Rows<Real> x,
                                const AddScaledTo<Real>& store) const {
    store_force(context, theory, x, store);
  }
  template <class Context, class Real>
  LANES_FLATTEN void add_densities(Context& context, Rows<Real> x, Rows<double> into) const {
    add_action(context, theory, x, into);
  }
};

}  // namespace lanes

#undef LANES_FLATTEN
