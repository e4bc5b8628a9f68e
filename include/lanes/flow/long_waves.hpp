// SPDX-License-Identifier: BSD-3-Clause
//
// LongWaves<Spacing, Layer>: a layer on the long waves of a field, seen as a field on the lattice of
// extents E_mu / Spacing; the short waves stay as they are:
//
//   y = x + P (layer(R x) - R x),   R P = 1,   ln|det dy/dx| = that of the layer on the coarse lattice
//
// R cuts the momenta off at |k_mu| <= pi / Spacing and reads what is left at every Spacing-th site; P
// interpolates with the same momenta. Direction by direction both are one kernel,
//
//   (R x)(X) = sum_x K(x - Spacing X) x(x),   (P X)(x) = Spacing sum_X K(x - Spacing X) X(X),
//   K(r) = 1/E [ sum_{|q| < Q} cos(2 pi q r / E) + cas(2 pi Q r / E) ],  Q = E / (2 Spacing), cas = cos + sin
//
// (the last term where Q is whole). Compare block spins: a coarse coupling moves all sites of its
// neighbourhood together, so that it does not tear what a free-field base has put there. Cost per
// lane: about 4 V E / Spacing flops each way, besides the layer's. Interface: flow/coupling.hpp.
#pragma once

#include <cmath>

#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/sublattice.hpp>

namespace lanes {

template <int Spacing, class LayerPolicy>
struct LongWaves {
  static_assert(Spacing >= 1, "lanes: LongWaves<Spacing, Layer> needs Spacing >= 1.");

  template <class Context, class Field, class Geometry>
  class On {
    static_assert(Field::template components<Geometry> == 1,
                  "lanes: LongWaves are a scalar field's: one number per site.");
    static_assert(detail::extents_divide<Geometry>(Spacing),
                  "lanes: LongWaves<Spacing, Layer> needs extents that are multiples of Spacing.");
    using Real = typename Context::Real;
    using Few = Coarse<Geometry, Spacing>;
    using Layer = typename LayerPolicy::template On<Context, Field, Few>;
    static constexpr int n = Few::volume, D = Geometry::dimension;
    static constexpr int longest = detail::longest_extent<Geometry>();
    // Coarse sites per fine site.
    static constexpr double density = double(n) / Geometry::volume;

   public:
    static constexpr int positions = Layer::positions, parameters = Layer::parameters;
    static constexpr int weights = Layer::weights, gradients = Layer::gradients;
    static constexpr int tape_rows = Layer::tape_rows;

    static void initialise(Initialiser& random, Real* external) {
      Layer::initialise(random, external);
    }
    static void prepare(const Real* external, Real* prepared) {
      Layer::prepare(external, prepared);
    }
    static void collect(const Real* gradient, Real* external) {
      Layer::collect(gradient, external);
    }

    static void forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const View long_waves(context, x, 1);
      Layer::forward(context, prepared, position, long_waves.now, log_det, tape);
      long_waves.add_change(context, x, 1);
    }
    static void inverse(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const View long_waves(context, x, 1);
      Layer::inverse(context, prepared, position, long_waves.now, log_det, tape);
      long_waves.add_change(context, x, 1);
    }
    // dx = dy + R^T (layer^T - 1) P^T dy,  P^T = R / density, R^T = density P.
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      typename Context::Scope scope(context);
      const View long_waves(context, x, 1), d(context, dx, 1 / density);
      Layer::forward_adjoint(context, prepared, gradient, position, long_waves.now, d.now,
                             d_log_det, tape);
      long_waves.add_change(context, x, 1);
      d.add_change(context, dx, density);
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      typename Context::Scope scope(context);
      const View long_waves(context, x, 1), d(context, dx, 1 / density);
      Layer::inverse_adjoint(context, prepared, gradient, position, long_waves.now, d.now,
                             d_log_det, tape);
      long_waves.add_change(context, x, 1);
      d.add_change(context, dx, density);
    }

    // Kernels are public: a CUDA compiler names their types.
    // R (Down) or P along direction mu, on rows [outer][extent][inner]; times a factor, added to
    // what is there if Add.
    template <bool Down, bool Add>
    struct Along {
      int extent, inner;  // fine extent of the direction, rows between its neighbours
      Rows<Real> from, to;
      Real table[longest];
      Along(int mu, int rows_between, Rows<Real> source, Rows<Real> target, double factor)
          : extent(Geometry::extent(mu)), inner(rows_between), from(source), to(target), table{} {
        for (int r = 0; r < extent; ++r) {
          const double angle = 6.283185307179586 * r / extent;
          const int few = extent / Spacing;
          double sum = 1;
          for (int q = 1; 2 * q < few; ++q) sum += 2 * std::cos(q * angle);
          if (few % 2 == 0) sum += std::cos(few / 2 * angle) + std::sin(few / 2 * angle);
          table[r] = static_cast<Real>(sum / extent * factor * (Down ? 1 : Spacing));
        }
      }
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int few = extent / Spacing, to_extent = Down ? few : extent,
                  from_extent = Down ? extent : few;
        const int at = i / inner % to_extent, rest = i % inner, outer = i / inner / to_extent;
        T sum = Add ? lane.load(to, i) : T(0);
        int r = Down ? (at == 0 ? 0 : extent - Spacing * at) : at;
        for (int k = 0; k < from_extent; ++k) {
          sum = fma(T(table[r]), lane.load(from, (outer * from_extent + k) * inner + rest), sum);
          r = Down ? (r + 1 == extent ? 0 : r + 1) : (r < Spacing ? r + extent : r) - Spacing;
        }
        lane.store(to, i, sum);
      }
    };
    struct Difference {
      Rows<Real> from, what;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(from, i, lane.load(from, i) - lane.load(what, i));
      }
    };

   private:
    static constexpr int between(int mu) {
      int rows = 1;
      for (int nu = mu + 1; nu < D; ++nu) rows *= Few::extent(nu);
      return rows;
    }

    // The long waves of a field, before and after they were changed.
    struct View {
      Rows<Real> now, before;

      View(Context& context, const Rows<Real>& x, double factor) {
        now = context.template rows<Real>(n);
        before = context.template rows<Real>(n);
        typename Context::Scope scope(context);
        // Directions from the last to the first; those that are done are coarse.
        Rows<Real> from = x;
        int rows = Geometry::volume;
        for (int mu = D - 1; mu >= 0; --mu) {
          rows /= Spacing;
          const Rows<Real> to = mu == 0 ? now : context.template rows<Real>(rows);
          context.for_each(rows,
                           Along<true, false>(mu, between(mu), from, to, mu == 0 ? factor : 1));
          from = to;
        }
        copy(context, now, before, n);
      }

      void add_change(Context& context, Rows<Real> x, double factor) const {
        typename Context::Scope scope(context);
        context.for_each(n, Difference{now, before});
        Rows<Real> from = now;
        int rows = n;
        for (int mu = 0; mu < D; ++mu) {
          rows *= Spacing;
          if (mu == D - 1) {
            context.for_each(rows, Along<false, true>(mu, 1, from, x, factor));
          } else {
            const Rows<Real> to = context.template rows<Real>(rows);
            context.for_each(rows, Along<false, false>(mu, between(mu), from, to, 1));
            from = to;
          }
        }
      }
    };
  };
};

/// Spacing 1 is every wave.
template <class LayerPolicy>
struct LongWaves<1, LayerPolicy> {
  template <class Context, class Field, class Geometry>
  using On = typename LayerPolicy::template On<Context, Field, Geometry>;
};

}  // namespace lanes
