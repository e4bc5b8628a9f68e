// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/recording.hpp"

#include <lanes/backend/serial.hpp>

#include "thrust/main.hpp"

TEST_CASE("a conditional training is that of plain loops") {
  using namespace recording;
  const auto here = conditional_training<lanes::Serial>(),
             there = conditional_training<lanes::Thrust>();
  REQUIRE(here.size() == there.size());
  for (std::size_t i = 0; i < here.size(); ++i)
    CHECK(std::abs(here[i] - there[i]) < lanes::Single::agreement);  // six steps of 1e-3
}
