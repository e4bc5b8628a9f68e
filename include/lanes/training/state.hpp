// SPDX-License-Identifier: BSD-3-Clause
//
// TrainingState: what a training run remembers besides the parameters, and a checkpoint keeps;
// TrainingError: how it fails.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <lanes/training/history.hpp>
#include <lanes/training/update.hpp>

namespace lanes {

/// Training met a number that is not finite. layer: the first layer whose output is not finite,
/// counted from 0; -1 where x is finite and the action is not.
struct TrainingError : std::runtime_error {
  TrainingError(const std::string& what, long at_step, long at_lane, int at_layer)
      : std::runtime_error(what), step(at_step), lane(at_lane), layer(at_layer) {}
  long step, lane;
  int layer;
};

/// All that a training run remembers besides the parameters.
template <class Real, class Optimizer>
struct TrainingState {
  long step = 0;
  Moments<Real, Optimizer> moments;
  History history;
  double best_ess = -1;
  std::vector<Real> best_parameters;
  long evaluations_since_best = 0;
};

namespace detail {

/// What changes from step to step, in the memory of the backend: all else of a step can be repeated.
template <class Rule>
struct StepNumbers {
  std::uint64_t step;
  double annealing;
  Rule rule;
};

}  // namespace detail

}  // namespace lanes
