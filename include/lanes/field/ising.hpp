// SPDX-License-Identifier: BSD-3-Clause
//
// Ising: a spin s(x) = +-1 per site, rows [sites] in site order, stored as the precision's Real so
// that contractions read it as it is.
//
// Base density: fair coins, ln r = -V ln 2; densities are with respect to the counting measure. A
// discrete field has no tangent: it demands an autoregressive model (lanes/autoregressive/...), and
// no estimator may differentiate the action. Errors: check refuses what is not +1 or -1.
#pragma once

#include <span>

#include <lanes/core/error.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/field/uniform_base.hpp>
#include <lanes/geometry/lattice.hpp>

namespace lanes {

struct Ising : UniformBase<Ising> {
  /// Nothing can be differentiated with respect to this field.
  static constexpr bool discrete = true;
  /// Every number is +1 or -1.
  static constexpr bool spins = true;
  /// Degrees of freedom on a site and on the whole lattice.
  template <class Geometry>
  static constexpr int components = 1;
  template <class Geometry>
  static constexpr int rows = Geometry::volume;
  template <class Geometry>
  LANES_HD static constexpr int row(int site, int) {
    return site;
  }

  /// Throws std::invalid_argument unless every value is a spin.
  template <class Value>
  static void check(std::span<const Value> values) {
    for (const Value s : values)
      require(s == Value(1) || s == Value(-1), "Ising: a spin", s, "+1 or -1");
  }

  static constexpr double log_density = -0.6931471805599453;  // -ln 2, of a spin
  template <class T>
  LANES_HD LANES_INLINE static T from_uniform(T u) {
    return select(u < T(0.5), T(-1), T(1));
  }
};
static_assert(SpinField<Ising, Lattice<4>>);

namespace detail {

/// The sum of the spins at the two ends of every direction.
template <class Geometry, class Real, class Lane>
LANES_HD LANES_INLINE auto neighbour_sum(Rows<Real> s, Lane lane, int site) {
  using T = Pack<Real, Lane::width>;
  T sum(0);
  for (int mu = 0; mu < Geometry::dimension; ++mu)
    sum += lane.load(s, Geometry::forward(site, mu)) + lane.load(s, Geometry::backward(site, mu));
  return sum;
}

}  // namespace detail

}  // namespace lanes
