// SPDX-License-Identifier: BSD-3-Clause
//
// adjoints<Contraction>: both adjoints of a contraction, of its parameters and of its input.
//
// A contraction is a set of static functions (backend/cpu/direct_convolution.hpp):
//   pack, unpack            parameters in, gradients out
//   forward, input_adjoint  store(lane, row, value) for each value
//   weight_adjoint          adds to a gradient
//   adjoint                 instead of weight_adjoint, where the two adjoints share work: does both
#pragma once

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
