// SPDX-License-Identifier: BSD-3-Clause
//
// Cpu and Thrust agree: base samples bit for bit, everything else to the precision's tolerance.
#include <algorithm>

#include <doctest/doctest.h>

#include <lanes/backend/thrust.hpp>
#include <lanes/core/precision.hpp>

#include "thrust/numbers.hpp"

namespace agreement {

using namespace lanes;
using testing::Numbers;

template <class Precision>
void check_agreement(const Numbers& found, const Numbers& expected) {
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, values] : expected) {
    CAPTURE(name);
    REQUIRE(found.count(name) == 1);
    const auto& other = found.at(name);
    REQUIRE(other.size() == values.size());
    double size = 1, difference = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      size = std::max(size, std::abs(values[i]));
      difference =
          std::max(difference, std::isfinite(other[i]) ? std::abs(other[i] - values[i]) : INFINITY);
    }
    if (name == "base")
      CHECK(difference == 0);
    else
      CHECK(difference < size * Precision::agreement);
  }
}

TEST_CASE("Single: the numbers of Cpu") {
  check_agreement<Single>(testing::NumbersOf<Single, Thrust>::run(),
                          testing::numbers_of_cpu_single());
}
TEST_CASE("Double: the numbers of Cpu") {
  check_agreement<Double>(testing::NumbersOf<Double, Thrust>::run(),
                          testing::numbers_of_cpu_double());
}
TEST_CASE("twice the same bits") {
  CHECK(testing::NumbersOf<Single, Thrust>::run() == testing::NumbersOf<Single, Thrust>::run());
}

}  // namespace agreement
