// SPDX-License-Identifier: BSD-3-Clause
//
// TrainingEnd: why a training ended. What its options say of that, beside the number of steps:
//
//   .seconds      It ends after the first step that is over when so much wall-clock time has passed
//                 since run or train began, a resumed one after the seconds up to its checkpoint.
//                 The last saving and the measurement of the best ESS come on top. Schedules and
//                 annealing are functions of the step and .steps alone, so that the numbers of a
//                 step never depend on the clock: a training that time cuts short has not come down
//                 to the last rates, nor perhaps to the theory's own action. Set .steps to what
//                 there is time for (the progress line says), and .seconds a little above.
//   .wanted_ess   It ends after an evaluation when the mean ESS of the last four is above it by two
//                 of its errors (History::mean_ess) and none of the four was doubted
//                 (statistics/weight_verdict.hpp). The ESS of a batch is no such measure: too high
//                 for a poor model, and that of the lanes which the step itself was taken from. The
//                 mean is over models of four moments: too low while training still gains. Looked
//                 at often, a model whose ESS is just below is stopped too: the error of the mean
//                 is what the limit is good to. To be quoted is best_ess, of draws that had no part
//                 in any of this; .keep_best keeps the model that it is of.
#pragma once

#include <optional>

#include <lanes/core/finite_math.hpp>

namespace lanes {

enum class TrainingEnd {
  all_steps,
  callback,
  no_improvement,
  interrupted,
  out_of_time,
  wanted_ess,
};

inline const char* to_string(TrainingEnd end) {
  switch (end) {
    case TrainingEnd::all_steps:
      return "all steps";
    case TrainingEnd::callback:
      return "a callback has stopped it";
    case TrainingEnd::no_improvement:
      return "no improvement";
    case TrainingEnd::interrupted:
      return "interrupted";
    case TrainingEnd::out_of_time:
      return "out of time";
    case TrainingEnd::wanted_ess:
      return "the wanted ESS is reached";
  }
  return "";
}

namespace detail {

/// Why a training with these options has come to its end in this state; none: it goes on.
template <class Options, class State>
std::optional<TrainingEnd> end_of(const Options& options, const State& state) {
  if (options.wanted_ess > 0 && state.ess_is_at_least(options.wanted_ess))
    return TrainingEnd::wanted_ess;
  if (options.patience > 0 && state.evaluations_since_best >= options.patience)
    return TrainingEnd::no_improvement;
  if (state.step >= options.steps) return TrainingEnd::all_steps;
  if (options.seconds > 0 && state.seconds >= options.seconds) return TrainingEnd::out_of_time;
  return {};
}

}  // namespace detail

}  // namespace lanes
