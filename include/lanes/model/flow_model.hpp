// SPDX-License-Identifier: BSD-3-Clause
//
// FlowModel: a base density and a chain of layers make a density q on fields,
//
//   z ~ r,  x = f(z),  ln q(x) = ln r(z) - ln|det df/dz|
//
// with the two derivatives that estimators are made of (1904.12072, 2403.15881):
//
//   score     gradient of sum_lanes weight ln q(x) at fixed x, by the recursion that runs in the
//             order of sampling: lambda_0 = weight d ln r/dz, lambda_l from lambda_{l-1} through
//             the adjoint of f_l^-1. It needs no inverse pass and ends with weight d ln q/dx
//   pullback  adjoint of z -> (x, ln|det df/dz|)
//
// The tape that draw (or density) fills carries what they need; it holds z first.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/random.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/layer.hpp>

namespace lanes {

template <class S, class Flow>
class FlowModel
    : public Parts<typename S::Context, TapeRows<S::Field::template rows<typename S::Geometry>>,
                   LayerOf<Flow, S>> {
 public:
  using Context = typename S::Context;
  using Real = typename S::Real;
  using Field = typename S::Field;
  using Geometry = typename S::Geometry;
  static constexpr int field_rows = Field::template rows<Geometry>;
  static constexpr bool reparameterizable = true;
  static constexpr int untrained = 0;  // parameters that are the theory's own

  /// Draws x [field_rows] and sets log_q [1]; fills the tape.
  template <class Probe = NoProbe>
  static void draw(Context& context, const Share<Real>& share, const RandomStream& stream,
                   Rows<Real> x, Rows<double> log_q, const Probe& probe = {}) {
    fill(context, log_q, 1);
    Field::template draw_base<Geometry>(context, stream, x, log_q);
    from_base(context, share, x, log_q, probe);
  }

  /// x: base field z -> f(z);  log_q: ln r(z) -> ln q(x).
  template <class Probe = NoProbe>
  static void from_base(Context& context, const Share<Real>& share, Rows<Real> x,
                        Rows<double> log_q, const Probe& probe = {}) {
    typename Context::Scope scope(context);
    const Rows<double> log_det = context.template rows<double>(1);
    fill(context, log_det, 1);
    copy(context, x, share.tape, field_rows);
    detail::probed_move<Way::forward, Layers>(context, of_layers(share), x, log_det, probe);
    context.for_each(1, SubtractRows<double>{log_det, log_q});
  }

  /// x: field -> base field f^-1(x);  sets log_q = ln q(x); fills the tape.
  static void density(Context& context, const Share<Real>& share, Rows<Real> x,
                      Rows<double> log_q) {
    fill(context, log_q, 1);
    Layers::template move<Way::inverse>(context, of_layers(share), x, log_q);
    copy(context, x, share.tape, field_rows);
    Field::template base_log_density<Geometry>(context, x, log_q);
  }

  /// After draw or density: adds sum over lanes of weight d ln q(x)/d theta to share.gradient
  /// (skipped if null); dx [field_rows] = weight d ln q/dx at x; x [field_rows] is set to the
  /// field.
  static void score(Context& context, const Share<Real>& share, Rows<Real> weight, Rows<Real> x,
                    Rows<Real> dx) {
    copy(context, share.tape, x, field_rows);
    Field::template base_score<Geometry>(context, x, weight, dx);
    Layers::template adjoint<Way::inverse>(context, of_layers(share), x, dx, weight);
  }

  /// After draw: dx, adjoint of x, becomes the adjoint of z; d_log_det [1] is the adjoint of ln|det
  /// df/dz|. Adds to share.gradient; x, the field, becomes z.
  static void pullback(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                       Rows<Real> d_log_det) {
    Layers::template adjoint<Way::forward>(context, of_layers(share), x, dx, d_log_det);
  }

 private:
  using Layers = LayerOf<Flow, S>;
  static Share<Real> of_layers(const Share<Real>& share) {
    return share.at(FlowModel::template offset<1>);
  }
};

}  // namespace lanes
