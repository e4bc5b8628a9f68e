// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: RationalQuadratic<Bins> needs Bins >= 1.
#include <lanes/transform/rational_quadratic.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::RationalQuadratic<1>::channels > 0);
#else
static_assert(lanes::RationalQuadratic<0>::channels > 0);
#endif
