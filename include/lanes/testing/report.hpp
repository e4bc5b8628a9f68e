// SPDX-License-Identifier: BSD-3-Clause
//
// FlowReport: what check_flow (laws.hpp) has found, law by law, and the verdict in words:
//
//   passed       every deviation is below what the precision allows
//   failed       one is not, though ten errors of the numerical derivative are given to it
//   undecided    none is seen, but more than a tenth of the derivatives are not known well enough
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/testing/differences.hpp>

namespace lanes::laws {

struct FlowReport {
  double round_trip = 0, log_det = 0;
  double score_field = 0, score_parameters = 0;
  double pullback_field = 0, pullback_parameters = 0;
  double null_gradient = 0;
  double unknown = 0;  // largest share of components whose numerical derivative is not known
  double allowed_round_trip = 0, allowed_null_gradient = 0, allowed = 0;  // allowed: of all others

  struct Law {
    const char* name;
    double deviation, allowed;
    bool holds() const { return deviation < allowed; }  // not where it is NaN
  };
  std::array<Law, 7> laws() const {
    return {{{"round_trip", round_trip, allowed_round_trip},
             {"log_det", log_det, allowed},
             {"score_field", score_field, allowed},
             {"score_parameters", score_parameters, allowed},
             {"pullback_field", pullback_field, allowed},
             {"pullback_parameters", pullback_parameters, allowed},
             {"null_gradient", null_gradient, allowed_null_gradient}}};
  }
  bool failed() const {
    for (const Law& law : laws())
      if (!law.holds()) return true;
    return false;
  }
  bool undecided() const { return !failed() && !(unknown <= 0.1); }
  bool passed() const { return !failed() && !undecided(); }
};

/// "passed", "undecided: ..", or "failed: " and each law that does not hold, by how much.
inline std::string to_string(const FlowReport& report) {
  if (report.passed()) return "passed";
  if (report.undecided())
    return "undecided: a share of " + lanes::detail::to_text(report.unknown) +
           " of the numerical derivatives is not known to a part in a thousand";
  std::string text;
  for (const FlowReport::Law& law : report.laws())
    if (!law.holds())
      text += (text.empty() ? "failed: " : "; ") + std::string(law.name) + " is off by " +
              lanes::detail::to_text(law.deviation) +
              " (allowed: " + lanes::detail::to_text(law.allowed) + ")";
  return text;
}

/// Largest component of a - b relative to the largest of b.
inline double relative_deviation(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, size = 1e-300;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}

/// The same of a - b.value, beyond ten of its errors; `unknown` is raised to the share of
/// components with ten errors above a thousandth.
inline double relative_deviation(const std::vector<double>& a, const Derivative& b,
                                 double& unknown) {
  double difference = 0, size = 1e-300, count = 0;
  for (double v : b.value) size = std::max(size, std::abs(v));
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a[i] - b.value[i]), noise = 10 * b.error[i];
    if (!std::isfinite(d)) difference = INFINITY;
    difference = std::max(difference, d - noise);
    count += !(noise < 1e-3 * size);
  }
  unknown = std::max(unknown, count / double(std::max<std::size_t>(1, a.size())));
  return difference / size;
}

}  // namespace lanes::laws
