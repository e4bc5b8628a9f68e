// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Coupling moves a field of one number per site; links take a GaugeCoupling.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>

using Lattice = lanes::Lattice<4, 4>;
using Context = lanes::CpuContext<lanes::Single>;
using Layer = lanes::Coupling<lanes::Checkerboard, lanes::Affine,
                              lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>>;

struct Doublet : lanes::Scalar {
  template <class Geometry>
  static constexpr int components = 2;
};

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::LayerOf<Layer, lanes::Setting<Context, lanes::Scalar, Lattice>>::turns == 1);
#else
static_assert(lanes::LayerOf<Layer, lanes::Setting<Context, Doublet, Lattice>>::turns == 1);
#endif
