// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Multiscale<Levels, Level> needs at least one level.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(sizeof(lanes::Multiscale<1, lanes::Rescaling>) > 0);
#else
static_assert(sizeof(lanes::Multiscale<0, lanes::Rescaling>) > 0);
#endif
