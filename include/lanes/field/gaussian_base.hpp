// SPDX-License-Identifier: BSD-3-Clause
//
// GaussianBase<Derived>: the base density of a field of real numbers, independent N(0, 1):
//
//   ln r(z) = -1/2 sum z^2 - (n/2) ln 2 pi,   n = number of rows
//
// Rows 2i and 2i + 1 share block i of the lane's random numbers.
#pragma once

#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

template <class Derived>
struct GaussianBase {
  /// z ~ r into z [rows]; adds ln r(z) to log_density.
  template <class Geometry, class Context>
  static void draw_base(Context& context, const RandomStream& stream,
                        Rows<typename Context::Real> z, Rows<double> log_density) {
    using Real = typename Context::Real;
    context.for_each((Derived::template rows<Geometry> + 1) / 2,
                     DrawNormals<Real>{z, stream, Derived::template rows<Geometry>});
    base_log_density<Geometry>(context, z, log_density);
  }

  /// Adds ln r(z) to log_density.
  template <class Geometry, class Context>
  static void base_log_density(Context& context, Rows<typename Context::Real> z,
                               Rows<double> log_density) {
    using Real = typename Context::Real;
    context.sum(Derived::template rows<Geometry>, LogDensity<Real>{z}, log_density);
  }

  /// dz = weight d ln r / dz, one weight per lane.
  template <class Geometry, class Context>
  static void base_score(Context& context, Rows<typename Context::Real> z,
                         Rows<typename Context::Real> weight, Rows<typename Context::Real> dz) {
    using Real = typename Context::Real;
    context.for_each(Derived::template rows<Geometry>, Score<Real>{z, weight, dz});
  }

  // Kernels are public: a CUDA compiler names their types.
  template <class Real>
  struct LogDensity {
    Rows<Real> z;
    template <class Lane>
    LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
      constexpr double half_log_two_pi = 0.9189385332046727;
      const auto v = lane.template load_as<double>(z, i);
      return v * v * (-0.5) - half_log_two_pi;
    }
  };
  /// dz = weight d ln r / dz
  template <class Real>
  struct Score {
    Rows<Real> z, weight, dz;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(dz, i, -lane.load(z, i) * lane.load(weight));
    }
  };
};

}  // namespace lanes
