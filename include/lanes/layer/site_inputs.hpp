// SPDX-License-Identifier: BSD-3-Clause
//
// SiteInputs<S, Masks>: what the network of a coupling sees of a field on sites: every component of
// the frozen sites, as it is or as the field shows it (field/field.hpp: Shown), rows
// [channels][volume | 1]. One number a site that is seen as it is needs no rows: the network reads
// the field.
#pragma once

#include <cstddef>

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>

namespace lanes::detail {

/// A number as it is.
struct ShownAsItIs {
  static constexpr int channels = 1;
  template <class T>
  LANES_HD LANES_INLINE static void show(T x, T (&seen)[1]) {
    seen[0] = x;
  }
  template <class T>
  LANES_HD LANES_INLINE static T adjoint(T, const T (&d)[1]) {
    return d[0];
  }
};
template <class F>
struct ShownOf {
  using Type = ShownAsItIs;
};
template <ShownField F>
struct ShownOf<F> {
  using Type = typename F::Shown;
};

template <class S, class Masks>
struct SiteInputs {
  using Context = typename S::Context;
  using Real = typename S::Real;
  using Geometry = typename S::Geometry;
  using Shown = typename ShownOf<typename S::Field>::Type;
  static constexpr int components = S::Field::template components<Geometry>;
  static constexpr int each = Shown::channels, channels = components * each;
  static constexpr int pitch = Geometry::volume | 1;
  static constexpr bool in_place = components == 1 && !ShownField<typename S::Field>;
  static constexpr int rows = in_place ? 0 : channels * pitch;

  /// The rows that the network reads: x, or `seen`, which is filled.
  static Rows<Real> see([[maybe_unused]] Context& context, [[maybe_unused]] int variant,
                        Rows<Real> x, [[maybe_unused]] Rows<Real> seen) {
    if constexpr (in_place) {
      return x;
    } else {
      context.for_each(Masks::frozen_size, Show{variant, x, seen});
      return seen;
    }
  }
  /// adjoint(store): the adjoint of what was seen; adds that of x to dx.
  template <class Adjoint>
  static void pull([[maybe_unused]] Context& context, [[maybe_unused]] int variant,
                   [[maybe_unused]] Rows<Real> x, Rows<Real> dx, const Adjoint& adjoint) {
    if constexpr (in_place) {
      adjoint(AddTo<Real>{dx});
    } else {
      typename Context::Scope scope(context);
      const auto d_seen = context.template rows<Real>(rows);
      fill(context, d_seen, rows);
      adjoint(AddTo<Real>{d_seen});
      context.for_each(Masks::frozen_size, ShowAdjoint{variant, x, d_seen, dx});
    }
  }

  struct Show {
    int variant;
    Rows<Real> x, seen;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      const int site = Masks::frozen(variant, i);
      for (int c = 0; c < components; ++c) {
        T shown[std::size_t(each)];
        Shown::show(T(lane.load(x, S::Field::template row<Geometry>(site, c))), shown);
        for (int k = 0; k < each; ++k) lane.store(seen, (c * each + k) * pitch + site, shown[k]);
      }
    }
  };
  struct ShowAdjoint {
    int variant;
    Rows<Real> x, d_seen, dx;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      const int site = Masks::frozen(variant, i);
      for (int c = 0; c < components; ++c) {
        const int row = S::Field::template row<Geometry>(site, c);
        T d[std::size_t(each)];
        for (int k = 0; k < each; ++k) d[k] = lane.load(d_seen, (c * each + k) * pitch + site);
        lane.store(dx, row, lane.load(dx, row) + Shown::adjoint(T(lane.load(x, row)), d));
      }
    }
  };
};

}  // namespace lanes::detail
