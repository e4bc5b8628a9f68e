// SPDX-License-Identifier: BSD-3-Clause
//
// require: what it throws, and that the message names the thing, its value and what is allowed.
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <lanes/core/error.hpp>

using namespace lanes;

TEST_CASE("require names what, value and range") {
  CHECK_NOTHROW(require(true, "Phi4: lambda", 1.0, ">= 0"));
  CHECK_THROWS_WITH_AS(require(false, "Phi4: lambda", -1.0, ">= 0"),
                       "lanes: Phi4: lambda is -1 (allowed: >= 0)", std::invalid_argument);
  CHECK_THROWS_WITH(require(false, "a", -0.12345, "> 0"), "lanes: a is -0.12345 (allowed: > 0)");
  CHECK_THROWS_WITH(require(false, "a", 1.5f, "<= 1"), "lanes: a is 1.5 (allowed: <= 1)");
  CHECK_THROWS_WITH(require(false, "train: batch", 100, "a positive multiple of 32"),
                    "lanes: train: batch is 100 (allowed: a positive multiple of 32)");
  CHECK_THROWS_WITH(require(false, "n", std::size_t(7), "8"), "lanes: n is 7 (allowed: 8)");
  CHECK_THROWS_WITH(require(false, "type", std::string("int8"), "float32"),
                    "lanes: type is int8 (allowed: float32)");
  CHECK_THROWS_WITH(require(false, "type", "int8", "float32"),
                    "lanes: type is int8 (allowed: float32)");
  CHECK_THROWS_WITH(require(false, "m2", std::numeric_limits<double>::quiet_NaN(), "finite"),
                    "lanes: m2 is nan (allowed: finite)");
  CHECK_THROWS_WITH(require(false, "m2", -std::numeric_limits<double>::quiet_NaN(), "finite"),
                    "lanes: m2 is nan (allowed: finite)");
  CHECK_THROWS_WITH(require(false, "m2", -std::numeric_limits<double>::infinity(), "finite"),
                    "lanes: m2 is -inf (allowed: finite)");
}
