// SPDX-License-Identifier: BSD-3-Clause
//
// Model: a density q on fields with parameters, bound to a setting: what a flow becomes
// (model/flow_model.hpp) and what an autoregressive policy brings. A part (core/parts.hpp) with
//
//   field_rows, untrained, reparameterizable    rows of a field; parameters, the last ones, that
//                                               are the theory's own; whether it has a pullback
//   draw(context, share, stream, x, log_q)      draws x [field_rows]; sets log_q [1] and the tape
//   density(context, share, x, log_q)           sets log_q = ln q(x), fills the tape; may move x
//   score(context, share, weight, x, dx)        after either: adds the sum over lanes of weight
//                                               d ln q/d parameters to share.gradient; x becomes
//                                               the field; dx = weight d ln q/dx, unless discrete
//   pullback(context, share, x, dx, d_log_det)  after draw: dx, adjoint of x, becomes that of the
//                                               base field; of a reversible model
#pragma once

#include <lanes/core/parts.hpp>
#include <lanes/core/random.hpp>

namespace lanes {

template <class M>
concept Model = Part<M, typename M::Real> &&
    requires(typename M::Context& context, Share<typename M::Real> share, RandomStream stream,
             Rows<typename M::Real> x, Rows<double> log_q) {
  int{M::field_rows};
  int{M::untrained};
  bool{M::reparameterizable};
  M::draw(context, share, stream, x, log_q);
  M::density(context, share, x, log_q);
  M::score(context, share, x, x, x);
};

/// One whose draw can be differentiated.
template <class M>
concept ReversibleModel = Model<M> && M::reparameterizable &&
    requires(typename M::Context& context, Share<typename M::Real> share,
             Rows<typename M::Real> x) {
  M::pullback(context, share, x, x, x);
};

}  // namespace lanes
