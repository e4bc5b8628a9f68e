// SPDX-License-Identifier: BSD-3-Clause
//
// Sublattice<Spacing, Layer>: a layer on the sites whose coordinates are all multiples of Spacing,
// which form a lattice of extents E_mu / Spacing; the others stay. With r the restriction to those:
//
//   r(y) = layer(r(x)),  y = x elsewhere,  ln|det dy/dx| = that of the layer
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/field/field.hpp>
#include <lanes/geometry/coarse.hpp>
#include <lanes/layer/layer.hpp>

namespace lanes {

template <int Spacing, class Policy>
struct Sublattice {
  static_assert(Spacing >= 1, "lanes: Sublattice<Spacing, Layer> needs Spacing >= 1.");
  static_assert(lanes::Layer<Policy>,
                "lanes: Sublattice<Spacing, Layer>: the second is a layer, such as a Coupling.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool one = SiteField<Field, Geometry>;
    static_assert(one, "lanes: a Sublattice takes sites, so its Field has one number per site.");
    static_assert(detail::extents_divide<Geometry>(Spacing),
                  "lanes: Sublattice<Spacing, Layer> needs extents that are multiples of Spacing.");
    return one && lanes::Layer<Policy> && detail::extents_divide<Geometry>(Spacing);
  }
  template <class S>
  using Inner = LayerOf<Policy, typename S::template On<Coarse<typename S::Geometry, Spacing>>>;

  template <class S>
  class Layer : public Inner<S> {
    using Real = typename S::Real;
    using Sites = CoarseSites<typename S::Geometry, Spacing>;
    static constexpr int n = Coarse<typename S::Geometry, Spacing>::volume;

   public:
    template <Way way, class Context>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      typename Context::Scope scope(context);
      const auto few = context.template rows<Real>(n);
      context.for_each(n, GatherRows<Sites, Real>{x, few});
      Inner<S>::template move<way>(context, share, few, log_det);
      context.for_each(n, ScatterRows<Sites, Real>{few, x});
    }
    template <Way way, class Context>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      typename Context::Scope scope(context);
      const auto few = context.template rows<Real>(n), d_few = context.template rows<Real>(n);
      context.for_each(n, GatherRows<Sites, Real>{x, few});
      context.for_each(n, GatherRows<Sites, Real>{dx, d_few});
      Inner<S>::template adjoint<way>(context, share, few, d_few, d_log_det);
      context.for_each(n, ScatterRows<Sites, Real>{few, x});
      context.for_each(n, ScatterRows<Sites, Real>{d_few, dx});
    }
  };
};

template <class Policy>  // every site
struct Sublattice<1, Policy> {
  template <class S>
  using Layer = LayerOf<Policy, S>;
};
static_assert(Layer<Sublattice<2, detail::AnyLayer>> && Layer<Sublattice<1, detail::AnyLayer>>);

}  // namespace lanes
