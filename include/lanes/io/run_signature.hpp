// SPDX-License-Identifier: BSD-3-Clause
//
// Whether a checkpoint (io/checkpoint.hpp) is of the run that a trainer is about to go on with:
// what of the run is written as text, and what of that must agree.
//
// Errors: std::runtime_error with the path, what was found, what was expected, and how to go on
// otherwise where that is possible.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <lanes/fwd.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/training/train.hpp>

namespace lanes {

/// Whether a resumed run is the uncut one, or goes on otherwise.
enum class Continue { same, changed };

namespace detail {

/// The shortest text that is read again as the same number.
inline std::string exact_text(double value) {
  char text[40];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// S of the first lane of a fixed draw from the base density: tells couplings apart.
template <class Sampler, class Theory>
double reference_action(Sampler& sampler, const Theory& theory) {
  using Context = typename Sampler::Context;
  double action = 0;
  sampler.backend().template for_lanes<typename Sampler::Precision>(
      0, 1, [&](Context& context, std::size_t, int) {
        const auto x = context.template rows<typename Sampler::Real>(Sampler::rows);
        const auto s = context.template rows<double>(1);
        fill(context, s, 1);
        Sampler::Field::template draw_base<typename Sampler::Geometry>(
            context, RandomStream(Seed{0}, Purpose::user), x, s);
        fill(context, s, 1);
        add_action(context, theory, x, s);
        context.store_lanes(s, 1, 1, &action);
      });
  return action;
}

struct RunEntry {
  std::string key, value;
  bool may_change = false;  // with Continue::changed
};

/// What must be the same, as text, besides the model and the theory's couplings.
template <class Estimator, class Trained, class TheoryOf, class Optimizer, class Schedule>
std::vector<RunEntry> run_signature(
    Trainer<Estimator, Trained, TheoryOf, Optimizer, Schedule>& trainer) {
  using Theory = typename Trainer<Estimator, Trained, TheoryOf, Optimizer, Schedule>::Theory;
  const auto& options = trainer.options();
  std::vector<RunEntry> entries = {
      {"theory", type_text<Theory>()},
      {"estimator", type_text<Estimator>()},
      {"optimizer", type_text<Optimizer>()},
      {"seed", std::to_string(trainer.sampler().seed().value)},
      {"options.annealing_steps", std::to_string(options.annealing_steps)},
      {"options.annealing_decay", exact_text(options.annealing_decay)},
      {"options.evaluate_every", std::to_string(options.evaluate_every)},
      {"options.evaluate_samples", std::to_string(options.evaluate_samples)},
      {"schedule", type_text<Schedule>(), true},
      {"options.batch", std::to_string(options.batch), true},
      {"options.clip_norm", exact_text(options.clip_norm), true},
      {"options.clip_value", exact_text(options.clip_value), true}};
  for (const auto& [name, value] : trainer.numbers().settings())
    entries.push_back({name, exact_text(value)});
  if constexpr (OptimizerWithSettings<Optimizer>)
    for (const auto& [name, value] : options.optimizer.settings())
      entries.push_back({std::string("optimizer.") + name, exact_text(value), true});
  return entries;
}

/// The couplings of the theories, where they say them (theory.hpp), or what their action is.
template <class Trainer>
std::vector<std::pair<std::string, double>> couplings_of(Trainer& trainer) {
  std::vector<std::pair<std::string, double>> result;
  trainer.numbers().each_theory([&](const std::string& which, const auto& theory) {
    if constexpr (TheoryWithCouplings<typename Trainer::Theory>) {
      for (const auto& [name, value] : theory.couplings())
        result.emplace_back(which + "." + name, value);
    } else {
      result.emplace_back(which + ".action", reference_action(trainer.sampler(), theory));
    }
  });
  return result;
}

template <class Trainer>
void check_couplings(const CheckedFile& file, Trainer& trainer) {
  for (const auto& [key, expected] : couplings_of(trainer)) {
    const bool action = key.ends_with(".action") && !TheoryWithCouplings<typename Trainer::Theory>;
    // Couplings may be computed; a processor may sum an action in another order.
    const double found = file.number(key),
                 allowed = action ? std::max(1e-10, Trainer::Sampler::Precision::agreement) : 1e-12;
    if (found == expected || std::abs(found - expected) <= allowed * std::abs(expected) ||
        (std::isnan(found) && std::isnan(expected)))
      continue;
    file.refuse(action ? key + " (S of the reference configuration)" : key, exact_text(found),
                exact_text(expected) + (action ? ", so the couplings differ" : ""));
  }
}

inline constexpr const char* how_to_change = " (Continue::changed goes on with what is given now)";

/// Refuses the checkpoint of another run; the text of what was changed, where that is allowed.
template <class Trainer>
std::string check_run(const CheckedFile& file, Trainer& trainer, Continue how) {
  file.require_text("format", "lanes checkpoint 2");
  for (const auto& entry : model_signature(trainer.sampler()))
    file.require_text(entry.key, entry.value);
  std::string changes;
  const auto change = [&](const std::string& key, const std::string& from, const std::string& to) {
    if (from != to) changes += (changes.empty() ? "" : ", ") + key + ": " + from + " -> " + to;
  };
  for (const auto& [key, value, may_change] : run_signature(trainer)) {
    if (!may_change)
      file.require_text(key, value);
    else if (how == Continue::changed)
      change(key, file.text(key), value);
    else if (file.text(key) != value)
      file.refuse(key, file.text(key), value + how_to_change);
  }
  check_couplings(file, trainer);
  if (how == Continue::changed) {
    change("options.steps", file.text("options.steps"), std::to_string(trainer.options().steps));
    change("learning_rate", exact_text(file.number("learning_rate")),
           exact_text(trainer.options().optimizer.learning_rate));
  }
  return changes;
}

template <class Trainer>
double rate_at(const Trainer& trainer, long step) {
  const auto& options = trainer.options();
  return options.schedule.factor(step, options.steps) * options.optimizer.learning_rate;
}

/// The first step, from where the run was changed last, whose learning rate is not that of the
/// options given now; -1 if there is none.
template <class Trainer>
long step_of_other_rate(const Trainer& trainer, const typename Trainer::State& state) {
  const auto& changes = state.history.changes;
  for (long step = changes.empty() ? 0 : changes.back().step; step < state.step; ++step) {
    const double expected = rate_at(trainer, step);
    if (!(std::abs(state.history.learning_rate[std::size_t(step)] - expected) <= 1e-12 * expected))
      return step;
  }
  return -1;
}

/// The run so far must be what the options given now would have done, or is noted as another one.
template <class Trainer>
void check_history(const CheckedFile& file, const Trainer& trainer, typename Trainer::State& state,
                   Continue how, std::string changes) {
  const long most = trainer.options().steps, other = step_of_other_rate(trainer, state);
  if (state.step > most)
    file.refuse("step", std::to_string(state.step),
                "at most options.steps, " + std::to_string(most));
  if (how == Continue::changed) {
    if (changes.empty() && other >= 0) changes = "numbers of the schedule";
    if (!changes.empty()) state.history.changes.push_back({state.step, changes});
  } else if (other >= 0) {
    file.refuse("the learning rate at step " + std::to_string(other),
                exact_text(state.history.learning_rate[std::size_t(other)]),
                exact_text(rate_at(trainer, other)) + how_to_change);
  }
}

}  // namespace detail

}  // namespace lanes
