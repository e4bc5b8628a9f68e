// SPDX-License-Identifier: BSD-3-Clause
//
// Reparameterization: g = grad of (1/B) sum_i s_i with x = f(z) differentiated through, s = ln q +
// S (Albergo et al. 1904.12072). One forward and one adjoint of each network a step.
#pragma once

#include <lanes/estimator/estimator.hpp>

namespace lanes {

struct Reparameterization {
  static constexpr bool needs_force = true;
  static constexpr const char* name = "Reparameterization";

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Context = typename Visit::Context;
    using Real = typename Visit::Real;
    Context& context = visit.context;
    typename Context::Scope scope(context);
    const auto x = context.template rows<Real>(Model::field_rows);
    const auto dx = context.template rows<Real>(Model::field_rows);
    const auto q = context.template rows<double>(1), s = context.template rows<double>(1);
    const auto d_log_det = context.template rows<Real>(1);
    const Share<Real> share = visit.share();
    const Real scale = static_cast<Real>(visit.scale);
    for (int t = 0; t < visit.tiles(); ++t) {
      visit.draw(t, share, x, q, s);
      set_force(context, visit.theory, x, dx);
      context.for_each(Model::field_rows, detail::ScaleRows<Real>{dx, scale});
      fill(context, d_log_det, 1, -scale);  // s holds -ln|det df/dz|
      Model::pullback(context, share, x, dx, d_log_det);
    }
  }
};
static_assert(Estimator<Reparameterization>);

}  // namespace lanes
