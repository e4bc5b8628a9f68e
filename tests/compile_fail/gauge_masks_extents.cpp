// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: gauge masks repeat after four sites: they need a two-dimensional Lattice whose extents are multiples of 4.
#include <lanes/geometry/gauge_masks.hpp>
#include <lanes/geometry/lattice.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::StripeMasks::Masks<lanes::Lattice<4, 8>>::active(0, 0) == 0);
#else
static_assert(lanes::StripeMasks::Masks<lanes::Lattice<4, 6>>::active(0, 0) == 0);
#endif
