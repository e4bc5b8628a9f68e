// SPDX-License-Identifier: BSD-3-Clause
//
// The levels of a hierarchical autoregressive network as nets of columns (conditional_net.hpp), and
// the kernels that carry their spins between the field and rows [border + spins][columns]; the heat
// bath of the single spins (crosses.hpp has the geometry).
#pragma once

#include <cstddef>
#include <cstdint>

#include <lanes/autoregressive/conditional_net.hpp>
#include <lanes/autoregressive/crosses.hpp>
#include <lanes/backend/backend.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/ising.hpp>

namespace lanes::detail {

/// Level 0, as a net of one column.
template <class Context, int L, class Options>
struct SkeletonLevel {
  static constexpr int border = 0, spins = Skeleton<L>::spins, squares = 1, columns = 1;
  using Net = ConditionalNet<Context, 0, spins, 1, Options>;
  LANES_HD static constexpr int site(int, int i) { return Skeleton<L>::site(i); }
};

template <class Context, int L, int D, class Options>
struct CrossLevel {
  using Geometry = Crosses<L, D>;
  static constexpr int border = Geometry::border, spins = Geometry::spins;
  static constexpr int squares = Geometry::squares;
  static constexpr int columns = columns_at_once<Context> == 0 ? squares : columns_at_once<Context>;
  using Net = ConditionalNet<Context, border, spins, columns, Options>;
  LANES_HD static constexpr int site(int square, int i) { return Geometry::site(square, i); }
};

/// The spins of a level, [border + spins][columns], from the field or back.
template <class Level, class Real>
struct GatherSpins {
  Rows<Real> x, to;
  int square;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, lane.load(x, Level::site(square + i % Level::columns, i / Level::columns)));
  }
};
template <class Level, class Real>
struct ScatterCross {
  Rows<Real> from, x;
  int square;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    const int unit = Level::border + i / Level::columns, column = i % Level::columns;
    lane.store(x, Level::site(square + column, unit),
               lane.load(from, long(unit) * Level::columns + column));
  }
};

/// The single spins, two at a time.
template <class Geometry, class Real>
struct HeatBathLogit {
  using Sites = Singles<Geometry::extent(0)>;
  Rows<Real> x;
  const Real* coupling;  // and field
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    using T = Pack<Real, Lane::width>;
    const T sum = neighbour_sum<Geometry>(x, lane, Sites::site(i));
    return T(2) * fma(T(coupling[0]), sum, T(coupling[1]));
  }
};
template <class Geometry, class Real>
struct DrawSingles {
  HeatBathLogit<Geometry, Real> logit;
  RandomStream stream;
  std::uint32_t first_pair;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using Sites = Singles<Geometry::extent(0)>;
    const auto u = lane.template positive_pair<Real>(stream, first_pair + std::uint32_t(i));
    lane.store(logit.x, Sites::site(2 * i), draw_spin(logit(2 * i, lane), u.first));
    lane.store(logit.x, Sites::site(2 * i + 1), draw_spin(logit(2 * i + 1, lane), u.second));
  }
};
/// The single spins in a row.
template <class Geometry, class Real>
struct GatherSingles {
  Rows<Real> x, to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, lane.load(x, Singles<Geometry::extent(0)>::site(i)));
  }
};
template <class Real>
struct SetCoupling {
  Real* to;
  Real coupling, field;
  LANES_HD void operator()(std::size_t) const {
    to[0] = coupling;
    to[1] = field;
  }
};

}  // namespace lanes::detail
