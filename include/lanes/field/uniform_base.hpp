// SPDX-License-Identifier: BSD-3-Clause
//
// UniformBase<Derived>: the base density of a field whose numbers are independent and each a
// function of one uniform deviate u in [0, 1), with a constant density: Derived has from_uniform(u)
// and log_density, of a number. Rows 2i and 2i + 1 share block i of the lane's random numbers.
#pragma once

#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

template <class Derived>
struct UniformBase {
  /// z ~ r into z [rows]; adds ln r(z) to log_density.
  template <class Geometry, class Context>
  static void draw_base(Context& context, const RandomStream& stream,
                        Rows<typename Context::Real> z, Rows<double> log_density) {
    using Real = typename Context::Real;
    constexpr int n = Derived::template rows<Geometry>;
    context.for_each((n + 1) / 2, DrawPair<Real>{z, stream, n});
    base_log_density<Geometry>(context, z, log_density);
  }

  /// Adds ln r to log_density.
  template <class Geometry, class Context>
  static void base_log_density(Context& context, Rows<typename Context::Real>,
                               Rows<double> log_density) {
    constexpr int n = Derived::template rows<Geometry>;
    context.for_each(1, AddConstant<double>{log_density, n * Derived::log_density});
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
      lane.store(z, 2 * i, Derived::from_uniform(pair.first));
      if (2 * i + 1 < n) lane.store(z, 2 * i + 1, Derived::from_uniform(pair.second));
    }
  };
};

}  // namespace lanes
