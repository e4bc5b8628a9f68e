// SPDX-License-Identifier: BSD-3-Clause
//
// Checkpoints of a training run: one safetensors file, always whole (io/atomic_file.hpp). A run
// that was killed and resumed ends with the bits of one that was not.
//
//   train_with_checkpoint<Reinforce>(sampler, theory, {.steps = 2000}, "run.safetensors", 100);   // every 100 steps
//
// resumes if the file exists, saves every 100 steps, at the end, and after SIGINT or SIGTERM, before the
// signal is raised again (training/train.hpp). Its parts:
//
//   train<Reinforce>(sampler, theory, options, CheckpointEvery{"run.safetensors", 100});     // saves, never resumes
//   resume_if_present(path, trainer);  save_checkpoint(path, trainer);  load_checkpoint(path, trainer);
//   load_best_parameters(path, sampler);     // those of the best evaluation so far; load_parameters: the last ones
//
// Tensors: parameters [n]; the optimizer's vectors, named by it [n]; best.parameters [n] or [0];
// history.* [steps] and history.evaluation_* [evaluations], F64. Metadata: format;
// the model (io/parameters.hpp); theory, estimator, optimizer, schedule as text; seed, step,
// options.*; theory.action, S of one fixed configuration. Random numbers are counted by seed and
// step, so there is no other state.
//
// A checkpoint is of the same run if all of these agree, and if the learning rates of its history
// are those of the schedule and the options given now. Only these may differ: steps (where the
// schedule's past does not depend on it), patience, keep_best, progress. The data of ForwardKL and
// settings of a user's estimator are not compared.
//
// Errors: std::runtime_error with the path, what was found and what was expected, for a file that
// cannot be read or written, is damaged, or is of another model or run; trainer and sampler are
// then as they were.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/fwd.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/training/train.hpp>

namespace lanes {

namespace detail {

inline std::string exact_text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

/// S of the first lane of a fixed draw from the base density: tells couplings apart.
template <class Trainer>
double reference_action(Trainer& trainer) {
  using Sampler = typename Trainer::Sampler;
  using Context = typename Sampler::Context;
  double action = 0;
  trainer.sampler().backend().template for_lanes<typename Sampler::Precision>(
      0, 1, [&](Context& context, std::size_t, int) {
        const auto x = context.template rows<typename Sampler::Real>(Sampler::rows);
        const auto s = context.template rows<double>(1);
        fill(context, s, 1);
        Sampler::Field::template draw_base<typename Sampler::Geometry>(
            context, RandomStream(Seed{0}, Purpose::user), x, s);
        fill(context, s, 1);
        add_action(context, trainer.theory(), x, s);
        context.store_lanes(s, 1, 1, &action);
      });
  return action;
}

/// What must be the same, as text, besides the model.
template <class Sampler, class Theory, class Estimator, class Optimizer, class Schedule>
std::vector<std::pair<std::string, std::string>> run_signature(
    Trainer<Estimator, Sampler, Theory, Optimizer, Schedule>& trainer) {
  const auto& options = trainer.options();
  std::vector<std::pair<std::string, std::string>> entries = {
      {"theory", type_text<Theory>()},
      {"estimator", type_text<Estimator>()},
      {"optimizer", type_text<Optimizer>()},
      {"schedule", type_text<Schedule>()},
      {"seed", std::to_string(trainer.sampler().seed().value)},
      {"options.batch", std::to_string(options.batch)},
      {"options.clip_norm", exact_text(options.clip_norm)},
      {"options.clip_value", exact_text(options.clip_value)},
      {"options.annealing_steps", std::to_string(options.annealing_steps)},
      {"options.annealing_decay", exact_text(options.annealing_decay)},
      {"options.evaluate_every", std::to_string(options.evaluate_every)},
      {"options.evaluate_samples", std::to_string(options.evaluate_samples)}};
  if constexpr (requires { options.optimizer.settings(); })
    for (const auto& [name, value] : options.optimizer.settings())
      entries.emplace_back(std::string("optimizer.") + name, exact_text(value));
  return entries;
}

template <class Trainer>
void check_run(const CheckedFile& file, Trainer& trainer) {
  file.require_text("format", "lanes checkpoint 1");
  for (const auto& [key, value] : model_signature(trainer.sampler())) file.require_text(key, value);
  for (const auto& [key, value] : run_signature(trainer)) file.require_text(key, value);
  const double found = std::strtod(file.text("theory.action").c_str(), nullptr),
               expected = reference_action(trainer);
  const bool same = found == expected || std::abs(found - expected) <= 1e-10 * std::abs(expected) ||
                    (std::isnan(found) && std::isnan(expected));
  if (!same)
    file.refuse("theory.action (S of the reference configuration)", exact_text(found),
                exact_text(expected) + ", so the couplings differ");
}

/// The run so far must be what the options given now would have done.
template <class Trainer>
void check_history(const CheckedFile& file, const Trainer& trainer,
                   const typename Trainer::State& state) {
  const auto& options = trainer.options();
  if (state.step > options.steps)
    file.refuse("step", std::to_string(state.step),
                "at most options.steps, " + std::to_string(options.steps));
  for (long step = 0; step < state.step; ++step) {
    const double found = state.history.learning_rate[std::size_t(step)];
    const double expected =
        options.schedule.factor(step, options.steps) * options.optimizer.learning_rate;
    if (std::abs(found - expected) > 1e-12 * expected)
      file.refuse("the learning rate at step " + std::to_string(step), exact_text(found),
                  exact_text(expected));
  }
}

template <class Trainer>
typename Trainer::State read_state(const CheckedFile& file, Trainer& trainer) {
  using Real = typename Trainer::Real;
  const std::size_t parameters = trainer.sampler().parameters().size();
  const auto copy = [&]<class T>(std::vector<T>& to, const std::string& name, std::size_t size,
                                 bool finite) {
    const auto values = file.template vector<T>(name, size, finite);
    to.assign(values.begin(), values.end());
  };
  typename Trainer::State state;
  state.step = file.integer("step");
  state.evaluations_since_best = file.integer("best.evaluations_since");
  state.moments.resize(parameters);
  for (const auto& [name, values] : state.moments.vectors()) copy(*values, name, parameters, true);

  const long every = trainer.options().evaluate_every;
  const std::size_t evaluations = every > 0 ? std::size_t(state.step / every) : 0;
  for (const auto& [name, values] : state.history.columns()) {
    const bool evaluation = std::string(name).starts_with("evaluation");
    copy(*values, std::string("history.") + name,
         evaluation ? evaluations : std::size_t(state.step), false);
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
  file.metadata["format"] = "lanes checkpoint 1";
  for (const auto& [key, value] : detail::run_signature(trainer)) file.metadata[key] = value;
  file.metadata["theory.action"] = detail::exact_text(detail::reference_action(trainer));
  file.metadata["step"] = std::to_string(state.step);
  file.metadata["best.evaluations_since"] = std::to_string(state.evaluations_since_best);
  for (const auto& [name, values] : state.moments.vectors()) put(name, *values);
  for (const auto& [name, values] : state.history.columns())
    put(std::string("history.") + name, *values);
  put("best.parameters", state.best_parameters);
  save_safetensors(path, file);
}

/// Puts `trainer` and its sampler where the checkpoint was saved.
// post: a step of trainer gives the bits that the saved trainer's next step gives
template <class Trainer>
void load_checkpoint(const std::string& path, Trainer& trainer) {
  const detail::CheckedFile file(path);
  detail::check_run(file, trainer);
  auto& sampler = trainer.sampler();
  const auto parameters =
      file.template vector<typename Trainer::Real>("parameters", sampler.parameters().size());
  typename Trainer::State state = detail::read_state(file, trainer);
  detail::check_history(file, trainer, state);
  sampler.set_parameters(parameters);
  trainer.set_state(std::move(state));
}

/// The sampler takes the parameters of the best evaluation that the checkpoint knows.
template <class Sampler>
void load_best_parameters(const std::string& path, Sampler& sampler) {
  const detail::CheckedFile file(path);
  for (const auto& [key, value] : detail::model_signature(sampler)) file.require_text(key, value);
  sampler.set_parameters(
      file.template vector<typename Sampler::Real>("best.parameters", sampler.parameters().size()));
}

/// Loads the checkpoint if there is a file of that name; returns whether there was.
template <class Trainer>
bool resume_if_present(const std::string& path, Trainer& trainer) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return false;
  load_checkpoint(path, trainer);
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
    if (trainer.state().step % steps_ == 0) save(trainer);
    if constexpr (std::is_void_v<decltype(also_(trainer, record))>)
      return also_(trainer, record), true;
    else
      return also_(trainer, record);
  }
  template <class Trainer>
  void finish(Trainer& trainer) {
    if (trainer.state().step != saved_) save(trainer);
    if constexpr (requires { also_.finish(trainer); }) also_.finish(trainer);
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
                                             Callback callback = {}) {
  CheckpointEvery<Callback> checkpoint(path, every, std::move(callback));
  const InterruptGuard guard(Signals::guard);
  if (!resume_if_present(path, trainer)) save_checkpoint(path, trainer);
  return run<Signals>(trainer, checkpoint);
}

/// train (training/train.hpp) with a checkpoint.
template <class Estimator, class Optimizer = Adam, class Schedule = ConstantRate,
          class Signals = RaiseAgain, class Sampler, class Theory, class Callback = NoCallback>
typename Signals::Result train_with_checkpoint(
    Sampler& sampler, const Theory& theory,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options, const std::string& path,
    long every, Callback callback = {}) {
  Trainer<Estimator, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options);
  return run_with_checkpoint<Signals>(trainer, path, every, std::move(callback));
}
template <class Optimizer = Adam, class Schedule = ConstantRate, class Signals = RaiseAgain,
          class Estimator, class Sampler, class Theory, class Callback = NoCallback>
requires requires { Estimator::needs_force; }
typename Signals::Result train_with_checkpoint(
    Estimator estimator, Sampler& sampler, const Theory& theory,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options, const std::string& path,
    long every, Callback callback = {}) {
  Trainer<Estimator, Sampler, Theory, Optimizer, Schedule> trainer(sampler, theory, options,
                                                                   std::move(estimator));
  return run_with_checkpoint<Signals>(trainer, path, every, std::move(callback));
}

}  // namespace lanes
