// SPDX-License-Identifier: BSD-3-Clause
//
// Reinforce: g = (1/B) sum_i (s_i - b_i) grad ln q(x_i),  b_i = mean of s over the other lanes of
// i's group (Wu et al. 1809.10606; for flows Bialas et al. 2202.01314, 2308.13294). The action is
// never differentiated.
//
// One forward and one adjoint of each network a step, no inverse pass (FlowModel::score). The price
// of a baseline from 31 other lanes is a factor 1 + 1/31 on the variance of the signal part (1 +
// 1/15 where the batch is below 128).
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/estimator/estimator.hpp>

namespace lanes {

struct Reinforce {
  static constexpr bool needs_force = false;
  static constexpr const char* name = "REINFORCE";

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Real = typename Visit::Real;
    auto& context = visit.context;
    const int tiles = visit.tiles();
    typename Visit::Tile tile(visit, tiles);
    const Rows<Real> tapes = tile.share.tape;
    const auto sums =
        context.template rows<double>(tiles);  // [tile][lane]: lanes of a group side by side
    const auto weights = context.template rows<Real>(tiles);
    for (int t = 0; t < tiles; ++t) {
      tile.share.tape = tapes.from(long(t) * Model::tape_rows);
      visit.draw(t, tile);
      context.for_each(1, SumRows<double>{tile.q, tile.s, sums.from(t)});
    }
    context.leave_one_out(context.pointer(sums), visit.lanes / visit.group, visit.group,
                          visit.scale, context.pointer(weights));
    for (int t = 0; t < tiles; ++t) {
      tile.share.tape = tapes.from(long(t) * Model::tape_rows);
      visit.enter(t);
      Model::score(context, tile.share, weights.from(t), tile.x, tile.dx);
    }
  }
};
static_assert(Estimator<Reinforce>);

}  // namespace lanes
