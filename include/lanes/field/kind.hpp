// SPDX-License-Identifier: BSD-3-Clause
//
// What kind of field a field policy is, by what it says of itself (each optional):
//
//   static constexpr double period   its numbers are points of a circle of this circumference;
//                                    without it they are points of a line
//   static constexpr bool links      an angle on every link, rows [dimension][sites] as U1 has them
//                                    (period 2 pi); without it the numbers are those of sites
//   static constexpr bool discrete   nothing can be differentiated with respect to it
//   static constexpr bool spins      discrete, and each number is +1 or -1
//
// Layers and models ask for the kind that they are made for.
#pragma once

#include <lanes/core/angle.hpp>

namespace lanes {

template <class Field>
inline constexpr bool is_discrete = false;
template <class Field>
requires requires { requires Field::discrete; }
inline constexpr bool is_discrete<Field> = true;

/// A point of the circle [0, period).
template <class Field>
inline constexpr bool is_periodic = requires { Field::period; };

/// An angle: a point of the circle [0, 2 pi).
template <class Field>
inline constexpr bool is_angular = false;
template <class Field>
requires is_periodic<Field>
inline constexpr bool is_angular<Field> = Field::period > two_pi * (1 - 1e-14) &&
                                          Field::period < two_pi * (1 + 1e-14);

/// One number on each site.
template <class Field, class Geometry>
inline constexpr bool is_one_per_site = Field::template components<Geometry> == 1;

/// An angle on each link.
template <class Field, class Geometry>
inline constexpr bool is_links = false;
template <class Field, class Geometry>
requires requires { requires Field::links; }
inline constexpr bool is_links<Field, Geometry> =
    is_angular<Field> && Field::template components<Geometry> == Geometry::dimension;

/// +1 or -1 on each site.
template <class Field, class Geometry>
inline constexpr bool is_spins = false;
template <class Field, class Geometry>
requires requires { requires Field::spins; }
inline constexpr bool is_spins<Field, Geometry> =
    is_discrete<Field> && is_one_per_site<Field, Geometry>;

/// What every field policy has: a number of rows on a lattice, and which row is which number.
template <class Field, class Geometry>
inline constexpr bool is_field = requires {
  int{Field::template components<Geometry>};
  int{Field::template rows<Geometry>};
  Field::template row<Geometry>(0, 0);
};

/// What every geometry policy has.
template <class Geometry>
inline constexpr bool is_geometry = requires {
  int{Geometry::dimension};
  int{Geometry::volume};
  Geometry::extents;
};

}  // namespace lanes
