// SPDX-License-Identifier: BSD-3-Clause
//
// Contraction: what a backend knows best: a convolution of a stencil (stencil.hpp) or a masked
// product (masked_shape.hpp), with its adjoints. serial.hpp has both in plain loops, which a
// backend gets that brings none (backend/contractions.hpp).
#pragma once

#include <algorithm>

#include <lanes/core/macros.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

namespace detail {

/// Whom contractions may give what they have computed: store(lane, row, value).
struct AnyStore {
  template <class Lane, class T>
  LANES_HD void operator()(Lane, long, T) const {}
};

}  // namespace detail

/// Numbers in three layouts: external order (weight [out][in][taps], then bias), packed by prepare,
/// and accumulated in a gradient. unpack adds.
template <class C, class Real>
concept PackedContraction = requires(const Real* from, Real* to) {
  int{C::parameters};
  int{C::weights};
  int{C::gradients};
  C::pack(from, to);    // parameters -> weights
  C::unpack(from, to);  // gradients, added to parameters
};

/// One that adds to a gradient, by itself.
template <class C, class Context>
concept WeightAdjoint = requires(Context& context, typename Context::Real* gradient,
                                 Rows<typename Context::Real> rows) {
  C::weight_adjoint(context, gradient, 0, rows, rows);
};

/// One whose two adjoints share work.
template <class Contraction, class Context, class Real, class Store>
concept JointAdjoints = requires(Context& context, const Real* packed, Real* gradient,
                                 Rows<Real> rows, const Store& store) {
  Contraction::adjoint(context, packed, gradient, 0, rows, rows, store);
};

/// A convolution of a stencil; all static. input [in][in_pitch], d_out [out][out_pitch] in rows.
///
///   forward(context, packed, variant, input, store)           store(lane, row, value) all outputs
///   input_adjoint(context, packed, variant, d_out, store)     the same of all inputs
///   weight_adjoint(context, gradient, variant, input, d_out)  adds to gradient
///   adjoint(context, packed, gradient, variant, input, d_out, store)
///                                                             or, instead of the last: both,
///                                                             where they share work
template <class C, class Context>
concept ConvolutionOf = PackedContraction<C, typename Context::Real> &&
    (WeightAdjoint<C, Context> ||
     JointAdjoints<C, Context, typename Context::Real,
                   detail::AnyStore>)&&requires(Context& context,
                                                const typename Context::Real* packed,
                                                Rows<typename Context::Real> rows,
                                                const detail::AnyStore& store) {
  C::forward(context, packed, 0, rows, store);
  C::input_adjoint(context, packed, 0, rows, store);
};

/// A masked product of a shape, times columns; all static. in [inputs][columns], out
/// [outputs][columns] in rows.
///
///   rectangle(context, packed, t, in, out)       outputs of block t from what earlier blocks hold
///   triangle(packed, t)                          where the weights of block t's own inputs lie:
///                                                weight[i * in_step + output * out_step]
///   input_adjoint(context, packed, d_out, d_in)  sets d_in
///   weight_adjoint(context, gradient, in, d_out) adds to gradient
///   row_sums(context, into, from, n)             into[r] += sum of row group r over columns, lanes
template <class C, class Context>
concept MaskedProductOf = PackedContraction<C, typename Context::Real> &&
    requires(Context& context, const typename Context::Real* packed,
             typename Context::Real* gradient, Rows<typename Context::Real> rows) {
  C::rectangle(context, packed, 0, rows, rows);
  packed = C::triangle(packed, 0).weight;
  int{C::triangle(packed, 0).in_step};
  int{C::triangle(packed, 0).out_step};
  C::input_adjoint(context, packed, rows, rows);
  C::weight_adjoint(context, gradient, rows, rows);
  C::row_sums(context, gradient, rows, 1);
};

/// A store that can be told which row comes soon.
template <class Store, class Lane>
concept FetchingStore = requires(const Store& store, Lane lane) {
  store.ahead(lane, 0L);
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
