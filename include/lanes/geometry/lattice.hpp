// SPDX-License-Identifier: BSD-3-Clause
//
// Lattice<E0, E1, ...>: a periodic hypercubic lattice of 1 to 4 dimensions, extents E_mu >= 2.
//
// Sites are numbered in C order: site = ((x_0 E_1 + x_1) E_2 + x_2) ..., so direction 0 is the
// slowest and array axis mu is direction mu. Everything is constexpr and callable in device code.
//
//   using L = lanes::Lattice<4, 6>;
//   L::volume == 24;  L::forward(23, 1) == 18;  L::coordinate(23, 0) == 3;
#pragma once

#include <array>

#include <lanes/core/macros.hpp>
#include <lanes/geometry/geometry.hpp>

namespace lanes {

namespace detail {

/// What a Lattice is made of; the extents of a Grid may be 1 (the one rectangle of a whole torus).
template <int... Extents>
struct Grid {
  static constexpr int dimension = sizeof...(Extents);
  static constexpr int volume = (Extents * ...);
  static constexpr std::array<int, sizeof...(Extents)> extents = {Extents...};

  /// Number of sites in direction mu.
  LANES_HD LANES_INLINE static constexpr int extent(int mu) {
    const int e[] = {Extents...};
    return e[mu];
  }

  /// Distance in site numbers between x and x + mu, away from the boundary.
  LANES_HD LANES_INLINE static constexpr int stride(int mu) {
    const int e[] = {Extents...};
    int result = 1;
    for (int nu = dimension - 1; nu > mu; --nu) result *= e[nu];
    return result;
  }

  /// x_mu of a site, in [0, extent(mu)).
  LANES_HD LANES_INLINE static constexpr int coordinate(int site, int mu) {
    return site / stride(mu) % extent(mu);
  }

  /// The site at x + steps * mu, wrapped periodically; any number of steps, either sign.
  LANES_HD LANES_INLINE static constexpr int shifted(int site, int mu, int steps) {
    const int x = coordinate(site, mu), e = extent(mu);
    const int moved = ((x + steps) % e + e) % e;
    return site + (moved - x) * stride(mu);
  }

  // post: backward(forward(site, mu), mu) == site
  LANES_HD LANES_INLINE static constexpr int forward(int site, int mu) {
    const int x = coordinate(site, mu), s = stride(mu), e = extent(mu);
    return x + 1 == e ? site - (e - 1) * s : site + s;
  }
  LANES_HD LANES_INLINE static constexpr int backward(int site, int mu) {
    const int x = coordinate(site, mu), s = stride(mu), e = extent(mu);
    return x == 0 ? site + (e - 1) * s : site - s;
  }

  /// 0 for even sites (sum of coordinates even), 1 for odd ones.
  LANES_HD LANES_INLINE static constexpr int parity(int site) {
    int sum = 0;
    for (int mu = 0; mu < dimension; ++mu) sum += coordinate(site, mu);
    return sum & 1;
  }
};

}  // namespace detail

template <int... Extents>
struct Lattice : detail::Grid<Extents...> {
  static_assert(sizeof...(Extents) >= 1 && sizeof...(Extents) <= 4,
                "lanes: Lattice has 1 to 4 extents, one per dimension.");
  static_assert(
      ((Extents >= 2) && ...),
      "lanes: every extent of a Lattice is at least 2 (a periodic direction needs two sites).");
};
static_assert(Geometry<Lattice<4>> && Geometry<Lattice<2, 3, 4>>);

}  // namespace lanes
