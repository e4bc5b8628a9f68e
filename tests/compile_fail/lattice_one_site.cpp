// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: every extent of a Lattice is at least 2 (a periodic direction needs two sites).
#include <lanes/geometry/lattice.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::Lattice<4, 2>::volume == 8);
#else
static_assert(lanes::Lattice<4, 1>::volume == 4);
#endif
