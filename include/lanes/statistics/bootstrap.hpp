// SPDX-License-Identifier: BSD-3-Clause
//
// bootstrap: value and error of a function of reweighted means,
//
//   F = f(r_1, .., r_K),  r_k = sum_i w_i a_k(i) / sum_i w_i,  w_i = exp(ln w_i),  x_i ~ q
//
// value is F on all draws; error is the standard deviation of F over resamples, each of N draws
// with replacement. Correlated draws (weights along a chain) are drawn in blocks of `block`
// consecutive ones. The largest ln w is taken out first: no overflow. -infinity is a weight of
// zero.
// No weights at all (an empty span): all equal.
//
// Resample b reads its own Philox4x32-10 stream, keyed by the seed and counted by b: the same bits
// for any number of threads. An index is u N / 2^32, even to N / 2^32.
// error_error: error sqrt(1 / (2 B) + 1 / (2 N ESS)). tau_int is 0.5: not estimated here.
// Where no resample differs there is no error: NaN. Verdicts: weight_verdict.hpp.
// Resamples where F is not finite are left out if they are fewer than 1 in 100; else error is NaN.
// Errors: std::invalid_argument for fewer than 2 blocks, for weights that are NaN, +infinity or all
// zero, for a number of weights unlike the number of measurements, for fewer than 10 resamples or
// a negative number of threads.
// Shapes: log weights [measurements]. Cost: B N (K + 1). Source: Efron 1979; Salmon et al. 2011
// (Philox).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <Random123/philox.h>

#include <lanes/core/error.hpp>
#include <lanes/core/parallel.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/log_weights.hpp>
#include <lanes/statistics/series.hpp>
#include <lanes/statistics/weight_verdict.hpp>

namespace lanes {

/// How resamples are drawn.
struct BootstrapOptions {
  int resamples = 1000;    // >= 10; the error is good to 1 / sqrt(2 resamples)
  std::size_t block = 1;   // >= 1, below their number; measurements drawn together: several tau_int
  std::uint64_t seed = 1;  // any; of the resamples
  int threads = 0;         // >= 0, 0: as many as OpenMP offers; of this machine, changes no bit
};

namespace detail {

/// The random block numbers of one resample.
class ResampleIndices {
 public:
  ResampleIndices(std::uint64_t seed, std::uint32_t resample, std::size_t blocks)
      : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}},
        counter_{{0, 0, resample, 0x626f6f74u}},
        blocks_(blocks) {}

  std::size_t next() {
    if (used_ == 4) {
      bits_ = r123::Philox4x32()(counter_, key_);
      if (++counter_[0] == 0) ++counter_[1];
      used_ = 0;
    }
    return static_cast<std::size_t>((static_cast<std::uint64_t>(bits_[used_++]) * blocks_) >> 32);
  }

 private:
  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_, bits_{};
  std::size_t blocks_;
  unsigned used_ = 4;
};

/// Sums over blocks, [blocks][primaries + 1]: w a_1, .., w a_K, w.
inline std::vector<double> weighted_blocks(const Series& series,
                                           std::span<const double> log_weights, std::size_t block,
                                           std::size_t blocks) {
  const std::size_t k = static_cast<std::size_t>(series.primaries());
  const double shift =
      log_weights.empty() ? 0 : log_weights[largest_log_weight(log_weights, leave_out_none)];
  std::vector<double> sums(blocks * (k + 1), 0.0);
  for (std::size_t i = 0; i < series.measurements(); ++i) {
    const double w = log_weights.empty() ? 1 : std::exp(log_weights[i] - shift);
    double* sum = &sums[i / block * (k + 1)];
    for (std::size_t a = 0; a < k; ++a) sum[a] += w * series.row(i)[a];
    sum[k] += w;
  }
  return sums;
}

inline void check_bootstrap(const Series& series, std::span<const double> log_weights,
                            const BootstrapOptions& options) {
  require(options.resamples >= 10, "bootstrap: resamples", options.resamples, ">= 10");
  require(options.block >= 1, "bootstrap: block", options.block, ">= 1");
  require(options.threads >= 0, "bootstrap: threads", options.threads, ">= 0");
  require(series.measurements() > options.block, "bootstrap: number of measurements",
          series.measurements(), "more than one block");
  require(series.measurements() < (std::uint64_t{1} << 32), "bootstrap: number of measurements",
          series.measurements(), "below 2^32");
  if (log_weights.empty()) return;
  require(log_weights.size() == series.measurements(), "bootstrap: number of log weights",
          log_weights.size(), "the number of measurements");
  require_log_weights(log_weights);
  const double largest = log_weights[largest_log_weight(log_weights, leave_out_none)];
  require(std::isfinite(largest), "bootstrap: largest ln w", largest,
          "finite: some weight above zero");
}

}  // namespace detail

/// Several results at once: derive(const double* means [primaries], double* out [results]), which
/// runs on several threads at a time; what it throws is thrown on, of the first resample that does.
template <class Function>
std::vector<Estimate> bootstrap(const Series& series, std::span<const double> log_weights,
                                int results, const Function& derive,
                                const BootstrapOptions& options = {}) {
  detail::check_bootstrap(series, log_weights, options);
  require(results >= 1, "bootstrap: results", results, ">= 1");
  const std::size_t k = static_cast<std::size_t>(series.primaries()),
                    f = static_cast<std::size_t>(results);
  const std::size_t n = series.measurements(), blocks = (n + options.block - 1) / options.block;
  const std::vector<double> sums =
      detail::weighted_blocks(series, log_weights, options.block, blocks);

  const auto ratios = [&](std::vector<double>& total, double* out) {
    for (std::size_t a = 0; a < k; ++a) total[a] /= total[k];
    derive(static_cast<const double*>(total.data()), out);
  };
  std::vector<double> value(f), total(k + 1, 0.0),
      resampled(static_cast<std::size_t>(options.resamples) * f);
  double squares = 0;  // of block weights
  for (std::size_t i = 0; i < blocks; ++i) {
    for (std::size_t a = 0; a <= k; ++a) total[a] += sums[i * (k + 1) + a];
    squares += sums[i * (k + 1) + k] * sums[i * (k + 1) + k];
  }
  const double effective = total[k] * total[k] / squares;  // N ESS [blocks]
  ratios(total, value.data());

  const auto resample = [&](std::size_t b) {
    detail::ResampleIndices indices(options.seed, static_cast<std::uint32_t>(b), blocks);
    std::vector<double> sum(k + 1, 0.0);
    for (std::size_t i = 0; i < blocks; ++i) {
      const double* row = &sums[indices.next() * (k + 1)];
      for (std::size_t a = 0; a <= k; ++a) sum[a] += row[a];
    }
    ratios(sum, &resampled[b * f]);
  };
  parallel_for(Threads{options.threads}, static_cast<std::size_t>(options.resamples), resample);

  const Verdict weights = log_weights.empty() ? Verdict{} : weight_verdict(log_weights);
  std::vector<Estimate> estimates(f);
  for (std::size_t j = 0; j < f; ++j) {
    Estimate& e = estimates[j];
    e.value = value[j];
    e.verdict.add(weights);
    double mean = 0, square = 0;
    int finite = 0;
    for (std::size_t b = 0; b < static_cast<std::size_t>(options.resamples); ++b) {
      const double x = resampled[b * f + j];
      if (!std::isfinite(x)) continue;
      const double old = x - mean;
      mean += old / ++finite;
      square += old * (x - mean);
    }
    if (!std::isfinite(value[j]) || 100 * (options.resamples - finite) >= options.resamples) {
      e.tau_int = e.tau_int_error = Estimate::nan;
      e.verdict.add(Doubt::no_value);
      continue;
    }
    e.error = std::sqrt(square / (finite - 1));
    if (e.error <= 16 * std::numeric_limits<double>::epsilon() * std::abs(e.value)) {
      e.error = e.tau_int = e.tau_int_error = Estimate::nan;
      e.verdict.add(Doubt::no_fluctuation);
      continue;
    }
    e.error_error = e.error * std::sqrt(0.5 / finite + 0.5 / effective);
  }
  return estimates;
}

/// One result: f(const double* means [primaries]) -> double.
template <class Function>
Estimate bootstrap(const Series& series, std::span<const double> log_weights, const Function& f,
                   const BootstrapOptions& options = {}) {
  const auto derive = [&f](const double* means, double* out) { *out = f(means); };
  return bootstrap(series, log_weights, 1, derive, options)[0];
}

/// The mean of one primary.
inline Estimate bootstrap(const Series& series, std::span<const double> log_weights,
                          int primary = 0, const BootstrapOptions& options = {}) {
  require(primary >= 0 && primary < series.primaries(), "bootstrap: primary", primary,
          "0 to primaries() - 1");
  return bootstrap(
      series, log_weights, [primary](const double* means) { return means[primary]; }, options);
}

}  // namespace lanes
