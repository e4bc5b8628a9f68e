// SPDX-License-Identifier: BSD-3-Clause
//
// Ising: a spin s(x) = +-1 per site, rows [sites] in site order, stored as the precision's Real so that
// contractions read it as it is.
//
// Base density: fair coins, ln r = -V ln 2; densities are with respect to the counting measure. A
// discrete field has no tangent: it demands an autoregressive model (lanes/autoregressive/...), and no
// estimator may differentiate the action. Errors: check refuses what is not +1 or -1.
#pragma once

#include <span>

#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>

namespace lanes {

struct Ising {
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
  static void check(std::span<const Value> spins) {
    for (const Value s : spins)
      require(s == Value(1) || s == Value(-1), "Ising: a spin", s, "+1 or -1");
  }

  /// z ~ r into z [rows]; adds ln r(z) to log_density.
  template <class Geometry, class Context>
  static void draw_base(Context& context, const RandomStream& stream,
                        Rows<typename Context::Real> z, Rows<double> log_density) {
    using Real = typename Context::Real;
    constexpr int n = rows<Geometry>;
    context.for_each((n + 1) / 2, DrawPair<Real>{z, stream, n});
    base_log_density<Geometry>(context, z, log_density);
  }

  /// Adds ln r to log_density.
  template <class Geometry, class Context>
  static void base_log_density(Context& context, Rows<typename Context::Real>,
                               Rows<double> log_density) {
    constexpr double log_two = 0.6931471805599453;
    context.for_each(1, AddConstant<double>{log_density, -rows<Geometry> * log_two});
  }

  // Kernels are public: a CUDA compiler names their types.
  template <class Real>
  struct DrawPair {
    Rows<Real> z;
    RandomStream stream;
    int n;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const auto pair = lane.template uniform_pair<Real>(stream, static_cast<std::uint32_t>(i));
      using T = decltype(pair.first);
      lane.store(z, 2 * i, select(pair.first < T(0.5), T(-1), T(1)));
      if (2 * i + 1 < n) lane.store(z, 2 * i + 1, select(pair.second < T(0.5), T(-1), T(1)));
    }
  };
};

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
