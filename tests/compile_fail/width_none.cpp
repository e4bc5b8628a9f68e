// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Width is at least 1.
#include <lanes/autoregressive/options.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
lanes::Width<1> width;
#else
lanes::Width<0> width;
#endif
