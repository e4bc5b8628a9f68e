// SPDX-License-Identifier: BSD-3-Clause
//
// train: the loop around a Trainer.
//
//   lanes::train<lanes::Reinforce>(sampler, theory, {.steps = 2000, .batch = 1024});
//   lanes::train<lanes::Reinforce>(sampler, theory, options, callback);          // callback(trainer, record)
//   lanes::train(lanes::ForwardKL(fields, rows), sampler, theory, options);
//
// callback returns void, or false to stop. It is called after each step, and with the last record
// once more through callback.finish(trainer) if it has that member (a checkpoint does). SIGINT and
// SIGTERM end the loop after the current step. The result says why it ended.
#pragma once

#include <type_traits>
#include <utility>

#include <lanes/training/interrupt.hpp>
#include <lanes/training/progress.hpp>
#include <lanes/training/trainer.hpp>

namespace lanes {

enum class TrainingEnd { all_steps, callback, no_improvement, interrupted };

struct TrainingResult {
  TrainingEnd end = TrainingEnd::all_steps;
  History history;
  double best_ess = -1;  // of the evaluations; -1 without any
};

struct NoCallback {
  template <class Trainer>
  void operator()(Trainer&, const StepRecord&) const {}
};

/// Runs a trainer, which may have been resumed, to its end.
template <class Trainer, class Callback = NoCallback>
TrainingResult run(Trainer& trainer, Callback&& callback = {}) {
  TrainingResult result;
  InterruptGuard guard;
  Progress progress(trainer.state().step, trainer.options().steps);
  while (!trainer.finished()) {
    const StepRecord record = trainer.step();
    if (trainer.options().progress) progress.show(record);
    bool go_on = true;
    if constexpr (std::is_void_v<decltype(callback(trainer, record))>)
      callback(trainer, record);
    else
      go_on = callback(trainer, record);
    if (!go_on) {
      result.end = TrainingEnd::callback;
      break;
    }
    if (guard.interrupted()) {
      result.end = TrainingEnd::interrupted;
      break;
    }
  }
  if (trainer.options().progress) progress.close(trainer.state().step >= trainer.options().steps);
  if (result.end == TrainingEnd::all_steps && trainer.stopped_early())
    result.end = TrainingEnd::no_improvement;
  if constexpr (requires { callback.finish(trainer); }) callback.finish(trainer);
  if (trainer.options().keep_best && trainer.finished()) trainer.restore_best();
  result.history = trainer.state().history;
  result.best_ess = trainer.state().best_ess;
  return result;
}

template <class Estimator, class Optimizer = Adam, class Schedule = ConstantRate, class Sampler,
          class Theory, class Callback = NoCallback>
TrainingResult train(Sampler& sampler, const Theory& theory,
                     const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options,
                     Callback&& callback = {}) {
  Trainer<Estimator, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options);
  return run(trainer, callback);
}

template <class Optimizer = Adam, class Schedule = ConstantRate, class Estimator, class Sampler,
          class Theory, class Callback = NoCallback>
requires requires { Estimator::needs_force; }
TrainingResult train(Estimator estimator, Sampler& sampler, const Theory& theory,
                     const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options,
                     Callback&& callback = {}) {
  Trainer<Estimator, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options,
                                                                   std::move(estimator));
  return run(trainer, callback);
}

}  // namespace lanes
