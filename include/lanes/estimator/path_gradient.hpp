// SPDX-License-Identifier: BSD-3-Clause
//
// PathGradient: g = (1/B) sum_i (dS/dx + d ln q/dx)(x_i) dx_i/dtheta, the reparameterization
// gradient without the explicit dependence of ln q on the parameters, whose expectation is zero
// (Vaitl et al. 2207.08219). Every sample's contribution vanishes at q = p.
//
// d ln q/dx comes from the fast recursion (2403.15881; FlowModel::score without gradients): a step
// is one forward and one adjoint of each network, and one adjoint of its inputs alone.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/estimator/estimator.hpp>

namespace lanes {

struct PathGradient {
  static constexpr bool needs_force = true;
  static constexpr const char* name = "path gradient";

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Real = typename Visit::Real;
    auto& context = visit.context;
    const typename Visit::Tile tile(visit);
    Share<Real> no_gradient = tile.share;
    no_gradient.gradient = nullptr;
    const auto force = context.template rows<Real>(Model::field_rows);
    for (int t = 0; t < visit.tiles(); ++t) {
      visit.draw(t, tile);
      set_force(context, visit.theory, tile.x, force);
      fill(context, tile.per_lane, 1, Real(1));
      Model::score(context, no_gradient, tile.per_lane, tile.x, tile.dx);
      context.for_each(Model::field_rows,
                       ScaledSum<Real>{force, tile.dx, tile.dx, static_cast<Real>(visit.scale)});
      fill(context, tile.per_lane, 1, Real(0));
      Model::pullback(context, tile.share, tile.x, tile.dx, tile.per_lane);
    }
  }
};
static_assert(Estimator<PathGradient>);

}  // namespace lanes
