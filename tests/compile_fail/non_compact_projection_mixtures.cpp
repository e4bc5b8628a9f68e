// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: NonCompactProjection<Mixtures> needs Mixtures >= 1.
#include <lanes/transform/non_compact_projection.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(lanes::NonCompactProjection<1>::channels > 0);
#else
static_assert(lanes::NonCompactProjection<0>::channels > 0);
#endif
