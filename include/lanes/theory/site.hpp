// SPDX-License-Identifier: BSD-3-Clause
//
// What a theory's site mathematics sees: the field at one site and at its neighbours.
//
//   phi.here(c)           field component c at the site                       [component 0 by default]
//   phi.forward(mu, c)    at x + mu
//   phi.backward(mu, c)   at x - mu: in a force; in a density it is an error (each bond belongs to one site)
//   phi.at(d, c)          at x + d, a Displacement: of a theory that states its reach
//
// A density sees its site and the forward neighbours; one that sees more says so:
//
//   static constexpr std::array reach = {lanes::step<D>(0, 2), lanes::step<D>(1, 2)};    // besides those
//
// so that the derived force asks every site that sees a variable. What lies beyond is NaN in a density.
//
// SiteValues<T> gives values of type T, DensitySite<T> those that a density may see; SiteDerivative<T>
// gives dual numbers whose derivative is one at a single chosen variable: density(SiteDerivative) is
// d density / d variable.
#pragma once

#include <cmath>
#include <cstddef>

#include <lanes/core/dual.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// From a site to another, in every direction.
template <int D>
struct Displacement {
  int by[std::size_t(D)];
  friend constexpr bool operator==(const Displacement&, const Displacement&) = default;
};
/// n sites along mu.
template <int D>
LANES_HD constexpr Displacement<D> step(int mu, int n = 1) {
  Displacement<D> d{};
  d.by[mu] = n;
  return d;
}

namespace detail {

template <class Theory>
concept StatesReach = requires {
  Theory::reach.size();
};

/// The displacements that a density sees: its site, the forward neighbours, and what it states.
template <class Theory>
struct ReachOf {
  static constexpr int D = Theory::Geometry::dimension;
  static constexpr int count = [] {
    if constexpr (StatesReach<Theory>)
      return D + 1 + int(Theory::reach.size());
    else
      return D + 1;
  }();
  LANES_HD static constexpr Displacement<D> at(int k) {
    if (k <= D) return k == 0 ? Displacement<D>{} : step<D>(k - 1);
    if constexpr (StatesReach<Theory>) {
      constexpr auto stated = Theory::reach;
      return stated[std::size_t(k - D - 1)];
    }
    return {};
  }
  LANES_HD static constexpr bool holds(const Displacement<D>& d) {
    for (int k = 0; k < count; ++k)
      if (at(k) == d) return true;
    return false;
  }
};

}  // namespace detail

/// The simplest cursor: one lane, rows next to each other.
struct ScalarLane {
  static constexpr int width = 1;
  template <class To, class T>
  LANES_HD Pack<To, 1> load_as(Rows<T> x, long row = 0) const {
    return static_cast<To>(x.data[x.first + row]);
  }
};

template <class T, class Field, class Geometry, class Lane, class Real>
struct SiteValues {
  Lane lane;
  Rows<Real> x;
  int site;

  LANES_HD LANES_INLINE T here(int component = 0) const { return value(site, component); }
  LANES_HD LANES_INLINE T forward(int mu, int component = 0) const {
    return value(Geometry::forward(site, mu), component);
  }
  LANES_HD LANES_INLINE T backward(int mu, int component = 0) const {
    return value(Geometry::backward(site, mu), component);
  }
  LANES_HD LANES_INLINE T at(const Displacement<Geometry::dimension>& d, int component = 0) const {
    int there = site;
    for (int mu = 0; mu < Geometry::dimension; ++mu) there = Geometry::shifted(there, mu, d.by[mu]);
    return value(there, component);
  }

 private:
  LANES_HD LANES_INLINE T value(int at, int component) const {
    return lane.template load_as<typename T::value_type>(
        x, Field::template row<Geometry>(at, component));
  }
};

namespace detail {

struct ForwardOnly {
  template <class T>
  LANES_HD static T backward() {
    static_assert(sizeof(T) == 0,
                  "lanes: a density sees its site and the forward neighbours, not "
                  "phi.backward(mu): each bond belongs to the site that it starts from.");
    return T(0);
  }
};

}  // namespace detail

template <class T, class Theory, class Lane, class Real>
struct DensitySite : SiteValues<T, typename Theory::Field, typename Theory::Geometry, Lane, Real> {
  using Values = SiteValues<T, typename Theory::Field, typename Theory::Geometry, Lane, Real>;
  LANES_HD LANES_INLINE T at(const Displacement<Theory::Geometry::dimension>& d,
                             int component = 0) const {
    if (!detail::ReachOf<Theory>::holds(d)) return T(NAN);
    return Values::at(d, component);
  }
  template <class... Arguments>
  LANES_HD T backward(Arguments...) const {
    return detail::ForwardOnly::backward<T>();
  }
};

template <class T, class Field, class Geometry, class Lane, class Real>
struct SiteDerivative {
  using Step = Displacement<Geometry::dimension>;
  SiteValues<T, Field, Geometry, Lane, Real> phi;
  Step variable;  // where it is, seen from the site ...
  int component;  // ... and its component

  LANES_HD LANES_INLINE Dual<T> here(int c = 0) const { return {phi.here(c), seed(Step{}, c)}; }
  LANES_HD LANES_INLINE Dual<T> forward(int mu, int c = 0) const {
    return {phi.forward(mu, c), seed(step<Geometry::dimension>(mu), c)};
  }
  LANES_HD LANES_INLINE Dual<T> at(const Step& d, int c = 0) const {
    return {phi.at(d, c), seed(d, c)};
  }
  template <class... Arguments>
  LANES_HD Dual<T> backward(Arguments...) const {
    return detail::ForwardOnly::backward<Dual<T>>();
  }

 private:
  LANES_HD LANES_INLINE T seed(const Step& d, int c) const {
    return T(d == variable && c == component ? 1 : 0);
  }
};

}  // namespace lanes
