// SPDX-License-Identifier: BSD-3-Clause
//
// Partitions: which sites a coupling layer moves (active) and which it reads (frozen), as site
// lists.
//
// Checkerboard, variant (parity) 0: sites with x_0 + x_1 + ... odd are frozen, even ones are
// active; variant 1 the other way round. A user's own partition is a struct with an inner template
// Masks<Geometry> that has
//
//   static constexpr int variants                    how many masks the layers cycle through
//   static constexpr int active_size, frozen_size    the same for every variant
//   static constexpr int active(variant, i)          the i-th active site, i in [0, active_size)
//   static constexpr int frozen(variant, i)
//
// Sites that are neither are neither read nor moved. Sets of sites (AllSites, ActiveSites,
// FrozenSites) give a contraction its ends: slot is where a site is stored (active sites densely,
// in list order), below `slots`.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/geometry/lattice.hpp>

namespace lanes {

namespace detail {

template <template <class> class>
struct OfGeometry;

}  // namespace detail

/// The masks of a partition on a lattice.
template <class M>
concept Masks = requires {
  int{M::variants};
  int{M::active_size};
  int{M::frozen_size};
  int{M::active(0, 0)};
  int{M::frozen(0, 0)};
};

template <class P>
concept Partition = requires {
  typename detail::OfGeometry<P::template Masks>;
};

struct Checkerboard {
  template <class Geometry>
  struct Masks {
    static_assert(
        [] {
          for (int e : Geometry::extents)
            if (e % 2 != 0) return false;
          return true;
        }(),
        "lanes: Checkerboard needs even extents in every direction, or neighbours across the "
        "boundary have "
        "equal parity.");
    static constexpr int variants = 2;
    static constexpr int active_size = Geometry::volume / 2;
    static constexpr int frozen_size = Geometry::volume / 2;

    LANES_HD static constexpr int active(int variant, int i) { return with_parity(variant, i); }
    LANES_HD static constexpr int frozen(int variant, int i) { return with_parity(1 - variant, i); }

   private:
    // The i-th site of a parity: along the last direction every other site belongs to it.
    LANES_HD static constexpr int with_parity(int parity, int i) {
      const int site = 2 * i;
      return site + (Geometry::parity(site) != parity ? 1 : 0);
    }
  };
};

/// Sites whose coordinates are all even are frozen, the rest is active: what refines a lattice of
/// half the extents. One variant.
struct Refinement {
  template <class Geometry>
  struct Masks {
    static_assert(
        [] {
          for (int e : Geometry::extents)
            if (e % 2 != 0) return false;
          return true;
        }(),
        "lanes: Refinement needs even extents in every direction: it halves them.");
    static constexpr int variants = 1;
    static constexpr int frozen_size = Geometry::volume >> Geometry::dimension;
    static constexpr int active_size = Geometry::volume - frozen_size;

    // Sites in cells of 2^D, the frozen one first; rest: position in the cell, most significant
    // bit for direction 0.
    LANES_HD static constexpr int active(int, int i) {
      constexpr int rest = (1 << Geometry::dimension) - 1;
      return in_cell(i / rest, i % rest + 1);
    }
    LANES_HD static constexpr int frozen(int, int i) { return in_cell(i, 0); }

   private:
    LANES_HD static constexpr int in_cell(int cell, int place) {
      int site = 0;
      for (int mu = Geometry::dimension - 1; mu >= 0; --mu) {
        const int e = Geometry::extent(mu) / 2;
        site += Geometry::stride(mu) * (2 * (cell % e) + (place & 1));
        cell /= e;
        place >>= 1;
      }
      return site;
    }
  };
};

/// A set of sites as the end of a contraction: the i-th is site(variant, i), stored at
/// slot(variant, i).
template <class S>
concept Sites = requires {
  int{S::variants};
  int{S::size};
  int{S::site(0, 0)};
  int{S::slot(0, 0)};
};
/// Stored in so many slots; others have one for every site.
template <class S>
concept DenseSites = Sites<S> && requires {
  int{S::slots};
};
/// With channels that enter as one more than what is stored (contraction/stencil.hpp).
template <class S>
concept SitesWithOnes = Sites<S> && requires {
  unsigned{S::ones};
};

/// The direction mu whose whole lines the sites of a variant are, line after line: the i-th has
/// x_mu = i mod extent(mu). -1 where they are not.
template <class Geometry, class S>
constexpr int line_direction(int variant) {
  const auto lines = [&](int mu) {
    const int e = Geometry::extent(mu), step = Geometry::stride(mu);
    if (S::size % e != 0) return false;
    for (int i = 0; i < S::size; i += e) {
      const int begin = S::site(variant, i);
      if (Geometry::coordinate(begin, mu) != 0) return false;
      for (int x = 1; x < e; ++x)
        if (S::site(variant, i + x) != begin + x * step) return false;
    }
    return true;
  };
  for (int mu = 0; mu < Geometry::dimension; ++mu)
    if (lines(mu)) return mu;
  return -1;
}
/// Whether the sites are whole lines in every variant.
template <class Geometry, class S>
constexpr bool in_lines() {
  for (int variant = 0; variant < S::variants; ++variant)
    if (line_direction<Geometry, S>(variant) < 0) return false;
  return true;
}

/// Every site, stored in site order.
template <class Geometry>
struct AllSites {
  static constexpr int variants = 1, size = Geometry::volume, slots = size;
  LANES_HD static constexpr int site(int, int i) { return i; }
  LANES_HD static constexpr int slot(int, int i) { return i; }
};

/// The active sites of a partition, stored densely.
template <class Masks>
struct ActiveSites {
  static constexpr int variants = Masks::variants, size = Masks::active_size, slots = size;
  LANES_HD static constexpr int site(int variant, int i) { return Masks::active(variant, i); }
  LANES_HD static constexpr int slot(int, int i) { return i; }
};

/// The frozen sites of a partition, stored where they are in the field (a slot for every site).
template <class Masks>
struct FrozenSites {
  static constexpr int variants = Masks::variants, size = Masks::frozen_size;
  LANES_HD static constexpr int site(int variant, int i) { return Masks::frozen(variant, i); }
  LANES_HD static constexpr int slot(int variant, int i) { return Masks::frozen(variant, i); }
};
static_assert(Sites<AllSites<Lattice<4>>>);
static_assert(Sites<ActiveSites<Checkerboard::Masks<Lattice<4>>>>);
static_assert(Sites<FrozenSites<Checkerboard::Masks<Lattice<4>>>>);
static_assert(Partition<Checkerboard> && Masks<Checkerboard::Masks<Lattice<4, 4>>>);
static_assert(Partition<Refinement> && Masks<Refinement::Masks<Lattice<4, 4>>>);

}  // namespace lanes
