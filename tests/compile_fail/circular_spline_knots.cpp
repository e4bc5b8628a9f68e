// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: CircularSpline<Knots> needs Knots >= 2: one bin or more.
#include <lanes/transform/circular_spline.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::CircularSpline<2>::channels > 0);
#else
static_assert(lanes::CircularSpline<1>::channels > 0);
#endif
