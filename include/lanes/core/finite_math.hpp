// SPDX-License-Identifier: BSD-3-Clause
//
// Every header of the library reaches this one (tests/floors), which refuses flags that make a
// compiler forget NaN and infinity: a NaN that does not exist passes every check, of a diverged
// training, of accept/reject, of a damaged file.
//
// nvcc's --use_fast_math concerns device code alone: shorter division, square root, exp, log, sin
// and cos of float there. It does not assume finite numbers, and no macro tells the host of it.
#pragma once

#if defined(__FINITE_MATH_ONLY__)
static_assert(__FINITE_MATH_ONLY__ == 0,
              "lanes: -ffast-math, -Ofast and -ffinite-math-only make the compiler forget NaN and "
              "infinity, and with them every check of this library: build with -O3, or add "
              "-fno-finite-math-only.");
#endif
