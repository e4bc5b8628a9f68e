// SPDX-License-Identifier: BSD-3-Clause
//
// Estimate: a mean with its statistical error, the common answer of gamma_method, bootstrap and
// weights.
//
//   value +- error, where error is one standard deviation of the mean; autocorrelations included:
//   error^2 = 2 tau_int Var / N,  tau_int = 1/2 + sum_{t >= 1} rho(t)  [measurements]
//
// Independent data have tau_int = 0.5, tau_int_error = 0 and window = 0. A constant series has
// error 0 and the same tau_int.
//
// NaN: an Estimate never hides one. value is NaN (or infinite) where the derived quantity has no
// value at the sample means (arccosh below 1, a ratio 0/0). error and tau_int are NaN where value
// is not finite, or where its gradient is not. replica_q is NaN where there is one replica only, or
// no fluctuation.
#pragma once

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

namespace lanes {

struct Estimate {
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

  double value = nan;
  double error = nan;        // one standard deviation of value
  double error_error = nan;  // one standard deviation of error
  double tau_int = 0.5;      // [measurements]
  double tau_int_error = 0;  // [measurements]
  int window = 0;            // summation window W of tau_int [measurements]
  double replica_q = nan;    // probability of a larger spread between replicas
};

/// value(error) with two digits of the error: 0.12345(67), -71.2(1.4), 1234(56), 0.5(0), nan(nan).
inline std::string to_string(const Estimate& estimate) {
  char text[400];
  const auto unsigned_nan = [](double x) { return std::isnan(x) ? Estimate::nan : x; };
  const double v = unsigned_nan(estimate.value), e = unsigned_nan(estimate.error);
  if (!std::isfinite(v) || !std::isfinite(e) || e <= 0) {
    std::snprintf(text, sizeof text, "%.12g(%.2g)", v, e);
    return text;
  }
  int digits = 1 - static_cast<int>(std::floor(std::log10(e)));
  if (std::round(e * std::pow(10.0, digits)) >= 100) --digits;
  if (digits > 300 || digits < -300) {
    std::snprintf(text, sizeof text, "%.12g(%.2g)", v, e);
  } else if (digits <= 0) {
    std::snprintf(text, sizeof text, "%.0f(%.0f)", v, e);
  } else if (digits == 1) {
    std::snprintf(text, sizeof text, "%.1f(%.1f)", v, e);
  } else {
    std::snprintf(text, sizeof text, "%.*f(%.0f)", digits, v, e * std::pow(10.0, digits));
  }
  return text;
}

}  // namespace lanes
