// SPDX-License-Identifier: BSD-3-Clause
//
// near(x): what equals x as two ways to compute one number in double do; the tolerance is the
// precision policy's.
#pragma once

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>

inline doctest::Approx near(double x) {
  return doctest::Approx(x).epsilon(lanes::Double::agreement);
}
