// SPDX-License-Identifier: BSD-3-Clause
//
// A header whose names it does not explain, with an option without a range.
#pragma once

namespace lanes {

struct BrokenOptions {
  int steps = 10;   // >= 1; of a trajectory
  int chains = 32;  // a multiple of the SIMD width wastes no lane
};

}  // namespace lanes
