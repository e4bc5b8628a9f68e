// SPDX-License-Identifier: BSD-3-Clause
//
// team(): the threads of the parallel region that it is called in. team_of(n): those of a region
// that was asked for n, one without OpenMP.
#pragma once

#if defined(_OPENMP)
#include <omp.h>
#endif

inline int team() {
#if defined(_OPENMP)
  return omp_get_num_threads();
#else
  return 1;
#endif
}
inline int team_of([[maybe_unused]] int n) {
#if defined(_OPENMP)
  return n;
#else
  return 1;
#endif
}
