// SPDX-License-Identifier: BSD-3-Clause
//
// What a training run measures at each step, from the lanes of its batch. With ln w = -S - ln q:
//
//   loss         mean(ln q + S), the variational free energy, with its standard error
//   ess          (sum w)^2 / (B sum w^2)
//   acceptance   stationary acceptance of independence Metropolis with these proposals,
//                sum_ij min(w_i, w_j) / (B sum w)
//
// Both come from the model's own samples: they do not see a mode that the model has lost
// (analysis/mode_collapse.hpp does).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace lanes {

struct StepRecord {
  long step = 0;
  double loss = 0, loss_error = 0, ess = 0, acceptance = 0, gradient_norm = 0, learning_rate = 0;
};

/// Columns of StepRecord over steps 0, 1, ...; evaluations (step, ESS on fresh samples) apart.
struct History {
  std::vector<double> loss, loss_error, ess, acceptance, gradient_norm, learning_rate;
  std::vector<double> evaluation_step, evaluation_ess;

  std::array<std::pair<const char*, std::vector<double>*>, 8> columns() {
    return {{{"loss", &loss},
             {"loss_error", &loss_error},
             {"ess", &ess},
             {"acceptance", &acceptance},
             {"gradient_norm", &gradient_norm},
             {"learning_rate", &learning_rate},
             {"evaluation_step", &evaluation_step},
             {"evaluation_ess", &evaluation_ess}}};
  }
  void add(const StepRecord& r) {
    loss.push_back(r.loss), loss_error.push_back(r.loss_error), ess.push_back(r.ess);
    acceptance.push_back(r.acceptance), gradient_norm.push_back(r.gradient_norm);
    learning_rate.push_back(r.learning_rate);
  }
};

/// Fills loss, loss_error, ess and acceptance of a record from ln q and S of the batch; where a
/// lane is not finite, neither is any of them.
inline void measure_batch(std::span<const double> log_q, std::span<const double> action,
                          StepRecord& record) {
  const std::size_t n = log_q.size();
  std::vector<double> weight(n);
  double mean = 0, least = INFINITY;
  for (std::size_t i = 0; i < n; ++i) {
    weight[i] = log_q[i] + action[i];
    mean += weight[i];
    least = std::min(least, weight[i]);
  }
  mean /= double(n);
  record.loss = mean;
  if (!std::isfinite(mean)) {
    record.loss_error = record.ess = record.acceptance = NAN;
    return;
  }
  double square = 0;
  for (double s : weight) square += (s - mean) * (s - mean);
  record.loss_error = std::sqrt(square / double(n) / double(n > 1 ? n - 1 : 1));
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

}  // namespace lanes
