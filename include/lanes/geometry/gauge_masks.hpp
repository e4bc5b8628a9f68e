// SPDX-License-Identifier: BSD-3-Clause
//
// Masks of a gauge-equivariant coupling on a two-dimensional lattice (Kanwar et al. 2003.06413;
// Albergo et al. 2101.08176): a partition of the plaquettes, numbered by their site, in active
// ones, which the layer changes through the link theta_mu of the same site, frozen ones, which the
// network sees, and passive ones, which follow. With nu = 1 - mu, for layer i:
//
//   StripeMasks     mu = i mod 2, off = (i div 2) mod 4. Active x_nu = off, frozen x_nu = off + 1,
//                   off + 2 (mod 4)
//   SweepMasks      the same with mu = (i div 4) mod 2, off = 3 - i mod 4
//   SchwingerMasks  mu = (i div 4) mod 2, off = i mod 4. Active x_mu = off + 2 (x_nu mod 2) (mod
//                   4), frozen x_mu = off + 1 (mod 2)
//
// The move of a link changes the plaquettes on both its sides, an active and a passive one. In a
// sweep the active plaquettes of a layer are the passive ones of the layer before: what a layer has
// set no other changes until the sweep turns. StripeMasks go the other way, so that each layer
// undoes what the one before it in the same direction has done. SweepMasks learn faster.
//
// A quarter of the plaquettes is active, a half frozen. No frozen plaquette, and no frozen loop of
// 2 x 1 that is long in loop_direction, has an active link. Besides what a partition has
// (geometry/partition.hpp), masks have
//
//   direction(variant)       mu, the direction of the active links
//   loop_direction(variant)  the long direction of the 2 x 1 loops that a network may see, on
//                            frozen sites
//
// Active sites that are whole lines, the i-th with x_mu = i mod extent(mu) (stripes, sweeps), make
// for faster convolutions.
#pragma once

#include <lanes/geometry/partition.hpp>

namespace lanes {

namespace detail {

template <class Geometry>
struct QuarterMasks {
  static_assert(
      [] {
        if (Geometry::dimension != 2) return false;
        for (int e : Geometry::extents)
          if (e % 4 != 0) return false;
        return true;
      }(),
      "lanes: gauge masks repeat after four sites: they need a two-dimensional Lattice whose "
      "extents are multiples of 4.");
  static constexpr int variants = 8;
  static constexpr int active_size = Geometry::volume / 4, frozen_size = Geometry::volume / 2;

 protected:
  /// The site with coordinate a along `direction` (any integer), b along the other.
  LANES_HD static constexpr int site(int direction, int a, int b) {
    const int x = a % Geometry::extent(direction);
    return direction == 0 ? x * Geometry::extent(1) + b : b * Geometry::extent(1) + x;
  }
};

}  // namespace detail

struct StripeMasks {
  template <class Geometry>
  struct Masks : detail::QuarterMasks<Geometry> {
    LANES_HD static constexpr int direction(int variant) { return variant % 2; }
    LANES_HD static constexpr int loop_direction(int variant) { return direction(variant); }
    LANES_HD static constexpr int active(int variant, int i) {
      const int mu = direction(variant), e = Geometry::extent(mu);
      return Masks::site(1 - mu, variant / 2 % 4 + 4 * (i / e), i % e);
    }
    LANES_HD static constexpr int frozen(int variant, int i) {
      const int mu = direction(variant), e = Geometry::extent(mu), k = i / e;
      return Masks::site(1 - mu, variant / 2 % 4 + 1 + k % 2 + 4 * (k / 2), i % e);
    }
  };
};

struct SweepMasks {
  template <class Geometry>
  struct Masks : detail::QuarterMasks<Geometry> {
    LANES_HD static constexpr int direction(int variant) { return variant / 4 % 2; }
    LANES_HD static constexpr int loop_direction(int variant) { return direction(variant); }
    LANES_HD static constexpr int active(int variant, int i) {
      return Stripes::active(stripe(variant), i);
    }
    LANES_HD static constexpr int frozen(int variant, int i) {
      return Stripes::frozen(stripe(variant), i);
    }

   private:
    using Stripes = StripeMasks::Masks<Geometry>;
    // The variant of StripeMasks with the same direction and off.
    LANES_HD static constexpr int stripe(int variant) {
      return direction(variant) + 2 * (3 - variant % 4);
    }
  };
};

struct SchwingerMasks {
  template <class Geometry>
  struct Masks : detail::QuarterMasks<Geometry> {
    LANES_HD static constexpr int direction(int variant) { return variant / 4 % 2; }
    LANES_HD static constexpr int loop_direction(int variant) { return 1 - direction(variant); }
    LANES_HD static constexpr int active(int variant, int i) {
      const int mu = direction(variant), e = Geometry::extent(1 - mu), x_nu = i % e;
      return Masks::site(mu, variant % 4 + 2 * (x_nu % 2) + 4 * (i / e), x_nu);
    }
    LANES_HD static constexpr int frozen(int variant, int i) {
      const int mu = direction(variant), e = Geometry::extent(1 - mu);
      return Masks::site(mu, (variant + 1) % 2 + 2 * (i / e), i % e);
    }
  };
};
static_assert(Partition<StripeMasks> && lanes::Masks<StripeMasks::Masks<Lattice<4, 4>>>);
static_assert(Partition<SweepMasks> && lanes::Masks<SweepMasks::Masks<Lattice<4, 4>>>);
static_assert(Partition<SchwingerMasks> && lanes::Masks<SchwingerMasks::Masks<Lattice<4, 4>>>);

}  // namespace lanes
