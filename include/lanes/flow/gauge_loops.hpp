// SPDX-License-Identifier: BSD-3-Clause
//
// The loops that the network of a gauge coupling sees, as channels on the frozen sites:
//
//   Plaquettes                cos P, sin P
//   PlaquettesAndRectangles   and cos R_0, cos R_1, sin R_0, sin R_1,  R_a: the 2 x 1 loop long in direction a,
//     theta_a(x) + theta_a(x + a) + theta_b(x + 2 a) - theta_a(x + a + b) - theta_a(x + b) - theta_b(x);
//     of the two directions the masks show one, the other is hidden
//
// A hidden angle enters a convolution as 0: cosine 1, sine 0. The ones are the same everywhere, so
// that the rows hold cosine minus one and the first contraction adds the ones through its bias
// (Inputs::ones, network/stencil.hpp). A DenseNet gets cosine minus one, of the frozen sites only.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes {

struct Plaquettes {
  static constexpr int channels = 2;
  static constexpr unsigned ones = 0b01;
  static constexpr bool rectangles = false;
};
struct PlaquettesAndRectangles {
  static constexpr int channels = 6;
  static constexpr unsigned ones = 0b001101;
  static constexpr bool rectangles = true;
};

namespace detail {

/// The frozen sites, of whose channels `Ones` enter as one more than what is stored.
template <class Partition, unsigned Ones>
struct FrozenLoops : FrozenSites<Partition> {
  static constexpr unsigned ones = Ones;
};

// Angles of loops on one lane or a pack of lanes.
template <class Geometry, class Real, class Lane>
struct Links {
  Rows<Real> x;
  Lane lane;

  LANES_HD LANES_INLINE auto operator()(int site, int mu) const {
    return lane.load(x, mu * Geometry::volume + site);
  }
  LANES_HD LANES_INLINE auto plaquette(int site) const {
    return (*this)(site, 0) + (*this)(Geometry::forward(site, 0), 1) -
           (*this)(Geometry::forward(site, 1), 0) - (*this)(site, 1);
  }
  LANES_HD LANES_INLINE auto rectangle(int site, int a) const {
    const int b = 1 - a, next = Geometry::forward(site, a), above = Geometry::forward(site, b);
    return (*this)(site, a) + (*this)(next, a) + (*this)(Geometry::forward(next, a), b) -
           (*this)(Geometry::forward(next, b), a) - (*this)(above, a) - (*this)(site, b);
  }
};

}  // namespace detail

}  // namespace lanes
