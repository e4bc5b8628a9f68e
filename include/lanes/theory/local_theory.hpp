// SPDX-License-Identifier: BSD-3-Clause
//
// LocalTheory<Derived, Field, Geometry>: the base of a theory that is a sum of densities of a site
// and its forward neighbours. It gives the theory its Field, its Geometry, and a place in every
// concept; the force is derived from
//
//   template <class T, class Site> LANES_HD T density(const Site& phi) const
//
// at compile time (theory/theory.hpp), or is the theory's own force<T>(site) if it has one.
// T is a pack or a dual number over one: write branches as select(condition, a, b).
#pragma once

#include <lanes/theory/theory.hpp>

namespace lanes {

template <class Derived, class FieldPolicy, class GeometryPolicy>
struct LocalTheory {
  using Field = FieldPolicy;
  using Geometry = GeometryPolicy;
  static constexpr int dimension = Geometry::dimension;
};

}  // namespace lanes
