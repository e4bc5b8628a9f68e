// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Multiscale<Levels, Level> halves the extents Levels - 1 times, so they are multiples of 2^(Levels - 1).
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>

using Context = lanes::CpuContext<lanes::Single>;
template <int Levels>
using On = lanes::LayerOf<lanes::Multiscale<Levels, lanes::Rescaling>, lanes::Setting<Context, lanes::Scalar, lanes::Lattice<8, 20>>>;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(On<3>::parameters == 3);
#else
static_assert(On<4>::parameters == 4);
#endif
