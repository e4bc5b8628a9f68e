// SPDX-License-Identifier: BSD-3-Clause
//
// Vector<N>: N real numbers on every site, x in R^(N V), rows [component][sites]: what an O(N)
// model is made of. Base density: N(0, 1) (field/gaussian_base.hpp).
#pragma once

#include <lanes/field/field.hpp>
#include <lanes/field/gaussian_base.hpp>
#include <lanes/geometry/lattice.hpp>

namespace lanes {

template <int N>
struct Vector : GaussianBase<Vector<N>> {
  static_assert(N >= 1, "lanes: Vector<N> has N >= 1 components.");
  template <class Geometry>
  static constexpr int components = N;
  template <class Geometry>
  static constexpr int rows = N* Geometry::volume;
  template <class Geometry>
  LANES_HD static constexpr int row(int site, int component) {
    return component * Geometry::volume + site;
  }
};
static_assert(SiteField<Vector<3>, Lattice<4>, 3> && !LinkField<Vector<2>, Lattice<4, 4>>);

}  // namespace lanes
