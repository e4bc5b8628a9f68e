// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/layer/gauge_loops.hpp>
#include <lanes/geometry/gauge_masks.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/partition.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;

// A ring of two sites.
struct Dimension { static constexpr int dimension = 1; };
struct Volume { static constexpr int volume = 2; };
struct Extents { static constexpr int extents[] = {2}; };
struct Extent { static constexpr int extent(int) { return 2; } };
struct Stride { static constexpr int stride(int) { return 1; } };
struct Coordinate { static constexpr int coordinate(int site, int) { return site; } };
struct Forward { static constexpr int forward(int site, int) { return 1 - site; } };
struct Backward { static constexpr int backward(int site, int) { return 1 - site; } };
struct Shifted { static constexpr int shifted(int site, int, int by) { return (site + by) & 1; } };
struct Parity { static constexpr int parity(int site) { return site; } };
LANES_CHECK(IsGeometry, lanes::Geometry<M>);
static_assert(needs_each<IsGeometry, Dimension, Volume, Extents, Extent, Stride, Coordinate, Forward,
                         Backward, Shifted, Parity>());
static_assert(lanes::Geometry<lanes::Lattice<4, 6>> && !lanes::Geometry<int>);

// Site 0 frozen, site 1 active.
struct Variants { static constexpr int variants = 1; };
struct ActiveSize { static constexpr int active_size = 1; };
struct FrozenSize { static constexpr int frozen_size = 1; };
struct Active { static constexpr int active(int, int) { return 1; } };
struct Frozen { static constexpr int frozen(int, int) { return 0; } };
LANES_CHECK(IsMasks, lanes::Masks<M>);
static_assert(needs_each<IsMasks, Variants, ActiveSize, FrozenSize, Active, Frozen>());

struct Halves {
  template <class Geometry>
  using Masks = Model<-1, Variants, ActiveSize, FrozenSize, Active, Frozen>;
};
struct MasksOfNothing { struct Masks {}; };
static_assert(lanes::Partition<Halves> && !lanes::Partition<MasksOfNothing> &&
              !lanes::Partition<lanes::Lattice<4>>);

struct Channels { static constexpr int channels = 1; };
struct LoopSites {
  template <class Masks, class Geometry>
  struct Sites {};
};
LANES_CHECK(IsLoops, lanes::Loops<M>);
static_assert(needs_each<IsLoops, Channels, LoopSites>());
static_assert(!lanes::Loops<lanes::Checkerboard>);

}  // namespace
