// SPDX-License-Identifier: BSD-3-Clause
//
// What a theory's site mathematics sees: the field at one site and at its neighbours.
//
//   phi.here(c)           field component c at the site                       [component 0 by default]
//   phi.forward(mu, c)    at x + mu
//   phi.backward(mu, c)   at x - mu: in a force; in a density it is an error (each bond belongs to one site)
//
// SiteValues<T> gives values of type T, DensitySite<T> those that a density may see; SiteDerivative<T>
// gives dual numbers whose derivative is one at a single chosen variable: density(SiteDerivative) is
// d density / d variable.
#pragma once

#include <lanes/core/dual.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

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

template <class T, class Field, class Geometry, class Lane, class Real>
struct DensitySite : SiteValues<T, Field, Geometry, Lane, Real> {
  template <class... Arguments>
  LANES_HD T backward(Arguments...) const {
    return detail::ForwardOnly::backward<T>();
  }
};

template <class T, class Field, class Geometry, class Lane, class Real>
struct SiteDerivative {
  SiteValues<T, Field, Geometry, Lane, Real> phi;
  int direction;  // the variable: here (-1) or the forward neighbour in this direction ...
  int component;  // ... and its component

  LANES_HD LANES_INLINE Dual<T> here(int c = 0) const { return {phi.here(c), seed(-1, c)}; }
  LANES_HD LANES_INLINE Dual<T> forward(int mu, int c = 0) const {
    return {phi.forward(mu, c), seed(mu, c)};
  }
  template <class... Arguments>
  LANES_HD Dual<T> backward(Arguments...) const {
    return detail::ForwardOnly::backward<Dual<T>>();
  }

 private:
  LANES_HD LANES_INLINE T seed(int mu, int c) const {
    return T(mu == direction && c == component ? 1 : 0);
  }
};

}  // namespace lanes
