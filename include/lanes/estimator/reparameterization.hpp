// SPDX-License-Identifier: BSD-3-Clause
//
// Reparameterization: g = grad of (1/B) sum_i s_i with x = f(z) differentiated through, s = ln q +
// S (Albergo et al. 1904.12072). One forward and one adjoint of each network a step.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/estimator/estimator.hpp>

namespace lanes {

struct Reparameterization {
  static constexpr bool needs_force = true;
  static constexpr const char* name = "Reparameterization";

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Real = typename Visit::Real;
    const typename Visit::Tile tile(visit);
    const Real scale = static_cast<Real>(visit.scale);
    for (int t = 0; t < visit.tiles(); ++t) {
      visit.draw(t, tile);
      set_force(visit.context, visit.theory, tile.x, tile.dx);
      visit.context.for_each(Model::field_rows, ScaleRows<Real>{tile.dx, scale});
      fill(visit.context, tile.per_lane, 1, -scale);  // s holds -ln|det df/dz|
      Model::pullback(visit.context, tile.share, tile.x, tile.dx, tile.per_lane);
    }
  }
};
static_assert(Estimator<Reparameterization>);

}  // namespace lanes
