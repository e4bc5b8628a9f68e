// SPDX-License-Identifier: BSD-3-Clause
//
// bfloat16: rounding to nearest, ties to even, of numbers worked out by hand.
#include <cmath>
#include <initializer_list>
#include <limits>

#include <doctest/doctest.h>

#include <lanes/core/bfloat16.hpp>

using namespace lanes;

namespace {

float through(float x) { return rounded<bfloat16>(x); }

}  // namespace

TEST_CASE("numbers of eight significant bits stay; others go to the nearest, ties to even") {
  for (const float x : {0.0f, 1.0f, -1.5f, 255.0f, 0.0078125f}) CHECK(through(x) == x);
  const float step = 1.0f / 128;  // between neighbours from 1 to 2
  CHECK(through(1 + 0.4f * step) == 1);
  CHECK(through(1 + 0.6f * step) == 1 + step);
  CHECK(through(1 + 0.5f * step) == 1);             // tie: 1 is even
  CHECK(through(1 + 1.5f * step) == 1 + 2 * step);  // tie: 1 + step is odd
  CHECK(through(-(1 + 1.5f * step)) == -(1 + 2 * step));
  CHECK(through(2 - 0.25f * step) == 2);  // carries into the exponent
}

TEST_CASE("post: the relative error is at most 2^-8") {
  for (int i = 1; i < 2000; ++i) {
    const float x = std::sin(0.37f * float(i)) * std::exp(0.03f * float(i - 1000));
    CHECK(std::abs(through(x) - x) <= std::abs(x) / 256);
  }
}

TEST_CASE("infinity and not-a-number stay what they are; beyond the largest number is infinity") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(through(infinity) == infinity);
  CHECK(through(-infinity) == -infinity);
  CHECK(std::isnan(through(std::nanf(""))));
  CHECK(through(std::numeric_limits<float>::max()) == infinity);
}

TEST_CASE("other operands are left alone") {
  CHECK(rounded<float>(0.1f) == 0.1f);
  CHECK(rounded<double>(0.1) == 0.1);
}
