// SPDX-License-Identifier: BSD-3-Clause
//
// Stopwatch: wall-clock seconds since it was made.
#pragma once

#include <chrono>

#include <lanes/core/finite_math.hpp>

namespace lanes {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point start_ = Clock::now();
};

}  // namespace lanes
