// SPDX-License-Identifier: BSD-3-Clause
//
// U1: an angle [radians] on every link of the lattice, theta_mu(x) in [0, 2 pi), D angles a site;
// rows [D][sites], the direction first, sites in site order.
//
// Base density: the Haar measure, uniform. Densities are with respect to the product of d theta, so
// ln r = -D V ln 2 pi; Z with respect to d theta is (2 pi)^(D V) times Z with respect to the Haar
// measure. Angles that a user gives are taken modulo 2 pi. Errors: check refuses what is not
// finite.
#pragma once

#include <cmath>
#include <span>

#include <lanes/core/error.hpp>
#include <lanes/field/field.hpp>
#include <lanes/field/uniform_angles.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/links.hpp>

namespace lanes {

struct U1 : UniformAngles<U1> {
  /// Its numbers belong to links, rows [dimension][sites].
  static constexpr bool links = true;
  /// Degrees of freedom on a site and on the whole lattice.
  template <class Geometry>
  static constexpr int components = Geometry::dimension;
  template <class Geometry>
  static constexpr int rows = link_rows<Geometry>;
  template <class Geometry>
  LANES_HD static constexpr int row(int site, int mu) {
    return link_row<Geometry>(site, mu);
  }

  /// Throws std::invalid_argument unless every value is an angle.
  template <class Value>
  static void check(std::span<const Value> angles) {
    for (const Value theta : angles)
      require(std::isfinite(theta), "U1: an angle", theta, "finite; it is taken modulo 2 pi");
  }
};
static_assert(LinkField<U1, Lattice<4, 4>> && !DiscreteField<U1>);

}  // namespace lanes
