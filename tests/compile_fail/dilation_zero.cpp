// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Dilation steps are at least 1 each.
#include <lanes/network/options.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
lanes::Dilation<1, 2> dilation;
#else
lanes::Dilation<1, 0> dilation;
#endif
