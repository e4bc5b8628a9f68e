// SPDX-License-Identifier: BSD-3-Clause
//
// GaugeModel<L, Backend>: the gauge hierarchy of quality/study_u1.cpp on L x L sites at beta = 2,
// Single: circular splines of 13 knots, networks 2 -> 16 -> 16 -> 37 on single cells.
#pragma once

#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/transform/circular_spline.hpp>

namespace lanes::benchmarks {

template <int L, class Backend>
struct GaugeModel {
  using Geometry = Lattice<L, L>;
  using Network = ConvNet<Channels<16, 16>, Kernel<1>, Tanh>;
  using Flow = GaugeHierarchy<CircularSpline<13, 1000>, Network>;
  using Sampler = lanes::Sampler<U1, Geometry, Flow, Single, Backend>;
  using Theory = U1Gauge<Geometry>;
  static Theory theory() { return Theory(2.0); }

  /// Of a lane: the networks', V - 1 times.
  static double forward_flops() {
    return 2.0 * (Geometry::volume - 1) * (2 * 16 + 16 * 16 + 16 * 37);
  }
};

}  // namespace lanes::benchmarks
