// SPDX-License-Identifier: BSD-3-Clause
//
// What a theory is. A theory names its Field and Geometry and gives its action S in one of three
// forms:
//
//   local      template <class T, class Site> T density(const Site& phi) const         S = sum_x
//              density(x)
//   non-local  double action(const auto& phi) const                one lane at a time, phi(site) a
//              number
//   batched    template <class Context> void action(Context&, Rows<Real> x, Rows<double> S) const
//              adds S
//
// and may give its force dS/dx (a DifferentiableTheory):
//
//   local      template <class T, class Site> T force(const Site& phi) const, or the batched form;
//              without them, the force is derived from density with dual numbers
//   non-local  void force(const auto& phi, auto& gradient) const               sets every
//              gradient(site)
//   batched    template <class Context> void force(Context&, Rows<Real> x, Rows<Real> dx) const
//              sets dx
//
// It may say its couplings, by which a checkpoint knows it (else by the action of one
// configuration):
//
//   std::array<std::pair<const char*, double>, N> couplings() const       names and values
//
// The library calls add_action and set_force below and does not care which form it was. The action
// is computed in double whatever the precision of the field.
#pragma once

#include <concepts>
#include <type_traits>

#include <lanes/theory/site.hpp>

namespace lanes {

/// One lane of a field, read (Real const) or written: phi(site) or phi(site, component).
template <class Field, class Geometry, class Real>
struct Configuration {
  Real* values;
  long stride;
  LANES_HD Real& operator()(int site, int component = 0) const {
    return values[Field::template row<Geometry>(site, component) * stride];
  }
};

namespace detail {

// Stand-ins to ask what a class can do.
template <class Theory>
using ProbeSite = DensitySite<Pack<double, 1>, Theory, ScalarLane, double>;
template <class Theory, class Real>
using ProbeConfiguration = Configuration<typename Theory::Field, typename Theory::Geometry, Real>;

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
                                          const ProbeConfiguration<Theory, const double>& phi) {
  { t.action(phi) } -> std::convertible_to<double>;
};
template <class Theory>
concept HasConfigurationForce = requires(const Theory& t,
                                         const ProbeConfiguration<Theory, const double>& phi,
                                         const ProbeConfiguration<Theory, double>& gradient) {
  t.force(phi, gradient);
};
template <class Theory, class Context>
concept HasBatchedAction = requires(const Theory& t, Context& context,
                                    Rows<typename Context::Real> x, Rows<double> s) {
  t.action(context, x, s);
};
template <class Theory, class Context>
concept HasBatchedForce = requires(const Theory& t, Context& context,
                                   Rows<typename Context::Real> x) {
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

namespace detail {

// Kernels call a theory's functions through this, so that a CUDA compiler, which names the caller
// of what cannot run on a device, names the mark that is missing.
struct NeedsLANES_HD {
  template <class T, class Theory, class Site>
  LANES_HD LANES_INLINE static T density(const Theory& theory, const Site& site) {
    return theory.template density<T>(site);
  }
  template <class T, class Theory, class Site>
  LANES_HD LANES_INLINE static T force(const Theory& theory, const Site& site) {
    return theory.template force<T>(site);
  }
  template <class Theory, class Phi>
  LANES_HD LANES_INLINE static double action(const Theory& theory, const Phi& phi) {
    return theory.action(phi);
  }
  template <class Theory, class Phi, class Gradient>
  LANES_HD LANES_INLINE static void force(const Theory& theory, const Phi& phi,
                                          const Gradient& gradient) {
    theory.force(phi, gradient);
  }
};

template <class Theory, class Real>
struct DensityKernel {
  const Theory theory;
  Rows<Real> x;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int site, Lane lane) const {
    using T = Pack<double, Lane::width>;
    return NeedsLANES_HD::density<T>(theory, DensitySite<T, Theory, Lane, Real>{{lane, x, site}});
  }
};

// dS/dx(site, c): the densities of all sites that see it, its own first.
template <class Theory, class Real>
struct DerivedForceKernel {
  const Theory theory;
  Rows<Real> x, dx;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using Geometry = typename Theory::Geometry;
    using Field = typename Theory::Field;
    using T = Pack<Real, Lane::width>;
    constexpr int components = Field::template components<Geometry>;
    const int site = i / components, c = i % components;
    T sum = derivative<T>(Displacement<Geometry::dimension>{}, site, c, lane);
    constexpr auto reach = ReachOf<Theory>::list();
    for (int k = 1; k < reach.count; ++k) sum += derivative<T>(reach.at[k], site, c, lane);
    lane.store(dx, Field::template row<Geometry>(site, c), sum);
  }

 private:
  // Of the density of the site that sees this one at d.
  template <class T, class Lane>
  LANES_HD LANES_INLINE T derivative(const Displacement<Theory::Geometry::dimension>& d, int site,
                                     int c, Lane lane) const {
    using Geometry = typename Theory::Geometry;
    using Site = SiteDerivative<T, Theory, Lane, Real>;
    for (int mu = 0; mu < Geometry::dimension; ++mu) site = Geometry::shifted(site, mu, -d.by[mu]);
    return NeedsLANES_HD::density<Dual<T>>(theory, Site{{{lane, x, site}}, d, c}).derivative;
  }
};

template <class Theory, class Real>
struct SiteForceKernel {
  const Theory theory;
  Rows<Real> x, dx;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int site, Lane lane) const {
    using Geometry = typename Theory::Geometry;
    using Field = typename Theory::Field;
    static_assert(Field::template components<Geometry> == 1,
                  "lanes: a hand-written local force is for one component per site.");
    using T = Pack<Real, Lane::width>;
    lane.store(
        dx, Field::template row<Geometry>(site, 0),
        NeedsLANES_HD::force<T>(theory, SiteValues<T, Field, Geometry, Lane, Real>{lane, x, site}));
  }
};

template <class Theory, class Real>
struct ConfigurationActionKernel {
  const Theory theory;
  const Real* x;
  double* into;
  long stride;
  LANES_HD LANES_INLINE void operator()(int k) const {
    into[k] += NeedsLANES_HD::action(theory, ProbeConfiguration<Theory, const Real>{x + k, stride});
  }
};

template <class Theory, class Real>
struct ConfigurationForceKernel {
  const Theory theory;
  const Real* x;
  Real* dx;
  long stride;
  LANES_HD LANES_INLINE void operator()(int k) const {
    const ProbeConfiguration<Theory, Real> gradient{dx + k, stride};
    NeedsLANES_HD::force(theory, ProbeConfiguration<Theory, const Real>{x + k, stride}, gradient);
  }
};

}  // namespace detail

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

/// dx = dS/dx.
template <class Theory, class Context>
void set_force(Context& context, const Theory& theory, Rows<typename Context::Real> x,
               Rows<typename Context::Real> dx) {
  using Real = typename Context::Real;
  if constexpr (detail::HasSiteForce<Theory>) {
    context.for_each(Theory::Geometry::volume,
                     detail::SiteForceKernel<Theory, Real>{theory, x, dx});
  } else if constexpr (detail::HasBatchedForce<Theory, Context>) {
    theory.force(context, x, dx);
  } else if constexpr (detail::HasDensity<Theory>) {
    context.for_each(rows_of<Theory>, detail::DerivedForceKernel<Theory, Real>{theory, x, dx});
  } else if constexpr (detail::HasConfigurationForce<Theory>) {
    context.for_each_lane(detail::ConfigurationForceKernel<Theory, Real>{
        theory, context.pointer(x), context.pointer(dx), context.lanes()});
  }
}

}  // namespace lanes
