// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: GaugeHierarchy sets loops of links: its Field is U1.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/flow/circular_spline.hpp>
#include <lanes/flow/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>

using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<1>, lanes::Tanh>;
using Layer = lanes::GaugeHierarchy<lanes::CircularSpline<3>, Network>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Field = lanes::U1;
#else
using Field = lanes::Scalar;
#endif
static_assert(Layer::On<lanes::CpuContext<lanes::Single>, Field, lanes::Lattice<2, 2>>::positions ==
              2);
