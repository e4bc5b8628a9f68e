// SPDX-License-Identifier: BSD-3-Clause
//
// The loops that the network of a gauge coupling sees, as channels on sites; none has a link that
// the layer moves:
//
//   Plaquettes                on the frozen sites cos P, sin P
//   PlaquettesAndRectangles   and cos R_0, cos R_1, sin R_0, sin R_1,  R_a: the 2 x 1 loop long in
//                             direction a,
//     theta_a(x) + theta_a(x + a) + theta_b(x + 2 a)
//       - theta_a(x + a + b) - theta_a(x + b) - theta_b(x);
//     of the two directions the masks show one, the other is hidden
//   PlaquettesAndEnclosures   and on the active sites cos E, sin E,  E: the 2 x 1 loop around the
//                             active
//     link, the sum of the two plaquettes that its move changes
//
// With enclosures a network sees every gauge-invariant angle that the layer leaves as it is, so
// that the conditional density of an active plaquette is a function of what it sees.
//
// A hidden angle enters a convolution as 0: cosine 1, sine 0. The ones are the same everywhere, so
// that the rows hold cosine minus one and the first contraction adds the ones through its bias
// (Inputs::ones, contraction/stencil.hpp). A DenseNet gets cosine minus one, of the sites shown
// only.
//
// A user's own has channels and Sites<Masks, Geometry>: a set of sites (geometry/partition.hpp),
// ones, and
//
//   plaquette(i)  whether the i-th site shows its plaquette, in channels 0 and 1
//   rectangles    whether there are any, and then, of variants of the masks:
//   rectangle(i)  whether the i-th site shows a rectangle; base(variant, i): its site;
//                 along(variant): its long direction; cosine(variant), sine(variant): its channels
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes {

namespace detail {

template <template <class, class> class>
struct OfMasks;

}  // namespace detail

template <class P>
concept Loops = requires {
  typename detail::OfMasks<P::template Sites>;
  int{P::channels};
};

struct Plaquettes {
  static constexpr int channels = 2;

  template <class Masks, class Geometry>
  struct Sites : FrozenSites<Masks> {
    static constexpr unsigned ones = 0b01;
    static constexpr bool rectangles = false;
    LANES_HD static constexpr bool plaquette(int) { return true; }
  };
};

struct PlaquettesAndRectangles {
  static constexpr int channels = 6;

  template <class Masks, class Geometry>
  struct Sites : FrozenSites<Masks> {
    static constexpr unsigned ones = 0b001101;
    static constexpr bool rectangles = true;
    LANES_HD static constexpr bool plaquette(int) { return true; }
    LANES_HD static constexpr bool rectangle(int) { return true; }
    LANES_HD static constexpr int base(int variant, int i) { return Masks::frozen(variant, i); }
    LANES_HD static constexpr int along(int variant) { return Masks::loop_direction(variant); }
    LANES_HD static constexpr int cosine(int variant) { return 2 + along(variant); }
    LANES_HD static constexpr int sine(int variant) { return 4 + along(variant); }
  };
};

struct PlaquettesAndEnclosures {
  static constexpr int channels = 4;

  template <class Masks, class Geometry>
  struct Sites {
    static constexpr int variants = Masks::variants;
    static constexpr int size = Masks::frozen_size + Masks::active_size;
    LANES_HD static constexpr int site(int variant, int i) {
      return plaquette(i) ? Masks::frozen(variant, i)
                          : Masks::active(variant, i - Masks::frozen_size);
    }
    LANES_HD static constexpr int slot(int variant, int i) { return site(variant, i); }

    static constexpr unsigned ones = 0b0101;
    static constexpr bool rectangles = true;
    LANES_HD static constexpr bool plaquette(int i) { return i < Masks::frozen_size; }
    LANES_HD static constexpr bool rectangle(int i) { return !plaquette(i); }
    LANES_HD static constexpr int base(int variant, int i) {
      return Geometry::backward(site(variant, i), along(variant));
    }
    LANES_HD static constexpr int along(int variant) { return 1 - Masks::direction(variant); }
    LANES_HD static constexpr int cosine(int) { return 2; }
    LANES_HD static constexpr int sine(int) { return 3; }
  };
};
static_assert(Loops<Plaquettes> && Loops<PlaquettesAndRectangles> &&
              Loops<PlaquettesAndEnclosures>);

}  // namespace lanes
