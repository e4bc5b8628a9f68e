// SPDX-License-Identifier: BSD-3-Clause
//
// Checkpoints of a training run: one safetensors file, always whole (io/atomic_file.hpp). A run
// that was killed and resumed ends with the bits of one that was not.
//
//   // every 100 steps
//   train_with_checkpoint<Reinforce>(sampler, theory, {.steps = 2000}, "run.safetensors", 100);
//
// resumes if the file exists, saves every 100 steps, at the end, and after SIGINT or SIGTERM,
// before the signal is raised again (training/train.hpp). Its parts:
//
//   // saves, never resumes
//   train<Reinforce>(sampler, theory, options, CheckpointEvery{"run.safetensors", 100});
//   resume_if_present(path, trainer);  save_checkpoint(path, trainer);
//   load_checkpoint(path, trainer);
//   // those of the best evaluation so far; load_parameters: the last ones
//   load_best_parameters(path, sampler);
//
// Tensors: parameters [n]; the optimizer's vectors, named by it [n]; best.parameters [n] or [0];
// history.* [steps] and history.evaluation_* [evaluations], F64. Metadata: format; the model
// (io/parameters.hpp); theory, estimator, optimizer, schedule as text (io/type_text.hpp); seed,
// step, options.*; end, why no step is left (training/ending.hpp); seconds, where there is a limit
// on them; theory.*, its couplings where it says them (theory/theory.hpp), or
// theory.action, S of one fixed configuration, good to the precision's tolerance; change.*. Numbers
// are written by to_chars, whatever the locale. Random numbers are counted by seed and step, so
// there is no other state.
//
// A checkpoint is of the same run if all of these agree, and if the learning rates of its history
// are those of the schedule and the options given now. Only these may differ: steps (where the
// schedule's past does not depend on it), patience, keep_best, wanted_ess, seconds, progress; and,
// where a run is told to go on otherwise, the learning rate, the optimizer's numbers, schedule,
// batch, clipping and steps, which History::changes records:
//
//   train_with_checkpoint<Reinforce>(sampler, theory, {.steps = 4000, .batch = 2048},
//       "run.safetensors", 100,
//                                    {}, Continue::changed);
//
// The data of ForwardKL and settings of a user's estimator are not compared. Checkpoints of format
// 1 are refused; load_parameters reads them.
//
// Errors: std::runtime_error with the path, what was found and what was expected, for a file that
// cannot be read or written, is damaged, or is of another model or run; trainer and sampler are
// then as they were.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/fwd.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/io/run_signature.hpp>
#include <lanes/training/train.hpp>

namespace lanes {

namespace detail {

template <class Trainer>
typename Trainer::State read_state(const CheckedFile& file, Trainer& trainer) {
  using Real = typename Trainer::Real;
  const std::size_t parameters = trainer.numbers().values().size();
  const auto copy = [&]<class T>(std::vector<T>& to, const std::string& name, std::size_t size,
                                 bool finite) {
    const auto values = file.template vector<T>(name, size, finite);
    to.assign(values.begin(), values.end());
  };
  typename Trainer::State state;
  state.step = file.integer("step");
  state.evaluations_since_best = file.integer("best.evaluations_since");
  if (file.has("evaluations.trusted"))
    state.trusted_evaluations = file.integer("evaluations.trusted");
  if (file.has("seconds")) state.seconds = file.number("seconds");
  if (!(state.seconds >= 0 && std::isfinite(state.seconds)))
    file.refuse("seconds", exact_text(state.seconds), ">= 0 and finite");
  state.moments.resize(parameters);
  for (const auto& [name, values] : state.moments.vectors()) copy(*values, name, parameters, true);

  const long every = trainer.options().evaluate_every;
  const std::size_t evaluations = every > 0 ? std::size_t(state.step / every) : 0;
  for (const auto& [name, values] : state.history.columns()) {
    const bool evaluation = std::string(name).starts_with("evaluation");
    copy(*values, std::string("history.") + name,
         evaluation ? evaluations : std::size_t(state.step), false);
  }
  const long changes = file.integer("changes");
  for (long i = 0; i < changes; ++i) {
    const std::string key = "change." + std::to_string(i);
    const long step = file.integer(key + ".step");
    if (step > state.step) file.refuse(key + ".step", std::to_string(step), "at most step");
    state.history.changes.push_back({step, file.text(key)});
  }
  if (state.evaluations_since_best != 0 && std::size_t(state.evaluations_since_best) >= evaluations)
    file.refuse("best.evaluations_since", std::to_string(state.evaluations_since_best),
                "fewer than the evaluations, " + std::to_string(evaluations));
  copy(state.best_parameters, "best.parameters", evaluations > 0 ? parameters : 0, true);
  static_assert(std::is_same_v<Real, typename decltype(state.best_parameters)::value_type>);
  return state;
}

}  // namespace detail

/// Writes all that `trainer` needs to go on.
template <class Trainer>
void save_checkpoint(const std::string& path, Trainer& trainer) {
  TensorFile file;
  const auto put = [&]<class T>(const std::string& name, const std::vector<T>& values) {
    file.put<T>(name, values, {static_cast<std::ptrdiff_t>(values.size())});
  };
  typename Trainer::State state = trainer.state();
  detail::put_model(file, trainer.sampler());
  const auto last = trainer.parameters_of_training();
  put("parameters", std::vector<typename Trainer::Real>(last.begin(), last.end()));
  file.metadata["format"] = "lanes checkpoint 2";
  for (const auto& entry : detail::run_signature(trainer)) file.metadata[entry.key] = entry.value;
  for (const auto& [key, value] : detail::couplings_of(trainer))
    file.metadata[key] = detail::exact_text(value);
  file.metadata["options.steps"] = std::to_string(trainer.options().steps);
  file.metadata["learning_rate"] = detail::exact_text(trainer.options().optimizer.learning_rate);
  file.metadata["changes"] = std::to_string(state.history.changes.size());
  for (std::size_t i = 0; i < state.history.changes.size(); ++i) {
    const std::string key = "change." + std::to_string(i);
    file.metadata[key] = state.history.changes[i].text;
    file.metadata[key + ".step"] = std::to_string(state.history.changes[i].step);
  }
  file.metadata["step"] = std::to_string(state.step);
  file.metadata["best.evaluations_since"] = std::to_string(state.evaluations_since_best);
  file.metadata["evaluations.trusted"] = std::to_string(state.trusted_evaluations);
  if (trainer.options().seconds > 0) file.metadata["seconds"] = detail::exact_text(state.seconds);
  if (const auto end = trainer.end()) file.metadata["end"] = to_string(*end);
  for (const auto& [name, values] : state.moments.vectors()) put(name, *values);
  for (const auto& [name, values] : state.history.columns())
    put(std::string("history.") + name, *values);
  put("best.parameters", state.best_parameters);
  save_safetensors(path, file);
}

/// Puts `trainer` and what it trains where the checkpoint was saved.
// post: a step of trainer gives the bits that the saved trainer's next step gives
template <class Trainer>
void load_checkpoint(const std::string& path, Trainer& trainer, Continue how = Continue::same) {
  const detail::CheckedFile file(path);
  const std::string changes = detail::check_run(file, trainer, how);
  const auto parameters =
      file.template vector<typename Trainer::Real>("parameters", trainer.numbers().values().size());
  typename Trainer::State state = detail::read_state(file, trainer);
  detail::check_history(file, trainer, state, how, changes);
  trainer.numbers().assign(parameters);
  trainer.set_state(std::move(state));
}

/// The sampler takes the parameters of the best evaluation that the checkpoint knows.
template <class Sampler>
void load_best_parameters(const std::string& path, Sampler& sampler) {
  const detail::CheckedFile file(path);
  detail::check_model(file, sampler);
  sampler.set_parameters(file.template rounded<typename Sampler::Real>(
      "best.parameters", sampler.parameters().size()));
}

/// Loads the checkpoint if there is a file of that name; returns whether there was.
template <class Trainer>
bool resume_if_present(const std::string& path, Trainer& trainer, Continue how = Continue::same) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return false;
  load_checkpoint(path, trainer, how);
  return true;
}

/// A callback of train that saves every `steps` updates and at the end, and calls another one,
/// whose answer (go on or stop) it passes on.
template <class Callback>
class CheckpointEvery {
 public:
  CheckpointEvery(std::string path, long steps, Callback also = {})
      : path_(std::move(path)), steps_(steps), also_(std::move(also)) {
    require(steps > 0, "CheckpointEvery: steps", steps, "> 0");
  }

  template <class Trainer>
  bool operator()(Trainer& trainer, const StepRecord& record) {
    if ((record.step + 1) % steps_ == 0) save(trainer);
    return detail::goes_on(also_, trainer, record);
  }
  /// Saves the last step, if it is not saved yet.
  template <class Trainer>
  void finish(Trainer& trainer) {
    if (trainer.state().step != saved_) save(trainer);
    if constexpr (FinishingCallback<Callback, Trainer>) also_.finish(trainer);
  }

 private:
  template <class Trainer>
  void save(Trainer& trainer) {
    save_checkpoint(path_, trainer);
    saved_ = trainer.state().step;
  }

  std::string path_;
  long steps_, saved_ = -1;
  Callback also_;
};
CheckpointEvery(std::string, long)->CheckpointEvery<>;

/// Resumes `trainer` from `path` or saves it there (so that a path that cannot be written is found
/// out now), and runs it to its end.
template <class Signals = RaiseAgain, class Trainer, class Callback = NoCallback>
typename Signals::Result run_with_checkpoint(Trainer& trainer, const std::string& path, long every,
                                             Callback callback = {},
                                             Continue how = Continue::same) {
  CheckpointEvery<Callback> checkpoint(path, every, std::move(callback));
  const InterruptGuard guard(Signals::guard);
  if (!resume_if_present(path, trainer, how)) save_checkpoint(path, trainer);
  return run<Signals>(trainer, checkpoint);
}

/// train (training/train.hpp) with a checkpoint.
template <class Estimator, class Optimizer = Adam, class Schedule = ConstantRate,
          class Signals = RaiseAgain, class Sampler, class Theory, class Callback = NoCallback>
typename Signals::Result train_with_checkpoint(
    Sampler& sampler, const Theory& theory,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options, const std::string& path,
    long every, Callback callback = {}, Continue how = Continue::same) {
  Trainer<Estimator, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options);
  return run_with_checkpoint<Signals>(trainer, path, every, std::move(callback), how);
}
template <class Optimizer = Adam, class Schedule = ConstantRate, class Signals = RaiseAgain,
          Estimator E, class Sampler, class Theory, class Callback = NoCallback>
typename Signals::Result train_with_checkpoint(
    E estimator, Sampler& sampler, const Theory& theory,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options, const std::string& path,
    long every, Callback callback = {}, Continue how = Continue::same) {
  Trainer<E, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options,
                                                           std::move(estimator));
  return run_with_checkpoint<Signals>(trainer, path, every, std::move(callback), how);
}

}  // namespace lanes
