// SPDX-License-Identifier: BSD-3-Clause
//
// ForwardKL: g = grad of -(1/B) sum_i ln q(x_i) over given configurations x ~ p: maximum
// likelihood. It covers every mode that the configurations cover. Each lane of each step picks a
// configuration at random (with replacement). Data: fields [count][rows], contiguous; not owned,
// and not to change: a backend with memory of its own copies them there once (core/data_set.hpp).
#pragma once

#include <span>

#include <lanes/core/data_set.hpp>
#include <lanes/estimator/estimator.hpp>

namespace lanes {

template <class Value>
class ForwardKL {
 public:
  static constexpr bool needs_force = false, given_configurations = true;
  static constexpr const char* name = "forward KL";

  /// rows: degrees of freedom of one configuration.
  ForwardKL(std::span<const Value> fields, int rows)
      : data_("ForwardKL: size of the configurations", fields, rows) {}

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Real = typename Visit::Real;
    const typename Visit::Tile tile(visit);
    for (int t = 0; t < visit.tiles(); ++t) {
      visit.enter(t);
      visit.context.choose(data_, visit.stream, tile.x);
      Model::density(visit.context, tile.share, tile.x, tile.q);
      visit.note(t, tile.q);
      fill(visit.context, tile.per_lane, 1, static_cast<Real>(-visit.scale));
      Model::score(visit.context, tile.share, tile.per_lane, tile.x, tile.dx);
    }
  }

 private:
  DataSet<Value> data_;
};
static_assert(GivenEstimator<ForwardKL<double>>);

}  // namespace lanes
