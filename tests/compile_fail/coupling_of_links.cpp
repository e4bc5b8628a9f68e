// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Coupling moves a field of numbers on sites; links take a GaugeCoupling.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>

using Lattice = lanes::Lattice<4, 4>;
using Context = lanes::CpuContext<lanes::Single>;
using Layer = lanes::Coupling<lanes::Checkerboard, lanes::Affine,
                              lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>>;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::LayerOf<Layer, lanes::Setting<Context, lanes::Vector<2>, Lattice>>::turns == 1);
#else
static_assert(lanes::LayerOf<Layer, lanes::Setting<Context, lanes::U1, Lattice>>::turns == 1);
#endif
