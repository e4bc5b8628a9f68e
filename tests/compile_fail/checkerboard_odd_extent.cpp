// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Checkerboard needs even extents in every direction, or neighbours across the boundary have equal parity.
#include <lanes/geometry/partition.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::Checkerboard::Masks<lanes::Lattice<4, 6>>::active_size == 12);
#else
static_assert(lanes::Checkerboard::Masks<lanes::Lattice<4, 5>>::active_size == 10);
#endif
