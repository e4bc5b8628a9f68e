// SPDX-License-Identifier: BSD-3-Clause
//
// FoldedAngles<Derived>: of a field of angles, how they are brought back to [0, 2 pi).
#pragma once

#include <lanes/core/angle.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

template <class Derived>
struct FoldedAngles {
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
