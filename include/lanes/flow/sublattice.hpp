// SPDX-License-Identifier: BSD-3-Clause
//
// Sublattice<Spacing, Layer>: a layer on the sites whose coordinates are all multiples of Spacing,
// which form a lattice of extents E_mu / Spacing; the other sites stay as they are. With r the
// restriction to those sites:
//
//   r(y) = layer(r(x)),  y = x elsewhere,  ln|det dy/dx| = that of the layer
#pragma once

#include <cstddef>
#include <utility>

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/flow/layer.hpp>
#include <lanes/geometry/lattice.hpp>

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
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Geometry = typename S::Geometry;
    using Few = Coarse<Geometry, Spacing>;
    static constexpr int n = Few::volume;

   public:
    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      typename Context::Scope scope(context);
      const auto few = taken(context, x);
      Inner<S>::template move<way>(context, share, few, log_det);
      context.for_each(n, Put{few, x});
    }
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      typename Context::Scope scope(context);
      const auto few = taken(context, x), d_few = taken(context, dx);
      Inner<S>::template adjoint<way>(context, share, few, d_few, d_log_det);
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

};

/// Spacing 1 is every site.
template <class Policy>
struct Sublattice<1, Policy> {
  template <class S>
  using Layer = LayerOf<Policy, S>;
};

}  // namespace lanes
