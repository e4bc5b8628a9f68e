// SPDX-License-Identifier: BSD-3-Clause
//
// Rescaling: y = exp(a) x on every degree of freedom, one parameter a; ln|det dy/dx| = N a, N = number of rows.
// Starts at a = 0. Leaves nothing on the tape (layer interface: flow/coupling.hpp).
#pragma once

#include <cmath>

#include <lanes/core/rows.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

struct Rescaling {
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
      if (gradient) {
        context.reduce(n, Product{x, dx, Real(1)}, gradient);
        context.reduce(1, Product{d_log_det, {}, Real(n)}, gradient);
      }
      context.for_each(n, Scale{x, exp_of(prepared, -1)});
      context.for_each(n, Scale{dx, exp_of(prepared, 1)});
    }
    // x = exp(-a) y:  da = -sum dx x - N dl,  dy = exp(-a) dx.
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real>) {
      if (gradient) {
        context.reduce(n, Product{x, dx, Real(-1)}, gradient);
        context.reduce(1, Product{d_log_det, {}, Real(-n)}, gradient);
      }
      context.for_each(n, Scale{x, exp_of(prepared, 1)});
      context.for_each(n, Scale{dx, exp_of(prepared, -1)});
    }

   private:
    static Real exp_of(const Real* prepared, int sign) { return std::exp(Real(sign) * *prepared); }

    static void move(Context& context, const Real* prepared, int sign, Rows<Real> x,
                     Rows<double> log_det) {
      context.for_each(n, Scale{x, exp_of(prepared, sign)});
      context.sum(1, Constant{double(sign) * n * double(*prepared)}, log_det);
    }

    struct Scale {
      Rows<Real> x;
      Real factor;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(x, i, lane.load(x, i) * factor);
      }
    };
    struct Constant {
      double value;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int, Lane) const {
        return Pack<double, Lane::width>(value);
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
