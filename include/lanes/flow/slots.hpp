// SPDX-License-Identifier: BSD-3-Clause
//
// What the slots of layers take, by the shape of a policy:
//
//   is_layer       an inner template On<Context, Field, Geometry>                (flow/coupling.hpp)
//   is_partition   an inner template On<Geometry>                                (geometry/partition.hpp)
//   is_network     On<Context, Geometry, In, Out, Inputs, Outputs>, or For<Transform> with such
//   is_transform   channels and forward(x, parameters)                           (flow/affine.hpp)
//   is_circular    a transform that says circular = true: of the circle; else it is one of the line
//
// A layer asks once, accepts<Field, Geometry>(): one static_assert a slot; NoLayer takes the place
// of what was refused, so that a compiler says the sentence and little more.
#pragma once

#include <cstddef>

#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/kind.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

namespace detail {

template <template <class, class, class> class>
struct OfLayer;
template <template <class> class>
struct OfPartition;
template <template <class, class> class>
struct OfLoops;
template <template <class, class, int, int, class, class> class>
struct OfNetwork;

/// A layer that does nothing.
template <class Context>
struct NoLayer {
  using Real = typename Context::Real;
  static constexpr int positions = 0, parameters = 0, weights = 0, gradients = 0, tape_rows = 0;
  static void initialise(Initialiser&, Real*) {}
  static void prepare(const Real*, Real*) {}
  static void collect(const Real*, Real*) {}
  static void forward(Context&, const Real*, int, Rows<Real>, Rows<double>, Rows<Real>) {}
  static void inverse(Context&, const Real*, int, Rows<Real>, Rows<double>, Rows<Real>) {}
  static void forward_adjoint(Context&, const Real*, Real*, int, Rows<Real>, Rows<Real>, Rows<Real>,
                              Rows<Real>) {}
  static void inverse_adjoint(Context&, const Real*, Real*, int, Rows<Real>, Rows<Real>, Rows<Real>,
                              Rows<Real>) {}
};

/// Named, for nvcc 13.0 fails on a requirement whose parameter has such a bound.
template <class P>
using ParametersOf = Pack<double, 1>[std::size_t(P::channels + (P::channels == 0))];

}  // namespace detail

template <class P>
inline constexpr bool is_layer = requires { typename detail::OfLayer<P::template On>; };
template <class P>
inline constexpr bool is_partition = requires { typename detail::OfPartition<P::template On>; };
template <class P>
inline constexpr bool is_loops = requires {
  typename detail::OfLoops<P::template On>;
  int{P::channels};
};
template <class P>
inline constexpr bool is_network = requires { typename detail::OfNetwork<P::template On>; } ||
                                   requires { typename detail::OfPartition<P::template For>; };

template <class P>
inline constexpr bool is_transform = false;
template <class P>
requires(P::channels >= 0) inline constexpr bool is_transform<P> =
    requires(Pack<double, 1> x, detail::ParametersOf<P>& parameters) {
  P::forward(x, parameters).log_derivative;
};

template <class Transform>
inline constexpr bool is_circular = requires { requires Transform::circular; };

}  // namespace lanes
