// SPDX-License-Identifier: BSD-3-Clause
//
// Evaluations: the ESS of the model that a training has reached, on draws of their own. Evaluation
// k of n draws takes proposals 2^39 + k n .. of the sampler: no two evaluations share a draw, none
// is a draw that an ensemble is made of, and a resumed run takes those of the uncut one.
//
// The best of them is the one with the highest ESS - 2 errors; its value is too high, as that of
// every winner. What is reported of it is measured anew, on proposals from 2^39 + 2^38 on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <lanes/sampling/proposer.hpp>
#include <lanes/statistics/weights.hpp>

namespace lanes::detail {

inline constexpr std::uint64_t evaluation_draws = std::uint64_t(1) << 38;
inline constexpr std::uint64_t first_of_evaluations = 2 * evaluation_draws;
inline constexpr std::uint64_t first_of_best = 3 * evaluation_draws;

/// What the best model is measured on, if its evaluation had fewer.
inline constexpr std::size_t draws_of_best = 16384;

inline constexpr EffectiveSampleSize no_ess = {
    std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), 0, {}};

/// ln q and S of proposals [first, first + n), in bounded memory.
struct Evaluation {
  std::vector<double> log_q, action;  // [n]

  template <class Sampler, class Theory>
  Evaluation(Sampler& sampler, const Theory& theory, std::uint64_t first, std::size_t n)
      : log_q(n), action(n) {
    const std::size_t block = std::min(n, default_block<Sampler>());
    std::vector<typename Sampler::Real> fields(block * std::size_t(Sampler::rows));
    for (std::size_t at = 0; at < n; at += block)
      sampler.propose(theory, first + at, std::min(block, n - at), fields.data(), log_q.data() + at,
                      action.data() + at);
  }

  bool finite() const {
    const auto is_finite = [](double v) { return std::isfinite(v); };
    return std::all_of(log_q.begin(), log_q.end(), is_finite) &&
           std::all_of(action.begin(), action.end(), is_finite);
  }
  EffectiveSampleSize ess() const {
    std::vector<double> log_weights(log_q.size());
    for (std::size_t i = 0; i < log_q.size(); ++i) log_weights[i] = -action[i] - log_q[i];
    return effective_sample_size(log_weights);
  }
};

}  // namespace lanes::detail
