// SPDX-License-Identifier: BSD-3-Clause
//
// What layers that transform loops of links have in common: a loop of angle P, which no other
// active link is part of, becomes P' = transform(P; p), and its active link takes the difference
// with it,
//
//   theta += +-(P' - P)  mod 2 pi,   ln|det| = sum over active loops of ln dP'/dP
//
// LoopTransform<Transform, Real> are the kernels between rows [active] of angles: they know no
// lattice, so that all layers with one transform share them. LoopMove<Active, Real> are those
// between these rows and the links. Active says which, of a variant of the layer:
//
//   loop(variant, i, links)   the angle of the i-th active loop, links(row) the angle of a link
//   link(variant, i)          the row of its active link
//   with_link(variant)        whether the loop grows with its link, or falls
#pragma once

#include <lanes/core/angle.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/share.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/transform/adjoints.hpp>

namespace lanes::detail {

template <class Transform, class Real>
struct LoopTransform {
  static constexpr int channels = Transform::channels;

  // loop: P; becomes the transform's argument, which is P or, of the inverse, P'.
  template <Way way>
  struct Move {
    int pitch;  // parameters [channels][pitch]
    Rows<Real> parameters, loop, change;
    template <class Lane>
    LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      T p[std::size_t(channels)];
      for (int c = 0; c < channels; ++c) p[c] = lane.load(parameters, c * pitch + i);
      const T before = lane.load(loop, i);
      const auto after =
          way == Way::forward ? Transform::forward(before, p) : Transform::inverse(before, p);
      if constexpr (way == Way::inverse) lane.store(loop, i, after.value);
      lane.store(change, i, after.value - before);
      return after.log_derivative;
    }
  };

  // d_loop: the adjoint of P' - P; becomes that of P. change: what undoes the move.
  template <Way way>
  struct Adjoint {
    int pitch;
    Rows<Real> d_log_det, parameters, loop, d_loop, d_parameters, change;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      T p[std::size_t(channels)], dp[std::size_t(channels)];
      for (int c = 0; c < channels; ++c) p[c] = lane.load(parameters, c * pitch + i);
      const T from = lane.load(loop, i), d = lane.load(d_loop, i), dl = lane.load(d_log_det);
      const T to = Transform::forward(from, p).value;
      lane.store(change, i, way == Way::forward ? from - to : to - from);
      const T d_from = way == Way::forward ? AdjointsOf<Transform>::forward(from, p, d, dl, dp)
                                           : AdjointsOf<Transform>::inverse(from, p, d, dl, dp);
      lane.store(d_loop, i, d_from - d);
      for (int c = 0; c < channels; ++c) lane.store(d_parameters, c * pitch + i, dp[c]);
    }
  };
};

template <class Active, class Real>
struct LoopMove {
  struct Measure {
    int variant;
    Rows<Real> x, loop;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(loop, i, wrap(Active::loop(variant, i, LinkAngles<Real, Lane>{x, lane})));
    }
  };
  struct Turn {
    int variant;
    Rows<Real> x, change;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const int row = Active::link(variant, i);
      const auto link = lane.load(x, row), by = lane.load(change, i);
      lane.store(x, row, wrap(Active::with_link(variant) ? link + by : link - by));
    }
  };
  struct Pull {
    int variant;
    Rows<Real> dx, d_loop;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const auto d = lane.load(dx, Active::link(variant, i));
      lane.store(d_loop, i, Active::with_link(variant) ? d : -d);
    }
  };
};

}  // namespace lanes::detail
