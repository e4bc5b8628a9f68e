// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Refinement needs even extents in every direction: it halves them.
#include <lanes/geometry/partition.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::Refinement::Masks<lanes::Lattice<4, 6>>::frozen_size == 6);
#else
static_assert(lanes::Refinement::Masks<lanes::Lattice<4, 5>>::frozen_size == 5);
#endif
