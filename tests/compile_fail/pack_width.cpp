// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Pack is a whole number of SIMD registers wide.
#include <lanes/core/simd.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
float sum(lanes::Pack<float, 2 * lanes::simd_width<float>> x) { return reduce_add(x + 1); }
#else
float sum(lanes::Pack<float, lanes::simd_width<float> + 1> x) { return reduce_add(x + 1); }
#endif
