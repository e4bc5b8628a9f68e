// SPDX-License-Identifier: BSD-3-Clause
//
// Estimate: a mean with its statistical error, the common answer of gamma_method, bootstrap and
// weights.
//
//   value +- error, where error is one standard deviation of the mean; autocorrelations included:
//   error^2 = 2 tau_int Var / N,  tau_int = 1/2 + sum_{t >= 1} rho(t)  [measurements]
//
// Independent data have tau_int = 0.5, tau_int_error = 0 and window = 0.
//
// verdict says whether the error can be believed, and if not, why (verdict.hpp).
//
// NaN: an Estimate never hides one. value is NaN (or infinite) where the derived quantity has no
// value at the sample means (arccosh below 1, a ratio 0/0). error and tau_int are NaN where value
// is not finite, where its gradient is not, and where nothing fluctuates. replica_q is NaN where
// there is one replica only, or no error.
#pragma once

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include <lanes/statistics/verdict.hpp>

namespace lanes {

struct Estimate {
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();  // not a number

  double value = nan;
  double error = nan;        // one standard deviation of value
  double error_error = nan;  // one standard deviation of error
  double tau_int = 0.5;      // [measurements]
  double tau_int_error = 0;  // [measurements]
  int window = 0;            // summation window W of tau_int [measurements]
  double replica_q = nan;    // probability of a larger spread between replicas
  Verdict verdict;           // whether to believe the error

  /// Whether the error can be believed.
  bool trusted() const { return verdict.trusted() && std::isfinite(error); }
};

namespace detail {

/// x in fixed notation with that many digits after the point, whatever the locale.
inline std::string fixed(double x, int digits) {
  char text[400];
  const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, digits);
  return std::string(text, end.ptr);
}

inline std::string general(double x, int digits) {
  if (std::isnan(x)) return "nan";
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::general, digits);
  return std::string(text, end.ptr);
}

}  // namespace detail

/// value(error) with two digits of the error: 0.12345(67), -71.2(1.4), 1234(56). An error that is
/// not known is a question mark: 0.5(?).
inline std::string to_string(const Estimate& estimate) {
  const double v = estimate.value, e = estimate.error;
  if (std::isnan(e)) return detail::general(v, std::isfinite(v) ? 6 : 12) + "(?)";
  const auto plain = [&] { return detail::general(v, 12) + "(" + detail::general(e, 2) + ")"; };
  if (!std::isfinite(v) || !std::isfinite(e) || e <= 0) return plain();
  int digits = 1 - static_cast<int>(std::floor(std::log10(e)));
  if (std::round(e * std::pow(10.0, digits)) >= 100) --digits;
  if (digits > 300 || digits < -300) return plain();
  const double last = digits > 1 ? e * std::pow(10.0, digits) : e;
  return detail::fixed(v, digits > 0 ? digits : 0) + "(" + detail::fixed(last, digits == 1) + ")";
}

}  // namespace lanes
