// SPDX-License-Identifier: BSD-3-Clause
//
// check_report<P>(report): laws::check_flow has passed with P's tolerances.
#pragma once

#include <doctest/doctest.h>

#include <lanes/testing/laws.hpp>

template <class P>
void check_report(const lanes::laws::Report& report) {
  CHECK(report["log_det"].allowed == P::gradient);
  CHECK_MESSAGE(report.passed(), to_string(report));
}
