// SPDX-License-Identifier: BSD-3-Clause
//
// What the log weights of independent draws x ~ q say: ln w = -S(x) - ln q(x), l: [configurations].
//
//   free_energy              F   = -ln mean w                      estimates -ln Z
//   variational_free_energy  F_q = -mean ln w = <S + ln q>_q       = F + D_KL(q||p) >= F
//   reverse_kl               D_KL(q||p) = F_q - F                  F known, or from the same l
//   effective_sample_size    ESS = (sum w)^2 / (N sum w^2)         in (0, 1], with N
//
// Statistical errors: F_q and D_KL the delta method; the others the jackknife, error^2 = (N-1)/N
// sum_i (f_(i) - mean f_(i))^2 with draw i left out, which notices a single weight that carries the
// sum where the delta method does not. It is infinite where all other weights are zero. F is above
// its limit by about error^2 / 2 (not subtracted). No error is worth more than the tail that was
// seen: see mode_collapse.hpp.
// -infinity is a weight of zero: F and ESS are defined, F_q and D_KL are +infinity with error NaN.
// Errors: std::invalid_argument for fewer than 2 draws, for NaN or +infinity, for no weight above
// zero.
// Source: Nicoli et al., 2007.07115; Kong, Liu, Wong 1994 (ESS).
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/log_weights.hpp>
#include <lanes/statistics/weight_verdict.hpp>

namespace lanes {

/// The ESS, with its number of draws.
struct EffectiveSampleSize {
  double value = 0;         // fraction of the draws, in (0, 1]
  double error = 0;         // one standard deviation
  std::size_t samples = 0;  // N; an ESS without it means nothing
  Verdict verdict;          // doubts: then it is in effect an upper bound

  /// Whether the error can be believed.
  bool trusted() const { return verdict.trusted() && std::isfinite(error); }
};

/// value(error), or "< value" where one draw carries the weight: that says no more than a bound.
inline std::string to_string(const EffectiveSampleSize& ess) {
  if (ess.verdict.has(Doubt::one_weight)) return "< " + detail::general(ess.value + ess.error, 2);
  Estimate e;
  e.value = ess.value;
  e.error = ess.error;
  return to_string(e);
}

namespace detail {

/// Jackknife error of f(ln sum w, ln sum w^2, number of draws); leaving draw i out costs O(1).
template <class Function>
double jackknife_error(std::span<const double> l, const Function& f) {
  const std::size_t n = l.size(), top = largest_log_weight(l, leave_out_none);
  const LogSums all = log_sums(l), rest = log_sums(l, top);  // no cancellation
  if (std::isinf(rest.weights)) return std::numeric_limits<double>::infinity();
  std::vector<double> left_out(n);
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) {
    LogSums sums = rest;
    if (i != top) {
      sums.weights = all.weights + std::log1p(-std::exp(l[i] - all.weights));
      sums.squares = all.squares + std::log1p(-std::exp(2 * l[i] - all.squares));
    }
    left_out[i] = f(sums.weights, sums.squares, static_cast<double>(n - 1));
    mean += (left_out[i] - mean) / static_cast<double>(i + 1);
  }
  double sum = 0;
  for (double value : left_out) sum += (value - mean) * (value - mean);
  return std::sqrt(sum * static_cast<double>(n - 1) / static_cast<double>(n));
}

inline void require_draws(std::span<const double> l) {
  require_log_weights(l, 2);
  const double largest = l[largest_log_weight(l, leave_out_none)];
  require(std::isfinite(largest), "log weights: largest ln w", largest,
          "finite: some weight above zero");
}

inline Estimate independent(double value, double error, std::size_t n) {
  Estimate e;
  e.value = value;
  e.error = error;
  e.error_error = error / std::sqrt(2 * static_cast<double>(n));
  return e;
}

}  // namespace detail

inline Estimate free_energy(std::span<const double> log_weights) {
  detail::require_draws(log_weights);
  const auto f = [](double sum, double, double n) { return std::log(n) - sum; };
  const std::size_t n = log_weights.size();
  const double top = log_weights[detail::largest_log_weight(log_weights, detail::leave_out_none)];
  const std::vector<double> below = detail::below_largest(log_weights);
  const double value = f(detail::log_sums(below).weights, 0, static_cast<double>(n)) - top;
  Estimate e = detail::independent(value, detail::jackknife_error(below, f), n);
  e.verdict.add(weight_verdict(log_weights));
  return e;
}

inline Estimate variational_free_energy(std::span<const double> log_weights) {
  detail::require_draws(log_weights);
  const double n = static_cast<double>(log_weights.size());
  double mean = 0, sum = 0;
  for (double l : log_weights) mean += l / n;
  if (std::isinf(mean)) {
    Estimate e = detail::independent(-mean, Estimate::nan, log_weights.size());
    e.tau_int = e.tau_int_error = Estimate::nan;
    e.verdict.add(Doubt::no_value);
    return e;
  }
  double correction = 0;  // second pass, as in Series::means
  for (double l : log_weights) correction += l - mean;
  mean += correction / n;
  for (double l : log_weights) sum += (l - mean) * (l - mean);
  return detail::independent(-mean, std::sqrt(sum / (n * (n - 1))), log_weights.size());
}

/// D_KL(q||p) with F = -ln Z known exactly.
inline Estimate reverse_kl(std::span<const double> log_weights, double free_energy_known) {
  require(std::isfinite(free_energy_known), "reverse_kl: free energy", free_energy_known, "finite");
  Estimate e = variational_free_energy(log_weights);
  e.value -= free_energy_known;
  return e;
}

/// D_KL(q||p) with F from the same draws. Too small where q misses a part of p: F_q - F cannot see
/// it.
inline Estimate reverse_kl(std::span<const double> log_weights) {
  const Estimate f_q = variational_free_energy(log_weights);
  const double f = free_energy(log_weights).value;
  if (std::isinf(f_q.value)) return f_q;
  // delta method: the fluctuation of -ln w + w / mean w about its mean, which is D_KL + F + 1
  const double n = static_cast<double>(log_weights.size());
  double mean = 0, sum = 0;
  for (double l : log_weights) mean += (std::exp(l + f) - l) / n;
  for (double l : log_weights) {
    const double d = std::exp(l + f) - l - mean;
    sum += d * d;
  }
  Estimate e =
      detail::independent(f_q.value - f, std::sqrt(sum / (n * (n - 1))), log_weights.size());
  e.verdict.add(weight_verdict(log_weights));
  return e;
}

inline EffectiveSampleSize effective_sample_size(std::span<const double> log_weights) {
  detail::require_draws(log_weights);
  const auto f = [](double sum, double squares, double n) {
    return std::exp(2 * sum - squares) / n;
  };
  const std::size_t n = log_weights.size();
  const std::vector<double> below = detail::below_largest(log_weights);
  const detail::LogSums sums = detail::log_sums(below);
  return {f(sums.weights, sums.squares, static_cast<double>(n)), detail::jackknife_error(below, f),
          n, ess_verdict(log_weights)};
}

}  // namespace lanes
