// SPDX-License-Identifier: BSD-3-Clause
//
// Multiscale<Levels, Level, Coarsest, Blocking>: a flow from coarse to fine. Level k = Levels - 1,
// .., 0 acts on a lattice of extents E_mu / 2^k; the coarsest by the layer Coarsest, each of the
// others by a Level with parameters of its own. ln q is the sum of the levels', and a constant
// number of couplings per level carries correlations over L in log2 L levels. Levels are the same
// kind of layer on every lattice, so that parameters trained at L start a training at 2L
// (training/transfer.hpp).
//
// Blocking says what the field on a coarser lattice is:
//
//   Sublattice  the sites of spacing 2^k (decimation): a Level that begins with a
//               Coupling<Refinement, ...> draws the new sites given the coarser field
//   LongWaves   the waves with |k_mu| <= pi / 2^k: after a FreeFieldBase, which has put the
//               Gaussian correlations there, each level corrects its waves and leaves the shorter
//               ones alone
//
//   using Level = Repeat<4, Coupling<Checkerboard, Cubic, Network>>;
//   using Flow  = Chain<FreeFieldBase, Multiscale<3, Level, Level, LongWaves>, Level>;
//
// With a Z2Net (network/z2_net.hpp) in every coupling all levels are odd, f(-z) = -f(z), and ln q
// even.
//
// Compare 2203.10989 for spins, 2412.12842 and 2404.10819 for fields.
#pragma once

#include <type_traits>
#include <utility>

#include <lanes/field/field.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/coarse.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/sublattice.hpp>

namespace lanes {

template <int Levels, class Level, class Coarsest, template <int, class> class Blocking>
struct Multiscale {
  static_assert(Levels >= 1, "lanes: Multiscale<Levels, Level> needs at least one level.");
  static_assert(lanes::Layer<Level> && lanes::Layer<Coarsest>,
                "lanes: Multiscale<Levels, Level, Coarsest>: the second and third are layers, such "
                "as Repeat<4, Coupling<...>>.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool one = SiteField<Field, Geometry>;
    constexpr bool halves = detail::extents_divide<Geometry>(1 << (Levels - 1));
    static_assert(one, "lanes: Multiscale takes sites, so its Field has one number per site.");
    static_assert(
        halves,
        "lanes: Multiscale<Levels, Level> halves the extents Levels - 1 times, so they are "
        "multiples of 2^(Levels - 1).");
    return one && halves && lanes::Layer<Level> && lanes::Layer<Coarsest>;
  }

  template <class Sequence>
  struct Stages;
  /// Levels K, from coarse to fine.
  template <int... K>
  struct Stages<std::integer_sequence<int, K...>> {
    /// The chain of them.
    using Type =
        Chain<Blocking<(1 << (Levels - 1 - K)), std::conditional_t<K == 0, Coarsest, Level>>...>;
  };

  template <class S>
  using Layer = LayerOf<typename Stages<std::make_integer_sequence<int, Levels>>::Type, S>;
};
static_assert(Layer<Multiscale<2, detail::AnyLayer>>);

}  // namespace lanes
