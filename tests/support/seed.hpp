// SPDX-License-Identifier: BSD-3-Clause
//
// testing::seed(n): the seed of a training in a test, moved by the variable LANES_TEST_SEED of the
// environment. A test that asks for a number which a training reaches states that number over
// seeds, so measured:
//
//   for s in $(seq 1 16); do LANES_TEST_SEED=$s build/tests/NAME; done | grep margin:
//
// and the same with build-v2 and build-v3 (presets v2, v3): other widths of a register are other
// trajectories.
#pragma once

#include <cstdint>
#include <cstdlib>

#include <doctest/doctest.h>

#include <lanes/core/random.hpp>

namespace lanes::testing {

inline Seed seed(std::uint64_t n) {
  const char* moved = std::getenv("LANES_TEST_SEED");
  return Seed{n + 1000 * (moved ? std::strtoull(moved, nullptr, 10) : 0)};
}

}  // namespace lanes::testing

/// A number with what is asked of it, for such a measurement.
#define LANES_MARGIN(...) MESSAGE("margin: ", __VA_ARGS__)
