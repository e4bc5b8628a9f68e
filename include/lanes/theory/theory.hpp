// SPDX-License-Identifier: BSD-3-Clause
//
// What a theory is. A theory names its Field and Geometry and gives its action S in one of three
// forms:
//
//   local      template <class T, class Site> T density(const Site& phi) const
//              S = sum_x density(x)
//   non-local  double action(const auto& phi) const
//              one lane at a time, phi(site) a number
//   batched    template <class Context> void action(Context&, Rows<Real> x, Rows<double> S) const
//              adds S
//
// and may give its force dS/dx (a DifferentiableTheory):
//
//   local      template <class T, class Site> T force(const Site& phi) const, or the batched form;
//              without them, the force is derived from density with dual numbers
//   non-local  void force(const auto& phi, auto& gradient) const
//              sets every gradient(site)
//   batched    template <class Context> void force(Context&, Rows<Real> x, Rows<Real> dx) const
//              sets dx; or, so that a caller can go on with it, to a store:
//              template <class Context, class Store>
//              void force(Context&, Rows<Real> x, const Store& store) const
//              store(lane, row, dS/dx) once for every row
//
// It may say its couplings, by which a checkpoint knows it (else by the action of one
// configuration):
//
//   std::array<std::pair<const char*, double>, N> couplings() const       names and values
//
// The library calls add_action, set_force and store_force below and does not care which form it
// was. The action is computed in double whatever the precision of the field.
#pragma once

#include <concepts>
#include <type_traits>

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/theory/kernels.hpp>
#include <lanes/theory/site.hpp>

namespace lanes {

namespace detail {

// Stand-ins to ask what a class can do.
template <class Theory>
using ProbeSite = DensitySite<Pack<double, 1>, Theory, ScalarLane, double>;

template <class Theory>
concept HasFieldAndGeometry = requires {
  typename Theory::Field;
  typename Theory::Geometry;
};
template <class Theory>
concept HasDensity = requires(const Theory& t, const ProbeSite<Theory>& site) {
  t.template density<Pack<double, 1>>(site);
};
template <class Theory>
using ProbeForceSite = SiteValues<Pack<double, 1>, typename Theory::Field,
                                  typename Theory::Geometry, ScalarLane, double>;
template <class Theory>
concept HasSiteForce = requires(const Theory& t, const ProbeForceSite<Theory>& site) {
  t.template force<Pack<double, 1>>(site);
};

// Whether a class has a member density, of whatever form: then it is ambiguous beside this one.
struct NamesDensity {
  void density();
};
template <class Theory>
struct TwoDensities : Theory, NamesDensity {};
template <class Theory>
inline constexpr bool names_density = false;
template <class Theory>
requires(std::is_class_v<Theory> &&
         !std::is_final_v<Theory>) inline constexpr bool names_density<Theory> = !requires {
  &TwoDensities<Theory>::density;
};
template <class Theory>
inline constexpr bool density_fits = true;
template <class Theory>
requires(HasFieldAndGeometry<Theory>&&
             names_density<Theory>) inline constexpr bool density_fits<Theory> = HasDensity<Theory>;

template <class Theory>
constexpr void check_density() {
  static_assert(density_fits<Theory>,
                "lanes: a density is a template of its numbers T, which are packs or dual numbers: "
                "template <class T, class Site> T density(const Site& phi) const; see "
                "lanes/theory/local_theory.hpp.");
}

template <class Theory>
concept HasConfigurationAction = requires(const Theory& t,
                                          const ConfigurationOf<Theory, const double>& phi) {
  { t.action(phi) } -> std::convertible_to<double>;
};
template <class Theory>
concept HasConfigurationForce = requires(const Theory& t,
                                         const ConfigurationOf<Theory, const double>& phi,
                                         const ConfigurationOf<Theory, double>& gradient) {
  t.force(phi, gradient);
};
template <class Theory, class Context>
concept HasBatchedAction = requires(const Theory& t, Context& context,
                                    Rows<typename Context::Real> x, Rows<double> s) {
  t.action(context, x, s);
};
template <class Theory, class Context>
concept HasStoredForce = requires(const Theory& t, Context& context, Rows<typename Context::Real> x,
                                  const StoreTo<typename Context::Real>& store) {
  t.force(context, x, store);
};
template <class Theory, class Context>
concept HasBatchedForce = HasStoredForce<Theory, Context> ||
    requires(const Theory& t, Context& context, Rows<typename Context::Real> x) {
  t.force(context, x, x);
};

}  // namespace detail

template <class T, class Context>
concept Theory = detail::HasFieldAndGeometry<T> &&
    (detail::HasDensity<T> || detail::HasConfigurationAction<T> ||
     detail::HasBatchedAction<T, Context>);

template <class T, class Context>
concept DifferentiableTheory = Theory<T, Context> &&
    (detail::HasDensity<T> || detail::HasConfigurationForce<T> ||
     detail::HasBatchedForce<T, Context>);

namespace detail {

/// A context, to ask of a theory what it can do in any.
struct AnyContext {
  using Real = double;
};

}  // namespace detail

/// One that names its couplings: pairs of a name and a number.
template <class T>
concept TheoryWithCouplings = requires(const T& theory) {
  theory.couplings();
};

/// The number of degrees of freedom of a theory.
template <class Theory>
inline constexpr int rows_of = Theory::Field::template rows<typename Theory::Geometry>;

/// into[lane] += S(x).
template <class Theory, class Context>
void add_action(Context& context, const Theory& theory, Rows<typename Context::Real> x,
                Rows<double> into) {
  using Real = typename Context::Real;
  if constexpr (detail::HasDensity<Theory>) {
    context.sum(Theory::Geometry::volume, detail::DensityKernel<Theory, Real>{theory, x}, into);
  } else if constexpr (detail::HasBatchedAction<Theory, Context>) {
    theory.action(context, x, into);
  } else if constexpr (detail::HasConfigurationAction<Theory>) {  // else refused at the entrance
    context.for_each_lane(detail::ConfigurationActionKernel<Theory, Real>{
        theory, context.pointer(x), context.pointer(into), context.lanes()});
  }
}

template <class Theory, class Context>
void set_force(Context& context, const Theory& theory, Rows<typename Context::Real> x,
               Rows<typename Context::Real> dx);

/// store(lane, row, dS/dx) once for every row of the field, in any order. A store writes no row of
/// x.
template <class Theory, class Context, class Store>
void store_force(Context& context, const Theory& theory, Rows<typename Context::Real> x,
                 const Store& store) {
  using Real = typename Context::Real;
  if constexpr (detail::HasSiteForce<Theory>) {
    context.for_each(Theory::Geometry::volume,
                     detail::SiteForceKernel<Theory, Real, Store>{theory, x, store});
  } else if constexpr (detail::HasStoredForce<Theory, Context>) {
    theory.force(context, x, store);
  } else if constexpr (detail::HasBatchedForce<Theory, Context> || !detail::HasDensity<Theory>) {
    typename Context::Scope scope(context);
    const auto dx = context.template rows<Real>(rows_of<Theory>);
    set_force(context, theory, x, dx);
    context.for_each(rows_of<Theory>, GiveRows<Real, Store>{dx, store});
  } else {
    context.for_each(rows_of<Theory>,
                     detail::DerivedForceKernel<Theory, Real, Store>{theory, x, store});
  }
}

/// dx = dS/dx.
template <class Theory, class Context>
void set_force(Context& context, const Theory& theory, Rows<typename Context::Real> x,
               Rows<typename Context::Real> dx) {
  using Real = typename Context::Real;
  if constexpr (detail::HasSiteForce<Theory> || detail::HasStoredForce<Theory, Context>) {
    store_force(context, theory, x, StoreTo<Real>{dx});
  } else if constexpr (detail::HasBatchedForce<Theory, Context>) {
    theory.force(context, x, dx);
  } else if constexpr (detail::HasDensity<Theory>) {
    store_force(context, theory, x, StoreTo<Real>{dx});
  } else if constexpr (detail::HasConfigurationForce<Theory>) {
    context.for_each_lane(detail::ConfigurationForceKernel<Theory, Real>{
        theory, context.pointer(x), context.pointer(dx), context.lanes()});
  }
}

}  // namespace lanes
