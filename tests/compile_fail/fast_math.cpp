// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: -ffast-math, -Ofast and -ffinite-math-only make the compiler forget NaN and infinity, and with them every check of this library: build with -O3, or add -fno-finite-math-only.
// options 1: -ffast-math
// mistake 2: lanes: -ffast-math, -Ofast and -ffinite-math-only make the compiler forget NaN and infinity, and with them every check of this library: build with -O3, or add -fno-finite-math-only.
// options 2: -Ofast
// mistake 3: lanes: -ffast-math, -Ofast and -ffinite-math-only make the compiler forget NaN and infinity, and with them every check of this library: build with -O3, or add -fno-finite-math-only.
// options 3: -ffinite-math-only
#if LANES_MISTAKE == 3
#include <lanes/statistics/estimate.hpp>
#else
#include <lanes/core/error.hpp>
#endif
int main() {
#if defined(LANES_COMPILE_FAIL_CONTROL)
  lanes::require(true, "a number", 1.0, "any");
#endif
}
