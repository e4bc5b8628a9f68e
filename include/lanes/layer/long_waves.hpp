// SPDX-License-Identifier: BSD-3-Clause
//
// LongWaves<Spacing, Layer>: a layer on the long waves of a field, seen as a field on the lattice
// of extents E_mu / Spacing; the short waves stay as they are:
//
//   y = x + P (layer(R x) - R x),  R P = 1,
//     ln|det dy/dx| = that of the layer on the coarse lattice
//
// R cuts the momenta off at |k_mu| <= pi / Spacing and reads what is left at every Spacing-th site;
// P interpolates with the same momenta. Direction by direction both are one kernel,
//
//   (R x)(X) = sum_x K(x - Spacing X) x(x),   (P X)(x) = Spacing sum_X K(x - Spacing X) X(X),
//   K(r) = 1/E [ sum_{|q| < Q} cos(2 pi q r / E) + cas(2 pi Q r / E) ],
//     Q = E / (2 Spacing), cas = cos + sin
//
// (the last term where Q is whole). Compare block spins: a coarse coupling moves all sites of its
// neighbourhood together, so that it does not tear what a free-field base has put there. Cost per
// lane: about 10 V log2 E flops each way, besides the layer's.
#pragma once

#include <cstddef>

#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/geometry/coarse.hpp>
#include <lanes/layer/hartley.hpp>
#include <lanes/layer/layer.hpp>

namespace lanes {

template <int Spacing, class Policy>
struct LongWaves {
  static_assert(Spacing >= 1, "lanes: LongWaves<Spacing, Layer> needs Spacing >= 1.");
  static_assert(lanes::Layer<Policy>,
                "lanes: LongWaves<Spacing, Layer>: the second is a layer, such as a Coupling.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool right = SiteField<Field, Geometry> && !PeriodicField<Field>;
    static_assert(right, "lanes: LongWaves are a scalar field's: one real number per site.");
    static_assert(detail::extents_divide<Geometry>(Spacing),
                  "lanes: LongWaves<Spacing, Layer> needs extents that are multiples of Spacing.");
    return right && lanes::Layer<Policy> && detail::extents_divide<Geometry>(Spacing);
  }

  template <class S>
  using Inner = LayerOf<Policy, typename S::template On<Coarse<typename S::Geometry, Spacing>>>;

  template <class S>
  class Layer : public Inner<S> {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Geometry = typename S::Geometry;
    using Few = Coarse<Geometry, Spacing>;
    static constexpr int n = Few::volume, D = Geometry::dimension;
    // Coarse sites per fine site.
    static constexpr double density = double(n) / Geometry::volume;

   public:
    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      typename Context::Scope scope(context);
      const View long_waves(context, x, 1);
      Inner<S>::template move<way>(context, share, long_waves.now, log_det);
      long_waves.add_change(context, x, 1);
    }
    // dx = dy + R^T (layer^T - 1) P^T dy,  P^T = R / density, R^T = density P.
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      typename Context::Scope scope(context);
      const View long_waves(context, x, 1), d(context, dx, 1 / density);
      Inner<S>::template adjoint<way>(context, share, long_waves.now, d.now, d_log_det);
      long_waves.add_change(context, x, 1);
      d.add_change(context, dx, density);
    }

    // Kernels are public: a CUDA compiler names their types.
    // R (Down) or P along direction Mu, on rows [outer][extent][inner]; times a factor, added to
    // what is there if Add.
    template <int Mu, bool Down, bool Add>
    struct Along {
      static constexpr int E = Geometry::extents[std::size_t(Mu)], F = E / Spacing;
      static constexpr int inner = [] {  // rows between neighbours; later directions are coarse
        int rows = 1;
        for (int nu = Mu + 1; nu < D; ++nu) rows *= Few::extents[std::size_t(nu)];
        return rows;
      }();
      detail::HartleyTable<Real, E> fine;
      detail::HartleyTable<Real, F> coarse;
      Rows<Real> from, to;
      Real factor;  // on top of 1/E or 1/F

      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int line, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        T a[std::size_t(E)], b[std::size_t(E)];
        for (int k = 0; k < (Down ? E : F); ++k)
          a[k] = lane.load(from, detail::row_of_line(line, k, Down ? E : F, inner));
        if constexpr (Down) {
          fine.template apply<E>(a, 1, b);
          for (int k = 0; k < F; ++k) b[k] = b[wave(k)];
          coarse.template apply<F>(b, 1, a);
        } else {
          coarse.template apply<F>(a, 1, b);
          for (int k = 0; k < E; ++k) a[k] = T(0);
          for (int k = 0; k < F; ++k) a[wave(k)] = b[k];
          fine.template apply<E>(a, 1, b);
        }
        for (int k = 0; k < (Down ? F : E); ++k) {
          const int row = detail::row_of_line(line, k, Down ? F : E, inner);
          const T value = (Down ? a[k] : b[k]) * T(factor);
          lane.store(to, row, Add ? lane.load(to, row) + value : value);
        }
      }

     private:
      // The wave of the fine lattice that is wave k of the coarse one; never below k.
      LANES_HD static constexpr int wave(int k) { return 2 * k <= F ? k : E - F + k; }
    };

   private:
    // The long waves of a field, before and after they were changed.
    struct View {
      Rows<Real> now, before;

      View(Context& context, Rows<Real> x, double factor) {
        now = context.template rows<Real>(n);
        before = context.template rows<Real>(n);
        typename Context::Scope scope(context);
        restrict_to<D - 1>(context, x, Geometry::volume, factor);
        copy(context, now, before, n);
      }
      void add_change(Context& context, Rows<Real> x, double factor) const {
        typename Context::Scope scope(context);
        context.for_each(n, SubtractRows<Real>{before, now});
        interpolate<0>(context, now, n, x, factor);
      }

     private:
      // Directions from the last to the first; rows: of `from`.
      template <int Mu>
      void restrict_to(Context& context, Rows<Real> from, int rows, double factor) const {
        using Kernel = Along<Mu, true, false>;
        const Rows<Real> to = Mu == 0 ? now : context.template rows<Real>(rows / Spacing);
        context.for_each(rows / Kernel::E,
                         Kernel{{}, {}, from, to, static_cast<Real>(factor / Kernel::E)});
        if constexpr (Mu > 0) restrict_to<Mu - 1>(context, to, rows / Spacing, 1);
      }
      // And back, the last direction into x.
      template <int Mu>
      static void interpolate(Context& context, Rows<Real> from, int rows, Rows<Real> x,
                              double factor) {
        constexpr bool last = Mu == D - 1;
        using Kernel = Along<Mu, false, last>;
        const Rows<Real> to = last ? x : context.template rows<Real>(rows * Spacing);
        context.for_each(rows / Kernel::F,
                         Kernel{{}, {}, from, to, static_cast<Real>(factor / Kernel::F)});
        if constexpr (!last) interpolate<Mu + 1>(context, to, rows * Spacing, x, 1);
      }
    };
  };
};

/// Spacing 1 is every wave.
template <class Policy>
struct LongWaves<1, Policy> {
  template <class S>
  using Layer = LayerOf<Policy, S>;
};
static_assert(Layer<LongWaves<2, detail::AnyLayer>> && Layer<LongWaves<1, detail::AnyLayer>>);

}  // namespace lanes
