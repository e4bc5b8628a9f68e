// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/training/schedule.hpp>

using namespace lanes;

namespace {
bool close(double a, double b) { return std::abs(a - b) < Double::agreement; }
}  // namespace

TEST_CASE("constant") { CHECK(ConstantRate{}.factor(7, 10) == 1); }

TEST_CASE("cosine: 1 at the start, the floor at the end, half way between in the middle") {
  CHECK(close(CosineRate{}.factor(0, 60), 1));
  CHECK(close(CosineRate{}.factor(20, 60), 0.75));
  CHECK(close(CosineRate{}.factor(30, 60), 0.5));
  CHECK(close(CosineRate{}.factor(40, 60), 0.25));
  CHECK(close(CosineRate{}.factor(60, 60), 0));
  CHECK(close(CosineRate{.floor = 0.2}.factor(20, 60), 0.8));
  CHECK(close(CosineRate{.floor = 0.2}.factor(60, 60), 0.2));
}

TEST_CASE("step: decays once every so many steps") {
  const StepRate rate{.every = 3, .decay = 0.5};
  const double expected[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
  for (long step = 0; step < 7; ++step) CHECK(close(rate.factor(step, 100), expected[step]));
}

TEST_CASE("warm-up: rises to 1, then follows the inner schedule") {
  const WarmUp<> rate{.over = 4};
  const double expected[] = {0.25, 0.5, 0.75, 1, 1, 1};
  for (long step = 0; step < 6; ++step) CHECK(close(rate.factor(step, 100), expected[step]));

  const WarmUp<StepRate> both{.over = 2, .inner = {.every = 1, .decay = 0.5}};
  const double product[] = {0.5, 0.5, 0.25, 0.125};
  for (long step = 0; step < 4; ++step) CHECK(close(both.factor(step, 100), product[step]));
}
