// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: GaugeHierarchy cuts the rectangles of a two-dimensional Lattice.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/flow/circular_spline.hpp>
#include <lanes/flow/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>

using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<1>, lanes::Tanh>;
using Layer = lanes::GaugeHierarchy<lanes::CircularSpline<3>, Network>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Geometry = lanes::Lattice<2, 2>;
#else
using Geometry = lanes::Lattice<2, 2, 2>;
#endif
static_assert(Layer::On<lanes::CpuContext<lanes::Single>, lanes::U1, Geometry>::positions == 2);
