// SPDX-License-Identifier: BSD-3-Clause
//
// Sublattice<Spacing, Layer>: a layer on the sites whose coordinates are all multiples of Spacing,
// which form a lattice of extents E_mu / Spacing; the other sites stay as they are. With r the
// restriction to those sites:
//
//   r(y) = layer(r(x)),  y = x elsewhere,  ln|det dy/dx| = that of the layer
//
// The layer's interface is that of flow/coupling.hpp.
#pragma once

#include <cstddef>
#include <utility>

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/slots.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/network/conditioned.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

namespace detail {

template <class Geometry, int Spacing, class Sequence>
struct CoarseLattice;
template <class Geometry, int Spacing, std::size_t... Mu>
struct CoarseLattice<Geometry, Spacing, std::index_sequence<Mu...>> {
  using Type = Lattice<Geometry::extents[Mu] / Spacing...>;
};

/// Whether all extents are multiples of n.
template <class Geometry>
constexpr bool extents_divide(int n) {
  for (int e : Geometry::extents)
    if (e % n != 0) return false;
  return true;
}

}  // namespace detail

/// The lattice of every Spacing-th site in each direction.
template <class Geometry, int Spacing>
using Coarse = typename detail::CoarseLattice<
    Geometry, Spacing, std::make_index_sequence<std::size_t(Geometry::dimension)>>::Type;

template <int Spacing, class LayerPolicy>
struct Sublattice {
  static_assert(Spacing >= 1, "lanes: Sublattice<Spacing, Layer> needs Spacing >= 1.");
  static_assert(is_layer<LayerPolicy>,
                "lanes: Sublattice<Spacing, Layer>: the second is a layer, such as a Coupling.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool one = is_one_per_site<Field, Geometry>;
    static_assert(one, "lanes: a Sublattice takes sites, so its Field has one number per site.");
    static_assert(detail::extents_divide<Geometry>(Spacing),
                  "lanes: Sublattice<Spacing, Layer> needs extents that are multiples of Spacing.");
    return one && is_layer<LayerPolicy> && detail::extents_divide<Geometry>(Spacing);
  }

  template <class Context, class Field, class Geometry>
  class On {
    using Real = typename Context::Real;
    using Few = Coarse<Geometry, Spacing>;
    using Layer = typename LayerPolicy::template On<Context, Field, Few>;
    static constexpr int n = Few::volume;

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
    static void conditioned(bool* marks) { detail::mark_conditioned<Layer>(marks); }

    static void forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto few = taken(context, x);
      Layer::forward(context, prepared, position, few, log_det, tape);
      context.for_each(n, Put{few, x});
    }
    static void inverse(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto few = taken(context, x);
      Layer::inverse(context, prepared, position, few, log_det, tape);
      context.for_each(n, Put{few, x});
    }
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto few = taken(context, x), d_few = taken(context, dx);
      Layer::forward_adjoint(context, prepared, gradient, position, few, d_few, d_log_det, tape);
      context.for_each(n, Put{few, x});
      context.for_each(n, Put{d_few, dx});
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto few = taken(context, x), d_few = taken(context, dx);
      Layer::inverse_adjoint(context, prepared, gradient, position, few, d_few, d_log_det, tape);
      context.for_each(n, Put{few, x});
      context.for_each(n, Put{d_few, dx});
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Take {
      Rows<Real> all, few;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(few, i, lane.load(all, site(i)));
      }
    };
    struct Put {
      Rows<Real> few, all;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(all, site(i), lane.load(few, i));
      }
    };

   private:
    // Where the i-th site of the sublattice lies.
    LANES_HD LANES_INLINE static constexpr int site(int i) {
      int at = 0;
      for (int mu = 0; mu < Geometry::dimension; ++mu)
        at += Geometry::stride(mu) * Spacing * Few::coordinate(i, mu);
      return at;
    }
    static Rows<Real> taken(Context& context, Rows<Real> all) {
      const auto few = context.template rows<Real>(n);
      context.for_each(n, Take{all, few});
      return few;
    }
  };

  template <class Context, class Field, class Geometry>
  requires(!accepts<Field, Geometry>()) class On<Context, Field, Geometry>
      : public detail::NoLayer<Context> {};
};

/// Spacing 1 is every site.
template <class LayerPolicy>
struct Sublattice<1, LayerPolicy> {
  template <class Context, class Field, class Geometry>
  using On = typename LayerPolicy::template On<Context, Field, Geometry>;
};

}  // namespace lanes
