// SPDX-License-Identifier: BSD-3-Clause
//
// Rescaling: y = exp(a) x on every degree of freedom, one parameter a; ln|det dy/dx| = N a, N =
// number of rows. For real numbers, not for angles. Starts at a = 0 (flow/layer.hpp).
#pragma once

#include <cmath>

#include <lanes/core/kernels.hpp>
#include <lanes/field/field.hpp>
#include <lanes/flow/layer.hpp>

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
    using Context = typename S::Context;
    using Real = typename S::Real;
    static constexpr int n = S::Field::template rows<typename S::Geometry>;

    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      scale(context, share, sign(way), x);
      context.sum(1, LogDet{share.weights, double(sign(way)) * n}, log_det);
    }
    // forward: da = sum dy y + N dl,  dx = exp(a) dy;  inverse, x = exp(-a) y: da = -sum dx x - N dl,  dy = exp(-a) dx
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      if (share.gradient) {
        context.reduce(n, Product{x, dx, Real(sign(way))}, share.gradient);
        context.reduce(1, Product{d_log_det, {}, Real(sign(way) * n)}, share.gradient);
      }
      scale(context, share, -sign(way), x);
      scale(context, share, sign(way), dx);
    }

    static void scale(Context& context, const Share<Real>& share, int sign, Rows<Real> x) {
      typename Context::Scope scope(context);
      const auto factor = context.template rows<Real>(1);
      context.for_each(1, Factor{share.weights, Real(sign), factor});
      context.for_each(n, Scale{x, factor});
    }

    struct Factor {  // exp(+-a), one row
      const Real* a;
      Real sign;
      Rows<Real> to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
        lane.store(to, 0, Pack<Real, Lane::width>(std::exp(sign * *a)));
      }
    };
    struct Scale {
      Rows<Real> x, factor;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(x, i, lane.load(x, i) * lane.load(factor));
      }
    };
    struct LogDet {
      const Real* a;
      double factor;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int, Lane) const {
        return Pack<double, Lane::width>(factor * double(*a));
      }
    };
    // a b times a factor; a alone where b is empty.
    struct Product {
      Rows<Real> a, b;
      Real factor;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
        auto value = lane.load(a, i) * factor;
        if (b.data) value *= lane.load(b, i);
        return value;
      }
    };
  };
};

}  // namespace lanes
