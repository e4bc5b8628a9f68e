// SPDX-License-Identifier: BSD-3-Clause
//
// TrainingState: what a training run remembers besides the parameters, and a checkpoint keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <lanes/training/history.hpp>
#include <lanes/training/optimizer_step.hpp>

namespace lanes {

/// All that a training run remembers besides the parameters.
template <class Real, class Optimizer>
struct TrainingState {
  long step = 0;
  Moments<Real, Optimizer> moments;
  History history;                    // of all steps so far
  std::vector<Real> best_parameters;  // those of the best evaluation; none: there was none
  long evaluations_since_best = 0;    // for patience
  long trusted_evaluations = 0;       // in a row, up to the last one
  double seconds = 0;                 // of wall-clock so far (training/ending.hpp)

  /// The number of the best evaluation, where there was one.
  std::size_t best_evaluation() const {
    return history.evaluation_ess.size() - 1 - std::size_t(evaluations_since_best);
  }
  /// As far as the last evaluations can tell (training/ending.hpp).
  bool ess_is_at_least(double wanted) const {
    return trusted_evaluations >= long(History::evaluations_of_mean) &&
           history.mean_ess().lower_bound() >= wanted;
  }
};

namespace detail {

/// What changes from step to step, in the memory of the backend: all else of a step can be
/// repeated.
template <class Rule>
struct StepNumbers {
  std::uint64_t step;
  double annealing;
  Rule rule;
};

}  // namespace detail

}  // namespace lanes
