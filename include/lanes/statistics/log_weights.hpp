// SPDX-License-Identifier: BSD-3-Clause
//
// Sums over weights that are known by their logarithm, ln w = -S - ln q, in double precision.
//
//   log_sum_exp(l) = ln sum_i exp(l_i),   log_mean_exp(l) = ln (1/N) sum_i exp(l_i)
//
// Shape: l [configurations].
//
// The largest logarithm is taken out first, so nothing overflows and the largest weight never
// underflows.
// -infinity is a weight of zero (S = +infinity: a configuration that the target forbids); all of
// them zero give -infinity. Errors: std::invalid_argument for no weight at all, for NaN and for
// +infinity.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <lanes/core/error.hpp>

namespace lanes {

/// Refuses what is no list of log weights, with the caller's name in the message.
inline void require_log_weights(std::span<const double> log_weights, std::size_t at_least = 1) {
  require(log_weights.size() >= at_least, "log weights: number of configurations",
          log_weights.size(), at_least == 1 ? ">= 1" : ">= 2");
  for (double l : log_weights)
    require(l < std::numeric_limits<double>::infinity(), "log weights: ln w", l,
            "finite, or -infinity for a weight of zero");
}

namespace detail {

/// ln of sum w and of sum w^2, leaving out one index (none: npos). The list is already checked.
struct LogSums {
  double weights, squares;
};

inline constexpr std::size_t leave_out_none = static_cast<std::size_t>(-1);

inline std::size_t largest_log_weight(std::span<const double> l, std::size_t leave_out) {
  std::size_t best = leave_out == 0 && l.size() > 1 ? 1 : 0;
  for (std::size_t i = 0; i < l.size(); ++i)
    if (i != leave_out && l[i] > l[best]) best = i;
  return best;
}

inline LogSums log_sums(std::span<const double> l, std::size_t leave_out = leave_out_none) {
  const double shift = l[largest_log_weight(l, leave_out)];
  if (std::isinf(shift)) return {shift, shift};
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < l.size(); ++i) {
    if (i == leave_out) continue;
    const double w = std::exp(l[i] - shift);
    sum += w;
    squares += w * w;
  }
  return {shift + std::log(sum), 2 * shift + std::log(squares)};
}

/// ln w - max ln w: what an ESS and the errors of F depend on, without the digits of the maximum.
/// Not all are -infinity.
inline std::vector<double> below_largest(std::span<const double> l) {
  const double top = l[largest_log_weight(l, leave_out_none)];
  std::vector<double> below(l.begin(), l.end());
  for (double& x : below) x -= top;
  return below;
}

}  // namespace detail

inline double log_sum_exp(std::span<const double> log_weights) {
  require_log_weights(log_weights);
  return detail::log_sums(log_weights).weights;
}

inline double log_mean_exp(std::span<const double> log_weights) {
  return log_sum_exp(log_weights) - std::log(static_cast<double>(log_weights.size()));
}

}  // namespace lanes
