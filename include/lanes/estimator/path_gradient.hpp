// SPDX-License-Identifier: BSD-3-Clause
//
// PathGradient: g = (1/B) sum_i (dS/dx + d ln q/dx)(x_i) dx_i/dtheta, the reparameterization
// gradient without the explicit dependence of ln q on the parameters, whose expectation is zero
// (Vaitl et al. 2207.08219). Every sample's contribution vanishes at q = p.
//
// d ln q/dx comes from the fast recursion (2403.15881; FlowModel::score without gradients): a step
// is one forward and one adjoint of each network, and one adjoint of its inputs alone.
#pragma once

#include <lanes/estimator/estimator.hpp>

namespace lanes {

struct PathGradient {
  static constexpr bool needs_force = true;
  static constexpr const char* name = "path gradient";

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Context = typename Visit::Context;
    using Real = typename Visit::Real;
    Context& context = visit.context;
    typename Context::Scope scope(context);
    const auto x = context.template rows<Real>(Model::field_rows);
    const auto dx = context.template rows<Real>(Model::field_rows);
    const auto force = context.template rows<Real>(Model::field_rows);
    const auto q = context.template rows<double>(1), s = context.template rows<double>(1);
    const auto per_lane = context.template rows<Real>(1);
    const Share<Real> share = visit.share();
    Share<Real> no_gradient = share;
    no_gradient.gradient = nullptr;
    for (int t = 0; t < visit.tiles(); ++t) {
      visit.draw(t, share, x, q, s);
      set_force(context, visit.theory, x, force);
      fill(context, per_lane, 1, Real(1));
      Model::score(context, no_gradient, per_lane, x, dx);
      context.for_each(Model::field_rows,
                       detail::ScaledSum<Real>{force, dx, dx, static_cast<Real>(visit.scale)});
      fill(context, per_lane, 1, Real(0));
      Model::pullback(context, share, x, dx, per_lane);
    }
  }
};
static_assert(Estimator<PathGradient>);

}  // namespace lanes
