// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: the second network of a Z2Net must be odd: NoBias, and Tanh or Identity as activations.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/z2_net.hpp>

template <class... Options>
using Net = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh, Options...>;
template <class Network>
constexpr int parameters =
    lanes::LayerOf<lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>, lanes::Setting<lanes::CpuContext<lanes::Single>, lanes::Scalar, lanes::Lattice<4, 4>>>::parameters;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(parameters<lanes::Z2Net<Net<>, Net<lanes::NoBias>>> > 0);
#else
static_assert(parameters<lanes::Z2Net<Net<>, Net<>>> > 0);
#endif
