// SPDX-License-Identifier: BSD-3-Clause
//
// Functions of reweighted means along chains, by the Gamma method on weights and products,
//
//   F = f(r_1, .., r_K),  r_k = <w a_k> / <w>,   primaries w a_1, .., w a_K, w
//
// so that autocorrelations of the chain and of its weights are in the error, and tau_int is that of
// F. The largest ln w is taken out first. Independent draws: bootstrap.hpp.
// Shapes: log_weights [measurements], -infinity: a weight of zero; replicas as in the series.
// Errors: std::invalid_argument for weights that are NaN, +infinity or all zero, for a number of
// weights unlike the number of measurements, and what gamma_method refuses.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/gamma_method.hpp>
#include <lanes/statistics/log_weights.hpp>
#include <lanes/statistics/series.hpp>
#include <lanes/statistics/weight_verdict.hpp>
#include <lanes/statistics/weights.hpp>

namespace lanes {

namespace detail {

/// ln of the largest weight; refuses what is no list of weights of n configurations.
inline double checked_largest(std::span<const double> log_weights, std::size_t n) {
  require(log_weights.size() == n, "reweighting: number of log weights", log_weights.size(),
          "the number of measurements");
  require_draws(log_weights);
  return log_weights[largest_log_weight(log_weights, leave_out_none)];
}

/// w a_1, .., w a_K, w of every measurement, w in units of the largest.
inline Series weighted_series(const Series& series, std::span<const double> log_weights) {
  const std::size_t k = static_cast<std::size_t>(series.primaries()), n = series.measurements();
  const double top = checked_largest(log_weights, n);
  std::vector<double> values;
  values.reserve(n * (k + 1));
  for (std::size_t i = 0; i < n; ++i) {
    const double w = std::exp(log_weights[i] - top);
    for (std::size_t a = 0; a < k; ++a) values.push_back(w * series.row(i)[a]);
    values.push_back(w);
  }
  return Series(static_cast<int>(k) + 1, std::move(values), series.lengths());
}

/// derive of the reweighted means, as a function of the means of weighted_series.
template <class Function>
auto of_weighted_means(int primaries, const Function& derive) {
  return [&derive, primaries](const double* means, double* out) {
    std::vector<double> ratios(means, means + primaries);
    for (double& ratio : ratios) ratio /= means[primaries];
    derive(static_cast<const double*>(ratios.data()), out);
  };
}

}  // namespace detail

/// derive(const double* means [primaries], double* out [results]) of the reweighted means.
template <class Function>
std::vector<Estimate> gamma_method_reweighted(const Series& series,
                                              std::span<const double> log_weights, int results,
                                              const Function& derive,
                                              const GammaOptions& options = {}) {
  std::vector<Estimate> estimates =
      gamma_method(detail::weighted_series(series, log_weights), results,
                   detail::of_weighted_means(series.primaries(), derive), options);
  const Verdict weights = weight_verdict(log_weights);
  for (Estimate& e : estimates) e.verdict.add(weights);
  return estimates;
}

namespace detail {

/// f(mean w, mean w^2), w in units of the largest.
template <class Function>
Estimate of_chain_weights(std::span<const double> log_weights, std::span<const std::size_t> lengths,
                          double top, const Function& f) {
  std::vector<double> values;
  values.reserve(2 * log_weights.size());
  for (double l : log_weights) {
    const double w = std::exp(l - top);
    values.push_back(w);
    values.push_back(w * w);
  }
  return gamma_method(Series(2, std::move(values), lengths), f);
}

}  // namespace detail

/// -ln mean w along chains: F of the theory less F of what the chains sample.
inline Estimate free_energy(std::span<const double> log_weights,
                            std::span<const std::size_t> lengths) {
  const double top = detail::checked_largest(log_weights, log_weights.size());
  Estimate e = detail::of_chain_weights(log_weights, lengths, top,
                                        [](const double* m) { return -std::log(m[0]); });
  e.value -= top;
  e.verdict.add(weight_verdict(log_weights));
  return e;
}

/// (mean w)^2 / mean w^2 along chains, of N configurations.
inline EffectiveSampleSize effective_sample_size(std::span<const double> log_weights,
                                                 std::span<const std::size_t> lengths) {
  const double top = detail::checked_largest(log_weights, log_weights.size());
  const Estimate e = detail::of_chain_weights(log_weights, lengths, top,
                                              [](const double* m) { return m[0] * m[0] / m[1]; });
  EffectiveSampleSize ess{e.value, e.error, log_weights.size(), e.verdict};
  ess.verdict.add(ess_verdict(log_weights));
  return ess;
}

}  // namespace lanes
