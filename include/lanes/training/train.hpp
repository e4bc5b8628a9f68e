// SPDX-License-Identifier: BSD-3-Clause
//
// train: the loop around a Trainer.
//
//   lanes::train<lanes::Reinforce>(sampler, theory, {.steps = 2000, .batch = 1024});
//   lanes::train<lanes::Reinforce>(sampler, theory, options, callback);
//   lanes::train(lanes::ForwardKL(fields, rows), sampler, theory, options);
//
// callback(trainer, record) returns void, or false to stop. It is called after each step, and with
// the last record once more through callback.finish(trainer) if it has that member (a checkpoint
// does). The result says why training ended: training/ending.hpp, where .seconds and .wanted_ess
// are explained.
//
// SIGINT and SIGTERM end it after the current step, with a line on stderr, and when all is saved
// are raised again: a program never goes on with half a training that nobody has looked at. One
// that wants to says so, and the result can then not be ignored:
//
//   const auto trained = lanes::train<lanes::Reinforce, lanes::Adam, lanes::ConstantRate,
//                                     lanes::ReturnOnSignal>(sampler, theory, options);
//   if (trained.end == lanes::TrainingEnd::interrupted) ...
#pragma once

#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <type_traits>
#include <utility>

#include <lanes/training/ending.hpp>
#include <lanes/training/interrupt.hpp>
#include <lanes/training/progress.hpp>
#include <lanes/training/trainer.hpp>

namespace lanes {

/// A callback that is told of the end of training too.
template <class Callback, class Trainer>
concept FinishingCallback = requires(Callback& callback, Trainer& trainer) {
  callback.finish(trainer);
};

/// How a training went.
struct TrainingResult {
  TrainingEnd end = TrainingEnd::all_steps;
  History history;  // of all its steps
  /// ESS of the parameters of the best evaluation, on draws of its own (training/evaluation.hpp),
  /// its error and their number; NaN of 0 draws without evaluations, and where a signal ended
  /// training.
  double best_ess = NAN, best_ess_error = NAN;
  std::size_t best_ess_samples = 0;
  Verdict best_ess_verdict;  // doubts: best_ess is in effect an upper bound
};
struct [[nodiscard("a signal may have ended this training: look at .end")]] InterruptibleResult
    : TrainingResult{};

/// What train does when SIGINT or SIGTERM has ended it: raise it again, or return.
struct RaiseAgain {
  /// What becomes of a signal.
  static constexpr auto guard = InterruptGuard::raises_again;
  /// What train returns.
  using Result = TrainingResult;
};
struct ReturnOnSignal {
  /// What becomes of a signal.
  static constexpr auto guard = InterruptGuard::returns;
  /// What train returns.
  using Result = InterruptibleResult;
};

/// Lets every training go on.
struct NoCallback {
  template <class Trainer>
  void operator()(Trainer&, const StepRecord&) const {}
};

namespace detail {

/// Calls a callback: whether training goes on.
template <class Callback, class Trainer>
bool goes_on(Callback& callback, Trainer& trainer, const StepRecord& record) {
  if constexpr (std::is_void_v<decltype(callback(trainer, record))>)
    return callback(trainer, record), true;
  else
    return callback(trainer, record);
}

}  // namespace detail

/// Runs a trainer, which may have been resumed, to its end.
template <class Signals = RaiseAgain, class Trainer, class Callback = NoCallback>
typename Signals::Result run(Trainer& trainer, Callback&& callback = {}) {
  typename Signals::Result result;
  const auto& options = trainer.options();
  const InterruptGuard guard(Signals::guard);
  bool stopped = false;
  trainer.start_clock();
  Progress progress(trainer.state().step, options.steps, options.seconds - trainer.state().seconds);
  while (!stopped && !trainer.finished() && !guard.interrupted()) {
    const StepRecord record = trainer.step();
    if (options.progress) progress.show(record, trainer.finished());
    stopped = !detail::goes_on(callback, trainer, record);
  }
  progress.close();
  if constexpr (FinishingCallback<Callback, Trainer>) callback.finish(trainer);
  result.end = stopped ? TrainingEnd::callback : trainer.end().value_or(TrainingEnd::interrupted);
  if (options.keep_best) trainer.restore_best();
  if (!guard.interrupted()) {
    const EffectiveSampleSize best = trainer.measure_best();
    result.best_ess = best.value, result.best_ess_error = best.error;
    result.best_ess_samples = best.samples;
    result.best_ess_verdict = best.verdict;
  }
  result.history = trainer.history();
  if (const int signal = guard.signal()) {
    result.end = TrainingEnd::interrupted;
    std::fprintf(stderr, "lanes: %s: training ended after step %ld of %ld\n",
                 signal == SIGINT ? "SIGINT" : "SIGTERM", trainer.state().step, options.steps);
  } else if (options.progress && result.end != TrainingEnd::all_steps) {
    std::fprintf(stderr, "lanes: training ended after step %ld of %ld: %s\n", trainer.state().step,
                 options.steps, to_string(result.end));
  }
  return result;
}

template <class Estimator, class Optimizer = Adam, class Schedule = ConstantRate,
          class Signals = RaiseAgain, class Sampler, class Theory, class Callback = NoCallback>
typename Signals::Result train(
    Sampler& sampler, const Theory& theory,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options,
    Callback&& callback = {}) {
  Trainer<Estimator, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options);
  return run<Signals>(trainer, callback);
}

template <class Optimizer = Adam, class Schedule = ConstantRate, class Signals = RaiseAgain,
          Estimator E, class Sampler, class Theory, class Callback = NoCallback>
typename Signals::Result train(
    E estimator, Sampler& sampler, const Theory& theory,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options,
    Callback&& callback = {}) {
  Trainer<E, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options,
                                                           std::move(estimator));
  return run<Signals>(trainer, callback);
}

}  // namespace lanes
