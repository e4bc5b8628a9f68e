// SPDX-License-Identifier: BSD-3-Clause
//
// UniformAngles<Derived>: what fields of angles [radians] in [0, 2 pi) have in common: the uniform
// base density, ln r = -n ln 2 pi for n rows, which has no slope, and how angles are brought back.
#pragma once

#include <lanes/core/angle.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/uniform_base.hpp>

namespace lanes {

template <class Derived>
struct UniformAngles : UniformBase<Derived> {
  /// The field is a point on a circle of this circumference.
  static constexpr double period = two_pi;
  static constexpr double log_density = -1.8378770664093453;  // -ln 2 pi, of an angle
  template <class T>
  LANES_HD LANES_INLINE static T from_uniform(T u) {
    return wrap(u * T(two_pi));
  }

  /// dz = weight d ln r / dz = 0.
  template <class Geometry, class Context>
  static void base_score(Context& context, Rows<typename Context::Real>,
                         Rows<typename Context::Real>, Rows<typename Context::Real> dz) {
    fill(context, dz, Derived::template rows<Geometry>);
  }

  /// Brings x [rows] back to [0, 2 pi), where it has left it.
  template <class Geometry, class Context>
  static void fold(Context& context, Rows<typename Context::Real> x) {
    using Real = typename Context::Real;
    context.for_each(Derived::template rows<Geometry>, Fold<Real>{x});
  }

  // public: a CUDA compiler names the types of kernels
  template <class Real>
  struct Fold {
    Rows<Real> x;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(x, i, wrap(lane.load(x, i)));
    }
  };
};

}  // namespace lanes
