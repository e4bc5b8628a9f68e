// SPDX-License-Identifier: BSD-3-Clause
//
// Report: what a check of laws has found, line by line, and the verdict in words:
//
//   passed       every deviation is below what the precision allows
//   failed       one is not, though ten errors of the numerical derivative are given to it
//   undecided    none is seen, but too much was not to be seen: as a rule, more than a tenth of the
//                numerical derivatives, which are not known well enough
//
//   report["force"].deviation  broken(report): the names of what does not hold    to_string(report)
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/testing/differences.hpp>

namespace lanes::laws {

/// What a statistical law allows, in errors of its mean: fixed seeds, so it holds or it does not.
inline constexpr double sigmas = 5;

/// One line of a report.
struct Law {
  std::string name;
  double deviation, allowed;                          // found; above it the law is broken
  bool holds() const { return deviation < allowed; }  // not where it is NaN
};

struct Report {
  std::vector<Law> laws;
  double unknown = 0, unknown_allowed = 0.1;  // share of what cannot be judged
  /// What too much of is not known, where the report is undecided.
  const char* unknown_what = "of the numerical derivatives is not known to a part in a thousand";

  /// A law that is looked at again keeps its largest deviation.
  void add(std::string_view name, double deviation, double allowed) {
    for (Law& law : laws)
      if (law.name == name) {
        if (!(deviation <= law.deviation)) law.deviation = deviation;
        return;
      }
    laws.push_back({std::string(name), deviation, allowed});
  }
  /// The law of a name.
  const Law& operator[](std::string_view name) const {
    for (const Law& law : laws)
      if (law.name == name) return law;
    require(false, "Report: a law", name, "one of those that were checked");
    return laws.front();
  }
  bool failed() const {
    return !std::all_of(laws.begin(), laws.end(), [](const Law& law) { return law.holds(); });
  }
  bool undecided() const { return !failed() && !(unknown <= unknown_allowed); }
  bool passed() const { return !failed() && !undecided(); }
};

/// The names of the laws that do not hold.
inline std::vector<std::string> broken(const Report& report) {
  std::vector<std::string> names;
  for (const Law& law : report.laws)
    if (!law.holds()) names.push_back(law.name);
  return names;
}

/// "passed", "undecided: ..", or "failed: " and each law that does not hold, by how much.
inline std::string to_string(const Report& report) {
  if (report.passed()) return "passed";
  if (report.undecided())
    return "undecided: a share of " + lanes::detail::to_text(report.unknown) + " " +
           report.unknown_what;
  std::string text;
  for (const Law& law : report.laws)
    if (!law.holds())
      text += (text.empty() ? "failed: " : "; ") + law.name + " is off by " +
              lanes::detail::to_text(law.deviation) +
              " (allowed: " + lanes::detail::to_text(law.allowed) + ")";
  return text;
}

/// Largest component of a - b relative to the largest of b, or to `least` if that is larger.
inline double relative_deviation(const std::vector<double>& a, const std::vector<double>& b,
                                 double least = 1e-300) {
  double difference = a.size() == b.size() ? 0 : INFINITY, size = least;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double d = std::abs(a[i] - b[i]);
    difference = std::max(difference, std::isfinite(d) ? d : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}
/// The same, relative to the largest of b and at least to one.
inline double deviation(const std::vector<double>& a, const std::vector<double>& b) {
  return relative_deviation(a, b, 1);
}

/// The same of a - b.value, beyond ten of its errors; `unknown` is raised to the share of
/// components with ten errors above a thousandth.
inline double relative_deviation(const std::vector<double>& a, const Derivative& b, double& unknown,
                                 double least = 1e-300) {
  double difference = 0, size = least, count = 0;
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
