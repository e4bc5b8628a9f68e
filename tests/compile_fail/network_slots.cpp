// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...>: the first are Channels, such as Channels<16, 16>; see lanes/network/options.hpp.
// mistake 2: lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...>: the second is a Kernel, such as Kernel<3>; see lanes/network/options.hpp.
// mistake 3: lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...>: the third is an activation, such as LeakyRelu; see lanes/network/activation.hpp.
// mistake 4: lanes: DenseNet<Channels<...>, Activation, options...>: the first are Channels, such as Channels<128>; see lanes/network/options.hpp.
// mistake 5: lanes: DenseNet<Channels<...>, Activation, options...>: the second is an activation, such as Tanh; see lanes/network/activation.hpp.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>

using namespace lanes;
#if defined(LANES_COMPILE_FAIL_CONTROL)
using Net = ConvNet<Channels<4>, Kernel<3>, Tanh, NoBias>;
#elif LANES_MISTAKE == 1
using Net = ConvNet<Kernel<3>, Channels<4>, Tanh>;
#elif LANES_MISTAKE == 2
using Net = ConvNet<Channels<4>, Tanh, Kernel<3>>;
#elif LANES_MISTAKE == 3
using Net = ConvNet<Channels<4>, Kernel<3>, NoBias>;
#elif LANES_MISTAKE == 4
using Net = DenseNet<Tanh, Channels<4>>;
#elif LANES_MISTAKE == 5
using Net = DenseNet<Channels<4>, NoBias>;
#endif
using Moves = LayerOf<Coupling<Checkerboard, Affine, Net>, Setting<CpuContext<Single>, Scalar, Lattice<4, 4>>>;
static_assert(Moves::turns == 1);
