// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Sublattice<Spacing, Layer> needs extents that are multiples of Spacing.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/layer/sublattice.hpp>

using Context = lanes::CpuContext<lanes::Single>;
template <int Spacing>
using On =
    lanes::LayerOf<lanes::Sublattice<Spacing, lanes::Rescaling>, lanes::Setting<Context, lanes::Scalar, lanes::Lattice<4, 12>>>;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(On<2>::parameters == 1);
#else
static_assert(On<3>::parameters == 1);
#endif
