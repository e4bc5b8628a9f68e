// SPDX-License-Identifier: BSD-3-Clause
//
// Layer: an invertible map of a field, x = f(z), with ln|det df/dz|. A policy with an inner
// template Layer<Setting>, bound to where it runs and on what, which is a part of a model
// (core/parts.hpp) and has
//
//   move<way>(context, share, x, log_det)           x becomes f(x) (forward) or f^-1(x) (inverse);
//                                                   adds ln|det| of the map that was run to log_det
//                                                   [1]
//   adjoint<way>(context, share, x, dx, d_log_det)  after move<way>, with the tape that it left, h
//                                                   the map that was run: x: h(y) -> y;  dx:
//                                                   adjoint of h(y) -> of y; d_log_det [1]: adjoint
//                                                   of ln|det| of h; adds to share.gradient unless
//                                                   null
//
// x, dx are [Field::rows<Geometry>]. Optional:
//
//   accepts<Field, Geometry>()    of the policy: whether it is for them; static_asserts say why not
//   move<Way::forward>(.., probe)      calls probe(x) after each layer that it is made of
//   refill(context, share, x)     leaves the tape of move<Way::forward>, x stays
//
//   struct Shift {                                    // y = x + a: a whole layer
//     template <class Setting>
//     struct Layer : lanes::Sized<1> { .. };
//   };
//
// A layer that holds others binds them by LayerOf<Policy, Setting>: NoLayer takes the place of what
// was refused, so that a compiler says the sentence and little more.
#pragma once

#include <lanes/core/parts.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/setting.hpp>

namespace lanes {

namespace detail {

template <template <class> class>
struct OfOneClass;

}  // namespace detail

template <class P>
concept Layer = requires {
  typename detail::OfOneClass<P::template Layer>;
};

/// What probes a flow while it is run: called as probe(x) after each layer. This one listens to
/// nothing.
struct NoProbe {
  template <class Real>
  void operator()(Rows<Real>) const {}
};

/// A layer in its setting.
template <class L, class Context>
concept BoundLayer = Part<L, typename Context::Real> &&
    requires(Context& context, Share<typename Context::Real> share, Rows<typename Context::Real> x,
             Rows<double> log_det) {
  L::template move<Way::forward>(context, share, x, log_det);
  L::template move<Way::inverse>(context, share, x, log_det);
  L::template adjoint<Way::forward>(context, share, x, x, x);
  L::template adjoint<Way::inverse>(context, share, x, x, x);
};

/// A layer made of layers, which can be probed.
template <class L, class Context>
concept ProbedLayer = requires(Context& context, Share<typename Context::Real> share,
                               Rows<typename Context::Real> x, Rows<double> log_det) {
  L::template move<Way::forward>(context, share, x, log_det, NoProbe{});
};

/// A layer that can leave its tape without moving the field.
template <class L, class Context>
concept RefillableLayer = requires(Context& context, Share<typename Context::Real> share,
                                   Rows<typename Context::Real> x) {
  L::refill(context, share, x);
};

/// A layer that does nothing.
template <class S>
struct NoLayer : Sized<0> {
  using Context = typename S::Context;
  using Real = typename S::Real;
  template <Way>
  static void move(Context&, Share<Real>, Rows<Real>, Rows<double>) {}
  template <Way>
  static void adjoint(Context&, Share<Real>, Rows<Real>, Rows<Real>, Rows<Real>) {}
};

namespace detail {

/// A layer, to ask of those that hold others whether they are one.
struct AnyLayer {
  template <class S>
  using Layer = NoLayer<S>;
};

template <class P, class S>
concept Accepting = requires {
  P::template accepts<typename S::Field, typename S::Geometry>();
};

template <class P, class S>
constexpr bool accepts_setting() {
  if constexpr (!lanes::Layer<P>)
    return false;
  else if constexpr (Accepting<P, S>)
    return P::template accepts<typename S::Field, typename S::Geometry>();
  else
    return true;
}

template <class P, class S, bool = accepts_setting<P, S>()>
struct BindLayer {
  static_assert(
      lanes::Layer<P>,
      "lanes: a layer is expected here, and this is none, or its header is not included; see "
      "lanes/layer/layer.hpp.");
  using Type = NoLayer<S>;
};
template <class P, class S>
struct BindLayer<P, S, true> {
  using Type = typename P::template Layer<S>;
};

/// move<way>, which tells the probe what it has done on its way.
template <Way way, class L, class Context, class Real, class Probe>
void probed_move(Context& context, const Share<Real>& share, Rows<Real> x, Rows<double> log_det,
                 const Probe& probe) {
  if constexpr (way == Way::forward && ProbedLayer<L, Context>) {
    L::template move<way>(context, share, x, log_det, probe);
  } else {
    L::template move<way>(context, share, x, log_det);
    probe(x);
  }
}

}  // namespace detail

/// The layer of a policy in a setting.
template <class Policy, class S>
using LayerOf = typename detail::BindLayer<Policy, S>::Type;

}  // namespace lanes
