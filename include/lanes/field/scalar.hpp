// SPDX-License-Identifier: BSD-3-Clause
//
// Scalar: one real number per site, x in R^V, rows [sites] in site order.
// Base density: N(0, 1) (field/gaussian_base.hpp).
#pragma once

#include <lanes/field/field.hpp>
#include <lanes/field/gaussian_base.hpp>
#include <lanes/geometry/lattice.hpp>

namespace lanes {

struct Scalar : GaussianBase<Scalar> {
  /// Degrees of freedom on a site and on the whole lattice.
  template <class Geometry>
  static constexpr int components = 1;
  template <class Geometry>
  static constexpr int rows = Geometry::volume;
  template <class Geometry>
  LANES_HD static constexpr int row(int site, int) {
    return site;
  }
};
static_assert(SiteField<Scalar, Lattice<4>> && !PeriodicField<Scalar>);

}  // namespace lanes
