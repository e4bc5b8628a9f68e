// SPDX-License-Identifier: BSD-3-Clause
//
// FlowModel: a base density and a chain of layers make a density q on fields,
//
//   z ~ r,  x = f(z),  ln q(x) = ln r(z) - ln|det df/dz|
//
// with the two derivatives that estimators are made of (1904.12072, 2403.15881):
//
//   score      gradient of sum_lanes weight ln q(x) at fixed x, by the recursion that runs in the order of
//              sampling: lambda_0 = weight d ln r/dz, lambda_l from lambda_{l-1} through the adjoint of f_l^-1. It
//              needs no inverse pass and ends with weight d ln q/dx
//   pullback   adjoint of z -> (x, ln|det df/dz|)
//
// The tape [tape_rows] of draw (or of density) carries what they need; it holds z first.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/layout.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/chain.hpp>
#include <lanes/network/conditioned.hpp>

namespace lanes {

template <class ContextType, class Field, class Geometry, class Flow>
class FlowModel {
 public:
  using Context = ContextType;
  using Real = typename Context::Real;
  using Layer = typename Flow::template On<Context, Field, Geometry>;
  static constexpr int field_rows = Field::template rows<Geometry>;
  static constexpr int parameters = Layer::parameters, weights = Layer::weights;
  static constexpr int gradients = Context::aligned_size(Layer::gradients);
  static constexpr int tape_rows = field_rows + Layer::tape_rows;
  static constexpr bool reparameterizable = true;

  static void initialise(Seed seed, Real* external) {
    Initialiser random(seed);
    Layer::initialise(random, external);
  }
  static void prepare(const Real* external, Real* prepared) { Layer::prepare(external, prepared); }
  static void collect(const Real* gradient, Real* external) { Layer::collect(gradient, external); }
  static void conditioned(bool* marks) { detail::mark_conditioned<Layer>(marks); }

  /// Draws x [field_rows] and sets log_q [1]; fills the tape.
  template <class Probe = NoProbe>
  static void draw(Context& context, const Real* prepared, const RandomStream& stream, Rows<Real> x,
                   Rows<double> log_q, Rows<Real> tape, const Probe& probe = {}) {
    fill(context, log_q, 1);
    Field::template draw_base<Geometry>(context, stream, x, log_q);
    from_base(context, prepared, x, log_q, tape, probe);
  }

  /// x: base field z -> f(z);  log_q: ln r(z) -> ln q(x).
  template <class Probe = NoProbe>
  static void from_base(Context& context, const Real* prepared, Rows<Real> x, Rows<double> log_q,
                        Rows<Real> tape, const Probe& probe = {}) {
    typename Context::Scope scope(context);
    const Rows<double> log_det = context.template rows<double>(1);
    fill(context, log_det, 1);
    copy(context, x, tape, field_rows);
    detail::probed_forward<Layer>(context, prepared, 0, x, log_det, tape.from(field_rows), probe);
    context.for_each(1, Subtract{log_det, log_q});
  }

  /// x: field -> base field f^-1(x);  sets log_q = ln q(x); fills the tape.
  static void density(Context& context, const Real* prepared, Rows<Real> x, Rows<double> log_q,
                      Rows<Real> tape) {
    fill(context, log_q, 1);
    Layer::inverse(context, prepared, 0, x, log_q, tape.from(field_rows));
    copy(context, x, tape, field_rows);
    Field::template base_log_density<Geometry>(context, x, log_q);
  }

  /// After draw or density: adds sum over lanes of weight d ln q(x)/d theta to gradient (skipped if
  /// null); dx [field_rows] = weight d ln q/dx at x; x [field_rows] is set to the field.
  static void score(Context& context, const Real* prepared, Real* gradient, Rows<Real> weight,
                    Rows<Real> x, Rows<Real> dx, Rows<Real> tape) {
    copy(context, tape, x, field_rows);
    Field::template base_score<Geometry>(context, x, weight, dx);
    Layer::inverse_adjoint(context, prepared, gradient, 0, x, dx, weight, tape.from(field_rows));
  }

  /// After draw: dx, adjoint of x, becomes the adjoint of z; d_log_det [1] is the adjoint of ln|det
  /// df/dz|. Adds to gradient; x, the field, becomes z.
  static void pullback(Context& context, const Real* prepared, Real* gradient, Rows<Real> x,
                       Rows<Real> dx, Rows<Real> d_log_det, Rows<Real> tape) {
    Layer::forward_adjoint(context, prepared, gradient, 0, x, dx, d_log_det, tape.from(field_rows));
  }

  struct Subtract {  // public: a CUDA compiler names the types of kernels
    Rows<double> what, from;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
      lane.store(from, 0, lane.load(from) - lane.load(what));
    }
  };
};

}  // namespace lanes
