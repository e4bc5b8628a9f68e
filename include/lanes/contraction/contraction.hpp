// SPDX-License-Identifier: BSD-3-Clause
//
// Contraction: what a backend knows best: a convolution of a stencil (stencil.hpp) or a masked
// product (masked_shape.hpp), with its adjoints. A backend's context names them,
// Convolution<Stencil> and Masked<Shape, Columns>; serial.hpp has both in plain loops. Of a
// convolution, static:
//
//   parameters, weights, gradients                       sizes: external order, packed, accumulated
//   pack(external, packed), unpack(gradient, external)   parameters in; gradients out, which are
//                                                        added
//   forward(context, packed, variant, input, store)              store(lane, row, value) for every output
//   input_adjoint(context, packed, variant, d_out, store)        the same for every input
//   weight_adjoint(context, gradient, variant, input, d_out)     adds to gradient
//   adjoint(context, packed, gradient, variant, input, d_out, store)     optional, instead of
//                                                        weight_adjoint: both, where they share work
//
// input [in][in_pitch], d_out [out][out_pitch] in rows; external: weight [out][in][taps], then
// bias.
#pragma once

#include <algorithm>

#include <lanes/core/macros.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// A store that can be told which row comes soon.
template <class Store, class Lane>
concept FetchingStore = requires(const Store& store, Lane lane) {
  store.ahead(lane, 0L);
};

/// A contraction whose two adjoints share work.
template <class Contraction, class Context, class Real, class Store>
concept JointAdjoints = requires(Context& context, const Real* packed, Real* gradient,
                                 Rows<Real> rows, const Store& store) {
  Contraction::adjoint(context, packed, gradient, 0, rows, rows, store);
};

/// As a part of a model (core/parts.hpp); initialise is for its user to say.
template <class Contraction>
struct ContractionPart : Contraction {
  static constexpr int tape_rows = 0, turns = 0;

  template <class Real>
  static void prepare(const Real* external, Real* weights) {
    Contraction::pack(external, weights);
  }
  template <class Real>
  static void collect(const Real* gradient, Real* external) {
    Contraction::unpack(gradient, external);
  }
  static void conditioned(bool* marks) { std::fill_n(marks, Contraction::parameters, true); }
};

/// Adds to gradient (skipped if null), and stores the adjoint of the input.
template <class Contraction, class Context, class Real, class Store>
LANES_INLINE void adjoints(Context& context, const Real* packed, Real* gradient, int variant,
                           Rows<Real> input, Rows<Real> d_out, const Store& store) {
  if constexpr (JointAdjoints<Contraction, Context, Real, Store>) {
    if (gradient)
      return Contraction::adjoint(context, packed, gradient, variant, input, d_out, store);
  } else {
    if (gradient) Contraction::weight_adjoint(context, gradient, variant, input, d_out);
  }
  Contraction::input_adjoint(context, packed, variant, d_out, store);
}

}  // namespace lanes
