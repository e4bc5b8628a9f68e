// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Lattice has 1 to 4 extents, one per dimension.
#include <lanes/geometry/lattice.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::Lattice<4, 4, 4, 4>::volume == 256);
#else
static_assert(lanes::Lattice<4, 4, 4, 4, 4>::volume == 1024);
#endif
