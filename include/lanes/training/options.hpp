// SPDX-License-Identifier: BSD-3-Clause
//
// What a training run is told. All fields have defaults; designated initialisers name the ones that
// matter:
//
//   lanes::train<lanes::Reinforce>(sampler, theory, {.steps = 2000, .batch = 1024});
//   lanes::train<lanes::PathGradient, lanes::Adam, lanes::CosineRate>(
//       sampler, theory, {.steps = 5000, .batch = 512, .optimizer = {.learning_rate = 2e-3},
//           .clip_norm = 10});
//
// Errors: std::invalid_argument naming the field, its value and what is allowed.
#pragma once

#include <cmath>
#include <type_traits>

#include <lanes/core/error.hpp>
#include <lanes/estimator/estimator.hpp>
#include <lanes/fwd.hpp>
#include <lanes/training/optimizer.hpp>
#include <lanes/training/progress.hpp>
#include <lanes/training/schedule.hpp>

namespace lanes {

namespace detail {

/// The policy, or a shipped one where it was refused, so that a compiler says so and little more.
template <class O>
using OptimizerOr = std::conditional_t<lanes::Optimizer<O>, O, Adam>;
template <class S>
using ScheduleOr = std::conditional_t<lanes::Schedule<S>, S, ConstantRate>;

}  // namespace detail

/// What train is told.
template <class OptimizerPolicy, class SchedulePolicy>
struct TrainOptions {
  static_assert(lanes::Optimizer<OptimizerPolicy>,
                "lanes: train<Estimator, Optimizer, Schedule> and TrainOptions<Optimizer, "
                "Schedule>: the Optimizer is Adam or Momentum, and the Schedule comes after it, as "
                "in train<Reinforce, Adam, CosineRate>; see lanes/training/optimizer.hpp.");
  static_assert(lanes::Schedule<SchedulePolicy>,
                "lanes: train<Estimator, Optimizer, Schedule> and TrainOptions<Optimizer, "
                "Schedule>: the Schedule is ConstantRate, CosineRate, StepRate or WarmUp<...>; see "
                "lanes/training/schedule.hpp.");
  /// That of the first slot.
  using Optimizer = detail::OptimizerOr<OptimizerPolicy>;
  /// That of the second slot.
  using Schedule = detail::ScheduleOr<SchedulePolicy>;

  long steps = 1000;           // > 0; updates in all (a resumed run counts the earlier ones)
  int batch = 1024;            // a positive multiple of 32; lanes per step, at the same memory
  Optimizer optimizer = {};    // its own numbers, as {.learning_rate = 2e-3}
  Schedule schedule = {};      // its own numbers
  double clip_norm = 10;       // >= 0 and finite, 0: no limit; largest 2-norm of the gradient
  double clip_value = 0;       // >= 0 and finite, 0: no limit; largest component of the gradient
  long annealing_steps = 0;    // [0, steps]; the action goes from -ln r to S (theory/annealed.hpp)
  double annealing_decay = 0;  // [0, 1), 0: none; at step n it is 1 - d^(n + 1) of the way
  long evaluate_every = 0;     // >= 0, 0: never; steps between measurements of the ESS
  long evaluate_samples = 16384;  // >= 2, at most 2^38 in all evaluations; their number
  long patience = 0;              // >= 0, 0: never; evaluations without a better ESS before it ends
  bool keep_best = false;         // end with the parameters of the best evaluation
  double wanted_ess = 0;          // [0, 1), 0: none; ESS that is enough (training/ending.hpp)
  double seconds = 0;  // >= 0 and finite, 0: no limit; wall-clock limit (training/ending.hpp)
  bool progress = detail::stderr_is_terminal();  // a line that lives (there) or one now and then

  /// c of the action at a step (theory/annealed.hpp).
  double annealing(long step) const {
    if (annealing_decay > 0) return 1 - std::pow(annealing_decay, double(step + 1));
    return step >= annealing_steps ? 1.0 : double(step) / double(annealing_steps);
  }

  void check() const {
    require(steps > 0, "train: steps", steps, "> 0");
    require(batch > 0 && batch % batch_granularity == 0, "train: batch", batch,
            "a positive multiple of 32");
    optimizer.check();
    schedule.check();
    require(clip_norm >= 0 && std::isfinite(clip_norm), "train: clip_norm", clip_norm,
            ">= 0 and finite, 0 for no limit");
    require(clip_value >= 0 && std::isfinite(clip_value), "train: clip_value", clip_value,
            ">= 0 and finite, 0 for no limit");
    require(annealing_steps >= 0 && annealing_steps <= steps, "train: annealing_steps",
            annealing_steps, "[0, steps]");
    require(annealing_decay >= 0 && annealing_decay < 1, "train: annealing_decay", annealing_decay,
            "[0, 1), 0 for none");
    require(annealing_decay == 0 || annealing_steps == 0, "train: annealing_decay", annealing_decay,
            "0 where annealing_steps is set");
    require(evaluate_every >= 0, "train: evaluate_every", evaluate_every, ">= 0, 0 for never");
    require(evaluate_samples >= 2, "train: evaluate_samples", evaluate_samples, ">= 2");
    require(evaluate_every == 0 || evaluate_samples <= (1L << 38) / (1 + steps / evaluate_every),
            "train: evaluate_samples", evaluate_samples, "at most 2^38 in all evaluations");
    require(patience >= 0, "train: patience", patience, ">= 0, 0 for never");
    require(wanted_ess >= 0 && wanted_ess < 1, "train: wanted_ess", wanted_ess,
            "[0, 1), 0 for none");
    require(evaluate_every > 0 || (patience == 0 && !keep_best && wanted_ess == 0),
            "train: evaluate_every", evaluate_every,
            "> 0 where patience, keep_best or wanted_ess is set");
    require(seconds >= 0 && std::isfinite(seconds), "train: seconds", seconds,
            ">= 0 and finite, 0 for no limit");
  }
};

}  // namespace lanes
