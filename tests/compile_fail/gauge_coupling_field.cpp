// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: GaugeCoupling moves links: its Field is U1; a scalar field takes a Coupling.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/flow/circular_spline.hpp>
#include <lanes/flow/gauge_coupling.hpp>
#include <lanes/network/conv_net.hpp>

using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>;
using Layer =
    lanes::GaugeCoupling<lanes::StripeMasks, lanes::Plaquettes, lanes::CircularSpline<3>, Network>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Field = lanes::U1;
#else
using Field = lanes::Scalar;
#endif
static_assert(Layer::On<lanes::CpuContext<lanes::Single>, Field, lanes::Lattice<4, 4>>::positions ==
              1);
