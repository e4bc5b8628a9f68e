// SPDX-License-Identifier: BSD-3-Clause
//
// What a theory's site mathematics sees: the field at one site and at its neighbours.
//
//   phi.here(c)          field component c at the site; 0 by default
//   phi.forward(mu, c)   at x + mu
//   phi.backward(mu, c)  at x - mu: in a force; in a density it is an error (each bond belongs to
//                        one site)
//   phi.at(d, c)         at x + d, a Displacement: of a theory that states its reach
//
// A density sees its site and the forward neighbours; one that sees more says so:
//
//   static constexpr std::array reach = {lanes::step<D>(0, 2), lanes::step<D>(1, 2)};  // besides
//
// so that the derived force asks every site that sees a variable. What lies beyond is NaN.
//
// SiteValues<T> gives values of type T, DensitySite<T> those that a density may see;
// SiteDerivative<T> gives dual numbers whose derivative is one at a single chosen variable:
// density(SiteDerivative) is d density / d variable.
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

template <class Theory>
constexpr int stated_reach() {
  if constexpr (StatesReach<Theory>)
    return int(Theory::reach.size());
  else
    return 0;
}

/// The displacements that a density sees, each once: its site, the forward neighbours, and what it
/// states.
template <class Theory>
struct ReachOf {
  static constexpr int D = Theory::Geometry::dimension;

  struct List {
    Displacement<D> at[std::size_t(D + 1 + stated_reach<Theory>())];
    int count;
    LANES_HD constexpr bool holds(const Displacement<D>& d) const {
      for (int k = 0; k < count; ++k)
        if (at[k] == d) return true;
      return false;
    }
    LANES_HD constexpr void add(const Displacement<D>& d) {
      if (!holds(d)) at[count++] = d;
    }
  };
  LANES_HD static constexpr List list() {
    List l{};
    l.add({});
    for (int mu = 0; mu < D; ++mu) l.add(step<D>(mu));
    if constexpr (StatesReach<Theory>) {
      constexpr auto stated = Theory::reach;
      for (std::size_t k = 0; k < stated.size(); ++k) l.add(stated[k]);
    }
    return l;
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
  /// What the field is at the site and around.
  using Values = SiteValues<T, typename Theory::Field, typename Theory::Geometry, Lane, Real>;
  LANES_HD LANES_INLINE T at(const Displacement<Theory::Geometry::dimension>& d,
                             int component = 0) const {
    constexpr auto reach = detail::ReachOf<Theory>::list();
    return reach.holds(d) ? Values::at(d, component) : T(NAN);
  }
  template <class... Arguments>
  LANES_HD T backward(Arguments...) const {
    return detail::ForwardOnly::backward<T>();
  }
};

template <class T, class Theory, class Lane, class Real>
struct SiteDerivative {
  static constexpr int D = Theory::Geometry::dimension;
  /// A displacement on this lattice.
  using Step = Displacement<D>;
  DensitySite<T, Theory, Lane, Real> phi;
  Step variable;  // where it is, seen from the site ...
  int component;  // ... and its component

  LANES_HD LANES_INLINE Dual<T> here(int c = 0) const { return {phi.here(c), seed(Step{}, c)}; }
  LANES_HD LANES_INLINE Dual<T> forward(int mu, int c = 0) const {
    return {phi.forward(mu, c), seed(step<D>(mu), c)};
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
