// SPDX-License-Identifier: BSD-3-Clause
//
// Coarse<Geometry, Spacing>: the lattice of the sites whose coordinates are all multiples of
// Spacing.
#pragma once

#include <cstddef>
#include <utility>

#include <lanes/geometry/lattice.hpp>

namespace lanes {

namespace detail {

template <class Geometry, int Spacing, class Sequence>
struct CoarseLattice;
template <class Geometry, int Spacing, std::size_t... Mu>
struct CoarseLattice<Geometry, Spacing, std::index_sequence<Mu...>> {
  using Type = Lattice<Geometry::extents[Mu] / Spacing...>;
};

/// Whether all extents are multiples of n.
template <class Geometry>
constexpr bool extents_divide(int n) {
  for (int e : Geometry::extents)
    if (e % n != 0) return false;
  return true;
}

}  // namespace detail

/// The lattice of every Spacing-th site in each direction.
template <class Geometry, int Spacing>
using Coarse = typename detail::CoarseLattice<
    Geometry, Spacing, std::make_index_sequence<std::size_t(Geometry::dimension)>>::Type;

/// Where the i-th site of the coarse lattice lies: a map for GatherRows and ScatterRows.
template <class Geometry, int Spacing>
struct CoarseSites {
  LANES_HD LANES_INLINE static constexpr int source(int i) {
    int at = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      at += Geometry::stride(mu) * Spacing * Coarse<Geometry, Spacing>::coordinate(i, mu);
    return at;
  }
};

}  // namespace lanes
