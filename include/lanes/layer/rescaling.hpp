// SPDX-License-Identifier: BSD-3-Clause
//
// Rescaling: y = exp(a) x on all N rows, ln|det dy/dx| = N a; starts at a = 0.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/field/field.hpp>
#include <lanes/layer/layer.hpp>

namespace lanes {

struct Rescaling {
  template <class Field, class Geometry>
  static constexpr bool accepts() {
    static_assert(!PeriodicField<Field>,
                  "lanes: Rescaling stretches the line: a periodic Field, as U1, has a circle that "
                  "it would wind over itself.");
    return !PeriodicField<Field>;
  }
  template <class S>
  struct Layer : Sized<1> {
    using Real = typename S::Real;
    static constexpr int n = S::Field::template rows<typename S::Geometry>;
    template <Way way, class Context>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      context.for_each(n, StretchRows<Real>{share.weights, Real(sign(way)), x});
      context.sum(1, ScaledNumber<Real>{share.weights, double(sign(way)) * n}, log_det);
    }
    // y = exp(+-a) x:  da = +-(sum dy y + N dl),  dx = exp(+-a) dy
    template <Way way, class Context>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      if (share.gradient) {
        context.reduce(n, ScaledProduct<Real>{x, dx, Real(sign(way))}, share.gradient);
        context.reduce(1, ScaledRow<Real>{d_log_det, Real(sign(way) * n)}, share.gradient);
      }
      context.for_each(n, StretchRows<Real>{share.weights, Real(-sign(way)), x});
      context.for_each(n, StretchRows<Real>{share.weights, Real(sign(way)), dx});
    }
  };
};
static_assert(Layer<Rescaling>);

}  // namespace lanes
