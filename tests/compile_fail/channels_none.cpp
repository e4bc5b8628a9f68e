// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Channels are at least 1 each.
#include <lanes/network/options.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::Channels<16, 1>::depth == 2);
#else
static_assert(lanes::Channels<16, 0>::depth == 2);
#endif
