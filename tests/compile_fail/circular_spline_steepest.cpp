// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: CircularSpline<Knots, Steepest> needs Steepest > Knots, or 0 for no limit.
#include <lanes/transform/circular_spline.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::CircularSpline<9, 10>::channels > 0);
#else
static_assert(lanes::CircularSpline<9, 9>::channels > 0);
#endif
