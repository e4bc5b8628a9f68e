// SPDX-License-Identifier: BSD-3-Clause
//
// Network: a function of lattice fields with trained parameters, from `in` channels on the sites
// Inputs to `out` channels on the sites Outputs. A policy with an inner template Network<Setting>,
// bound to where it runs and between what (NetworkSetting), which is a part of a model
// (core/parts.hpp) and has
//
//   outputs, pitch    rows of the output, [out][pitch]; site i of Outputs in row i of a channel
//   forward(context, share, input, output)
//                     sets output; fills the tape
//   adjoint(context, share, input, output, d_output, store)
//                     d_output: adjoint of output, destroyed; adds to share.gradient unless null;
//                     calls store(lane, input row, value) with the adjoint of the input
//
// input: rows [in][slots] of Inputs (contraction/stencil.hpp). share.turn is the variant of the
// masks. Optional:
//
//   fits<Geometry>    of the policy: whether it can work on a lattice
//   odd               of the policy: whether output(-x) = -output(x)
#pragma once

#include <lanes/core/parts.hpp>

namespace lanes {

/// Where a network runs and between what. Transform: what its outputs are parameters of, or void.
template <class ContextType, class GeometryType, int In, int Out, class InputSites,
          class OutputSites, class TransformType = void>
struct NetworkSetting {
  using Context = ContextType;
  using Real = typename Context::Real;
  using Geometry = GeometryType;
  using Inputs = InputSites;
  using Outputs = OutputSites;
  using Transform = TransformType;
  static constexpr int in = In, out = Out;
  /// The same between others.
  template <int OtherIn, int OtherOut>
  using Between =
      NetworkSetting<Context, Geometry, OtherIn, OtherOut, Inputs, Outputs, TransformType>;
};

namespace detail {

template <template <class> class>
struct OfNetworkSetting;

}  // namespace detail

template <class P>
concept Network = requires {
  typename detail::OfNetworkSetting<P::template Network>;
};

namespace detail {

/// A network, to ask of those that hold one what they are.
struct AnyNetwork {
  template <class S>
  struct Network;
};

}  // namespace detail

/// The network of a policy in a setting.
template <class Policy, class Context, class Geometry, int In, int Out, class Inputs, class Outputs,
          class Transform = void>
using NetworkOf = typename Policy::template Network<
    NetworkSetting<Context, Geometry, In, Out, Inputs, Outputs, Transform>>;

/// Whether a network can work on a lattice; one that does not say so can.
template <class Policy, class Geometry>
inline constexpr bool fits_lattice = true;
/// What one that says so says.
template <class Policy, class Geometry>
requires requires { Policy::template fits<Geometry>; }
inline constexpr bool fits_lattice<Policy, Geometry> = Policy::template fits<Geometry>;

}  // namespace lanes
