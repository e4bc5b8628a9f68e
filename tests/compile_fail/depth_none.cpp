// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Depth is at least 1.
#include <lanes/autoregressive/options.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
lanes::Depth<1> depth;
#else
lanes::Depth<0> depth;
#endif
