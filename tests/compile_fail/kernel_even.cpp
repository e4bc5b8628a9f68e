// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Kernel needs an odd extent, so that the stencil has a centre.
#include <lanes/network/options.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::Kernel<3>::extent == 3);
#else
static_assert(lanes::Kernel<4>::extent == 4);
#endif
