// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Z2Net needs a transform whose parameters are even or odd under x -> -x, as those of Affine and Cubic: even_channels. The bins of a spline change places.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/transform/rational_quadratic.hpp>
#include <lanes/network/z2_net.hpp>

template <class Transform>
using Layer = lanes::Coupling<lanes::Checkerboard, Transform,
                              lanes::Z2ConvNet<lanes::Channels<4>, lanes::Kernel<3>>>;
template <class Transform>
constexpr int parameters =
    lanes::LayerOf<Layer<Transform>, lanes::Setting<lanes::CpuContext<lanes::Single>, lanes::Scalar, lanes::Lattice<4, 4>>>::parameters;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(parameters<lanes::Cubic> > 0);
#else
static_assert(parameters<lanes::RationalQuadratic<4>> > 0);
#endif
