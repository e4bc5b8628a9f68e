// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: GaugeHierarchy needs a Transform of the circle: CircularSpline or NonCompactProjection.
#include <lanes/transform/circular_spline.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>

using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<1>, lanes::Tanh>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Transform = lanes::CircularSpline<3>;
#else
using Transform = lanes::Affine;
#endif
lanes::GaugeHierarchy<Transform, Network> layer;
