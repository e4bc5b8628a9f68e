// SPDX-License-Identifier: BSD-3-Clause
//
// A program that is compiled without optimisation gives the same numbers some fifty times slower.
// It says so once, on stderr, when it first computes (backend/cpu.hpp). To silence it, define
// LANES_NO_SLOW_BUILD_WARNING before any header of the library, or on the compiler's command line.
#pragma once

#include <cstdio>

#include <lanes/core/finite_math.hpp>

namespace lanes::detail {

inline void warn_of_slow_build() {
#if defined(__GNUC__) && !defined(__OPTIMIZE__) && !defined(LANES_NO_SLOW_BUILD_WARNING)
  static const int once = std::fputs(
      "lanes: this program is built without optimisation, some fifty times slower than with -O2 "
      "(CMake: -DCMAKE_BUILD_TYPE=Release); LANES_NO_SLOW_BUILD_WARNING silences this line\n",
      stderr);
  static_cast<void>(once);
#endif
}

}  // namespace lanes::detail
