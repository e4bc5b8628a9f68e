// SPDX-License-Identifier: BSD-3-Clause
//
// What a training run measures at each step, from the lanes of its batch. With ln w = -S - ln q, S
// the action of the theory itself, also while training anneals it:
//
//   loss         mean(ln q + S), the variational free energy F_q, with its standard error
//   ess          (sum w)^2 / (B sum w^2)
//   acceptance   stationary acceptance of independence Metropolis with these proposals,
//                sum_ij min(w_i, w_j) / (B sum w)
//
// They come from the model's own samples: they do not see a mode that the model has lost
// (statistics/mode_collapse.hpp does). ESS and acceptance of a batch of a poor model are too high:
// a batch has no draw of a rare large weight.
//
// On given configurations (ForwardKL) the loss is the forward one, -mean ln q, which bounds nothing
// of the theory's, and ess and acceptance are NaN: only draws of the model have them
// (evaluate_every).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/finite_math.hpp>

namespace lanes {

/// What is measured at a step.
struct StepRecord {
  long step = 0;
  /// Of the batch: the text above.
  double loss = 0, loss_error = 0, ess = 0, acceptance = 0, gradient_norm = 0, learning_rate = 0;
  double seconds = 0;  // of wall-clock at the end of the step, since run or the Trainer began
};

/// Before a step, a resumed run was told to go on with other options than those so far.
struct HistoryChange {
  long step = 0;
  std::string text;  // "options.batch: 32 -> 64, ..."
  bool operator==(const HistoryChange&) const = default;
};

/// A mean of evaluations, within one standard deviation; NaN of too few.
struct MeanEss {
  double value = NAN, error = NAN;
  /// Two errors below.
  double lower_bound() const { return value - 2 * error; }
};

/// Columns of StepRecord over steps 0, 1, ..; and of the evaluations: updates so far, ESS of fresh
/// draws, its error.
struct History {
  std::vector<double> loss, loss_error, ess, acceptance, gradient_norm, learning_rate;  // [steps]
  std::vector<double> evaluation_step, evaluation_ess, evaluation_ess_error;  // [evaluations]
  std::vector<HistoryChange> changes;

  std::array<std::pair<const char*, std::vector<double>*>, 9> columns() {
    return {{{"loss", &loss},
             {"loss_error", &loss_error},
             {"ess", &ess},
             {"acceptance", &acceptance},
             {"gradient_norm", &gradient_norm},
             {"learning_rate", &learning_rate},
             {"evaluation_step", &evaluation_step},
             {"evaluation_ess", &evaluation_ess},
             {"evaluation_ess_error", &evaluation_ess_error}}};
  }
  void add(const StepRecord& r) {
    loss.push_back(r.loss), loss_error.push_back(r.loss_error), ess.push_back(r.ess);
    acceptance.push_back(r.acceptance), gradient_norm.push_back(r.gradient_norm);
    learning_rate.push_back(r.learning_rate);
  }
  /// What an evaluation is judged by: its ESS is at least that.
  double lower_bound(std::size_t evaluation) const {
    return evaluation_ess[evaluation] - 2 * evaluation_ess_error[evaluation];
  }
  /// Of the last `count` >= 2 evaluations. The error is that of their draws or that of their
  /// scatter, which has the changes of the model in it, whichever is larger.
  MeanEss mean_ess(std::size_t count = evaluations_of_mean) const {
    if (count > evaluation_ess.size()) return {};
    const std::size_t first = evaluation_ess.size() - count;
    const double n = double(count);
    double mean = 0, draws = 0, scatter = 0;
    for (std::size_t i = first; i < first + count; ++i) {
      mean += evaluation_ess[i] / n;
      draws += evaluation_ess_error[i] * evaluation_ess_error[i];
    }
    for (std::size_t i = first; i < first + count; ++i)
      scatter += (evaluation_ess[i] - mean) * (evaluation_ess[i] - mean);
    return {mean, std::sqrt(std::max(draws, scatter * n / (n - 1))) / n};
  }
  static constexpr std::size_t evaluations_of_mean = 4;
};

namespace detail {

/// Mean of values and its standard error; the error is NaN where the mean is not finite.
inline void measure_mean(std::span<const double> values, StepRecord& record) {
  const double n = double(values.size());
  double mean = 0, square = 0;
  for (double v : values) mean += v;
  mean /= n;
  for (double v : values) square += (v - mean) * (v - mean);
  record.loss = mean;
  record.loss_error = std::isfinite(mean) ? std::sqrt(square / n / (n > 1 ? n - 1 : 1)) : NAN;
}

}  // namespace detail

/// Fills loss, loss_error, ess and acceptance of a record from ln q and S of the batch; where a
/// lane is not finite, neither is any of them.
inline void measure_batch(std::span<const double> log_q, std::span<const double> action,
                          StepRecord& record) {
  const std::size_t n = log_q.size();
  std::vector<double> weight(n);
  double least = INFINITY;
  for (std::size_t i = 0; i < n; ++i) {
    weight[i] = log_q[i] + action[i];
    least = std::min(least, weight[i]);
  }
  detail::measure_mean(weight, record);
  if (!std::isfinite(record.loss)) {
    record.ess = record.acceptance = NAN;
    return;
  }
  for (double& s : weight) s = std::exp(least - s);
  std::sort(weight.begin(), weight.end());
  double sum = 0, squares = 0, pairs = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += weight[i];
    squares += weight[i] * weight[i];
    pairs += weight[i] * double(2 * (n - i) - 1);
  }
  record.ess = sum * sum / (double(n) * squares);
  record.acceptance = pairs / (double(n) * sum);
}

/// The same from ln q of given configurations.
inline void measure_given(std::span<const double> log_q, StepRecord& record) {
  std::vector<double> loss(log_q.begin(), log_q.end());
  for (double& v : loss) v = -v;
  detail::measure_mean(loss, record);
  record.ess = record.acceptance = NAN;
}

}  // namespace lanes
