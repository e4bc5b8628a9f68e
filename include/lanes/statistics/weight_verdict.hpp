// SPDX-License-Identifier: BSD-3-Clause
//
// Whether a number of draws is enough for the spread of their weights: the doubts one_weight,
// few_weights and heavy_tail of means, free energies and ESS (verdict.hpp).
//
//   weight_verdict(l)    of sums of w: reweighted means, F
//   ess_verdict(l)       of sums of w^2 too: the ESS
//
// one_weight: one draw has more than a tenth of the sum of w, or, of an ESS, more than half of the
// sum of w^2: without it the ESS would be twice as large.
// few_weights: N ESS < 50, or sums that are still skewed. Weights whose logarithm is normal with
// variance s^2 have a mean over N draws of skewness (e^{s^2} + 2) sqrt(e^{s^2} - 1) / sqrt(N), and
// as long as that is of order one, an error that is too small goes with a mean that is too small:
// the large weights were not drawn. Allowed: 0.7; of the sum of w^2 (s -> 2 s) 10, above which an
// ESS is in effect an upper bound. s is the distance between the quantiles of ln w at one and two
// standard deviations (0.8413 and 0.9772): bulk, not tail, so that it is known when the tail is
// not. heavy_tail: tail_index above 0.6. The numbers are from the study in
// tests/statistics/coverage.cpp. Shape: log_weights [draws], -infinity: a weight of zero.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <lanes/statistics/log_weights.hpp>
#include <lanes/statistics/tail_index.hpp>
#include <lanes/statistics/verdict.hpp>

namespace lanes {

namespace detail {

inline constexpr double least_effective_draws = 50, largest_tail_index = 0.6;
inline constexpr double largest_share = 0.1, largest_skewness = 0.7,
                        largest_skewness_of_squares = 10, largest_share_of_squares = 0.5;

/// Standard deviation of ln w in its upper part; 0 where there are no two such draws.
inline double upper_spread(std::span<const double> log_weights) {
  std::vector<double> l(log_weights.begin(), log_weights.end());
  const auto quantile = [&l](double p) {
    const auto at = l.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(l.size()));
    std::nth_element(l.begin(), at, l.end());
    return *at;
  };
  const double one = quantile(0.84134), two = quantile(0.97725);
  return std::isfinite(one) ? two - one : 0;
}

/// Skewness of the mean over n draws of exp(normal of variance s2).
inline double lognormal_skewness(double s2, double n) {
  return (std::exp(s2) + 2) * std::sqrt(std::expm1(s2) / n);
}

inline Verdict weights_within(std::span<const double> l, double spread, double skewness) {
  Verdict verdict;
  const double n = static_cast<double>(l.size()), s2 = spread * spread;
  if (std::isinf(l[largest_log_weight(l, leave_out_none)])) {  // no weight at all
    verdict.add(Doubt::few_weights);
    return verdict;
  }
  const LogSums sums = log_sums(below_largest(l));
  const bool one = n > 2 / largest_share && std::exp(-sums.weights) > largest_share;
  const double effective = std::exp(2 * sums.weights - sums.squares);  // N ESS
  const bool few =
      effective < std::min(least_effective_draws, n / 2) || lognormal_skewness(s2, n) > skewness;
  verdict.add(one ? Doubt::one_weight : Doubt::few_weights, one || few);
  verdict.add(Doubt::heavy_tail, tail_index(l) > largest_tail_index);
  return verdict;
}

}  // namespace detail

inline Verdict weight_verdict(std::span<const double> log_weights) {
  require_log_weights(log_weights);
  return detail::weights_within(log_weights, detail::upper_spread(log_weights),
                                detail::largest_skewness);
}

inline Verdict ess_verdict(std::span<const double> log_weights) {
  require_log_weights(log_weights);
  Verdict verdict = detail::weights_within(log_weights, 2 * detail::upper_spread(log_weights),
                                           detail::largest_skewness_of_squares);
  const double squares = detail::log_sums(detail::below_largest(log_weights)).squares;
  verdict.add(Doubt::one_weight, std::exp(-squares) > detail::largest_share_of_squares);
  return verdict;
}

}  // namespace lanes
