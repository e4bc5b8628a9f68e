// SPDX-License-Identifier: BSD-3-Clause
#pragma once

struct BrokenOptions {
  int steps = 10;  // >= 1; of a trajectory
  int chains = 32;  // a multiple of the SIMD width wastes no lane
};
