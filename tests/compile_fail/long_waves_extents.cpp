// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: LongWaves<Spacing, Layer> needs extents that are multiples of Spacing.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/rescaling.hpp>

using Context = lanes::CpuContext<lanes::Single>;
template <int Spacing>
using On = lanes::LayerOf<lanes::LongWaves<Spacing, lanes::Rescaling>, lanes::Setting<Context, lanes::Scalar, lanes::Lattice<4, 12>>>;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(On<2>::parameters == 1);
#else
static_assert(On<3>::parameters == 1);
#endif
