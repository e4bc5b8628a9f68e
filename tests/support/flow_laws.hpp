// SPDX-License-Identifier: BSD-3-Clause
//
// check_report<P>(report): every deviation that laws::check_flow has found is below P's tolerance.
#pragma once

#include <doctest/doctest.h>

#include <lanes/testing/laws.hpp>

template <class P>
void check_report(const lanes::laws::FlowReport& report) {
  CHECK(report.round_trip < P::round_trip);
  CHECK(report.log_det < P::gradient);
  CHECK(report.score_field < P::gradient);
  CHECK(report.score_parameters < P::gradient);
  CHECK(report.pullback_field < P::gradient);
  CHECK(report.pullback_parameters < P::gradient);
  CHECK(report.null_gradient < P::agreement);
}
