// SPDX-License-Identifier: BSD-3-Clause
//
// Kernels of actions and forces, for theory.hpp: of a density or a local force at a site, and of
// functions of one configuration. Forces at sites go to a store(lane, row, dS/dx), as what
// contractions compute does.
#pragma once

#include <lanes/core/dual.hpp>
#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
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

template <class Theory, class Real>
using ConfigurationOf = Configuration<typename Theory::Field, typename Theory::Geometry, Real>;

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
template <class Theory, class Real, class Store>
struct DerivedForceKernel {
  const Theory theory;
  Rows<Real> x;
  Store store;
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
    store(lane, long(Field::template row<Geometry>(site, c)), sum);
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

template <class Theory, class Real, class Store>
struct SiteForceKernel {
  const Theory theory;
  Rows<Real> x;
  Store store;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int site, Lane lane) const {
    using Geometry = typename Theory::Geometry;
    using Field = typename Theory::Field;
    static_assert(Field::template components<Geometry> == 1,
                  "lanes: a hand-written local force is for one component per site.");
    using T = Pack<Real, Lane::width>;
    store(
        lane, long(Field::template row<Geometry>(site, 0)),
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
    into[k] += NeedsLANES_HD::action(theory, ConfigurationOf<Theory, const Real>{x + k, stride});
  }
};

template <class Theory, class Real>
struct ConfigurationForceKernel {
  const Theory theory;
  const Real* x;
  Real* dx;
  long stride;
  LANES_HD LANES_INLINE void operator()(int k) const {
    const ConfigurationOf<Theory, Real> gradient{dx + k, stride};
    NeedsLANES_HD::force(theory, ConfigurationOf<Theory, const Real>{x + k, stride}, gradient);
  }
};

}  // namespace detail

}  // namespace lanes
