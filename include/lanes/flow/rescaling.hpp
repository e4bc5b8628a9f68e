// SPDX-License-Identifier: BSD-3-Clause
//
// Rescaling: y = exp(a) x on every degree of freedom, one parameter a; ln|det dy/dx| = N a, N =
// number of rows. For real numbers, not for angles. Starts at a = 0. Leaves nothing on the tape (layer interface: flow/coupling.hpp).
#pragma once

#include <cmath>

#include <lanes/core/rows.hpp>
#include <lanes/flow/slots.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

struct Rescaling {
  template <class Field, class Geometry>
  static constexpr bool accepts() {
    static_assert(!is_periodic<Field>,
                  "lanes: Rescaling stretches the line: a periodic Field, as U1, has a circle that "
                  "it would wind over itself.");
    return !is_periodic<Field>;
  }

  template <class Context, class Field, class Geometry>
  class On {
    using Real = typename Context::Real;
    static constexpr int n = Field::template rows<Geometry>;

   public:
    static constexpr int positions = 0, parameters = 1, weights = 1, gradients = 1, tape_rows = 0;

    static void initialise(Initialiser&, Real* external) { *external = 0; }
    static void prepare(const Real* external, Real* prepared) { *prepared = *external; }
    static void collect(const Real* gradient, Real* external) { *external += *gradient; }

    static void forward(Context& context, const Real* prepared, int, Rows<Real> x,
                        Rows<double> log_det, Rows<Real>) {
      move(context, prepared, 1, x, log_det);
    }
    static void inverse(Context& context, const Real* prepared, int, Rows<Real> x,
                        Rows<double> log_det, Rows<Real>) {
      move(context, prepared, -1, x, log_det);
    }
    // y = exp(a) x:  da = sum dy y + N dl,  dx = exp(a) dy.
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real>) {
      adjoint(context, prepared, gradient, 1, x, dx, d_log_det);
    }
    // x = exp(-a) y:  da = -sum dx x - N dl,  dy = exp(-a) dx.
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real>) {
      adjoint(context, prepared, gradient, -1, x, dx, d_log_det);
    }

    // Kernels are public: a CUDA compiler names their types.
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

   private:
    static void scale(Context& context, const Real* prepared, int sign, Rows<Real> x) {
      typename Context::Scope scope(context);
      const auto factor = context.template rows<Real>(1);
      context.for_each(1, Factor{prepared, Real(sign), factor});
      context.for_each(n, Scale{x, factor});
    }
    static void move(Context& context, const Real* prepared, int sign, Rows<Real> x,
                     Rows<double> log_det) {
      scale(context, prepared, sign, x);
      context.sum(1, LogDet{prepared, double(sign) * n}, log_det);
    }
    static void adjoint(Context& context, const Real* prepared, Real* gradient, int sign,
                        Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det) {
      if (gradient) {
        context.reduce(n, Product{x, dx, Real(sign)}, gradient);
        context.reduce(1, Product{d_log_det, {}, Real(sign * n)}, gradient);
      }
      scale(context, prepared, -sign, x);
      scale(context, prepared, sign, dx);
    }
  };

  template <class Context, class Field, class Geometry>
  requires(!accepts<Field, Geometry>()) class On<Context, Field, Geometry>
      : public detail::NoLayer<Context> {};
};

}  // namespace lanes
