// SPDX-License-Identifier: BSD-3-Clause
//
// Angle: an angle [radians] on every site, theta(x) in [0, 2 pi), rows [sites] in site order: what
// the XY model is made of. Networks see its cosine and sine, which are smooth where the angle
// jumps.
//
// Base density: uniform, ln r = -V ln 2 pi; densities are with respect to the product of d theta.
// Angles that a user gives are taken modulo 2 pi. Errors: check refuses what is not finite.
#pragma once

#include <cmath>
#include <span>

#include <lanes/core/error.hpp>
#include <lanes/field/field.hpp>
#include <lanes/field/uniform_angles.hpp>
#include <lanes/geometry/lattice.hpp>

namespace lanes {

struct Angle : UniformAngles<Angle> {
  template <class Geometry>
  static constexpr int components = 1;
  template <class Geometry>
  static constexpr int rows = Geometry::volume;
  template <class Geometry>
  LANES_HD static constexpr int row(int site, int) {
    return site;
  }

  /// What networks see of it.
  struct Shown {
    static constexpr int channels = 2;
    template <class T>
    LANES_HD LANES_INLINE static void show(T theta, T (&seen)[2]) {
      seen[0] = cos(theta);
      seen[1] = sin(theta);
    }
    template <class T>
    LANES_HD LANES_INLINE static T adjoint(T theta, const T (&d)[2]) {
      return cos(theta) * d[1] - sin(theta) * d[0];
    }
  };

  /// Throws std::invalid_argument unless every value is an angle.
  template <class Value>
  static void check(std::span<const Value> angles) {
    for (const Value theta : angles)
      require(std::isfinite(theta), "Angle: an angle", theta, "finite; it is taken modulo 2 pi");
  }
};
static_assert(SiteField<Angle, Lattice<4>> && AngularField<Angle> && ShownField<Angle>);

}  // namespace lanes
