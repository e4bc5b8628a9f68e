// SPDX-License-Identifier: BSD-3-Clause
//
// Transform: an invertible map of one variable, y = f(x; p), whose parameters p a network computes.
// A set of functions of packs; a user's own has these members:
//
//   required   channels                    parameters per variable
//              forward(x, p)               {y, ln|dy/dx|}
//              inverse(y, p)               {x, ln|dx/dy|}
//   optional   circular                    true: it maps the circle [0, 2 pi) onto itself, for
//                                          angles; else the line, for real numbers
//              even_channels               how many, the first, are even under x -> -x where the
//                                          others are odd: f(-x; e, -o) = -f(x; e, o), for a Z2Net
//              forward_adjoint(x, p, dy, dl, dp)   gives dx, sets dp[channels]; dl: adjoint of
//                                                  ln|dy/dx|
//              inverse_adjoint(x, p, dx, dl, dp)   gives dy, at x = inverse(y); dl: adjoint of
//                                                  ln|dx/dy|; else both are derived (adjoints.hpp)
#pragma once

#include <cstddef>

#include <lanes/core/pack.hpp>

namespace lanes {

/// A transformed variable and the logarithm of the transform's derivative.
template <class T>
struct Transformed {
  T value, log_derivative;  // y, ln|dy/dx|
};

namespace detail {

/// Named, for nvcc 13.0 fails on a requirement whose parameter has such a bound.
template <class P>
using ParametersOf = Pack<double, 1>[std::size_t(P::channels + (P::channels == 0))];

template <class P>
inline constexpr bool has_channels = false;
template <class P>
requires(P::channels >= 0) inline constexpr bool has_channels<P> = true;

}  // namespace detail

template <class P>
concept Transform = detail::has_channels<P> &&
    requires(Pack<double, 1> x, detail::ParametersOf<P>& p) {
  Transformed<Pack<double, 1>>{P::forward(x, p)};
  Transformed<Pack<double, 1>>{P::inverse(x, p)};
};

/// With adjoints of its own; those of others are derived (transform/adjoints.hpp).
template <class P>
concept TransformWithAdjoints = Transform<P> &&
    requires(Pack<double, 1> x, detail::ParametersOf<P>& p) {
  Pack<double, 1>{P::forward_adjoint(x, p, x, x, p)};
  Pack<double, 1>{P::inverse_adjoint(x, p, x, x, p)};
};

/// Of the circle [0, 2 pi) onto itself, for angles; others are of the line.
template <class P>
concept CircleTransform = Transform<P> && requires {
  requires P::circular;
};

/// Whose parameters are even or odd under x -> -x.
template <class P>
concept OddTransform = Transform<P> && requires {
  int{P::even_channels};
};

}  // namespace lanes
