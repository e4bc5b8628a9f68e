// SPDX-License-Identifier: BSD-3-Clause
//
// Field: what the degrees of freedom of a configuration are. A policy with
//
//   components<Geometry>, rows<Geometry>                   numbers on a site, of a configuration
//   row<Geometry>(site, component)                         which row a number is
//   draw_base<Geometry>(context, stream, z, log_density)   z ~ r, the base density; adds ln r(z)
//   base_log_density<Geometry>(context, z, log_density)    adds ln r(z)
//   base_score<Geometry>(context, z, weight, dz)           dz = weight d ln r/dz, unless discrete
//   check(values)                                          throws unless they are such; optional
//   fold<Geometry>(context, x)                             back into their range; optional
//
// and what it says of itself, each optional:
//
//   static constexpr double period  its numbers are points of a circle of this circumference;
//                                   without it they are points of a line
//   static constexpr bool links     an angle on every link, rows [dimension][sites] as U1 has them
//                                   (period 2 pi); without it the numbers are those of sites
//   struct Shown                    networks see a number x as show(x): an angle as its cosine and
//                                   sine
//   static constexpr bool discrete  nothing can be differentiated with respect to it
//   static constexpr bool spins     discrete, and each number is +1 or -1
//
// Layers, models and observables ask for the kind that they are made for: the concepts below.
#pragma once

#include <span>

#include <lanes/core/angle.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

template <class F, class Geometry>
concept Field = requires {
  int{F::template components<Geometry>};
  int{F::template rows<Geometry>};
  int{F::template row<Geometry>(0, 0)};
};

/// Nothing can be differentiated with respect to it.
template <class F>
concept DiscreteField = requires {
  requires F::discrete;
};

/// Points of a circle [0, period).
template <class F>
concept PeriodicField = requires {
  double{F::period};
};

/// Angles: points of the circle [0, 2 pi).
template <class F>
concept AngularField =
    PeriodicField<F> && F::period > two_pi*(1 - 1e-14) && F::period < two_pi*(1 + 1e-14);

/// Numbers that networks see as several others each, F::Shown: channels, show(x, seen), adjoint(x,
/// d).
template <class F>
concept ShownField = requires {
  int{F::Shown::channels};
};

/// N numbers on each site.
template <class F, class Geometry, int N = 1>
concept SiteField = Field<F, Geometry> && F::template components<Geometry> == N;

/// An angle on each link.
template <class F, class Geometry>
concept LinkField = AngularField<F> && SiteField<F, Geometry, Geometry::dimension> && requires {
  requires F::links;
};

/// +1 or -1 on each site.
template <class F, class Geometry>
concept SpinField = DiscreteField<F> && SiteField<F, Geometry> && requires {
  requires F::spins;
};

namespace detail {

template <class F, class Value>
concept ChecksValues = requires(std::span<const Value> values) {
  F::check(values);
};
template <class F, class Geometry, class Context, class Real>
concept FoldsBack = requires(Context& context, Rows<Real> x) {
  F::template fold<Geometry>(context, x);
};

/// Throws where a field has something to say against its values.
template <class F, class Value>
void check_values([[maybe_unused]] std::span<const Value> values) {
  if constexpr (ChecksValues<F, Value>) F::check(values);
}

/// Brings x back into the range of its numbers, where they have one.
template <class F, class Geometry, class Context, class Real>
void fold([[maybe_unused]] Context& context, [[maybe_unused]] Rows<Real> x) {
  if constexpr (FoldsBack<F, Geometry, Context, Real>) F::template fold<Geometry>(context, x);
}

}  // namespace detail

}  // namespace lanes
