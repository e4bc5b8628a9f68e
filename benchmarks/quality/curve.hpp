// SPDX-License-Identifier: BSD-3-Clause
//
// curve: trains a sampler with one estimator and writes the ESS of fresh samples, and the
// acceptance of independence Metropolis with them, against the seconds of training (evaluation not
// counted) as NPY [points][seconds, steps, ESS, loss, acceptance, processor seconds],
// OUTPUT/ess_<case>_<estimator>.npy. Processor seconds are those of all threads: on a busy machine
// they say what the training would take on an idle one.
//
// The learning rate falls along a cosine of Settings::steps steps; where that is 0, of as many as
// fit into Settings::seconds.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <lanes/io/npy.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/lanes.hpp>

namespace quality {

struct Settings {
  std::string name, estimator = "path", output = "results", save = {};
  double seconds = 60, rate = 3e-3, clip = 10, annealing = 0;
  double before = 0, before_processor = 0;  // seconds of training that the sampler has seen
  long steps = 0;
  int batch = 256, threads = 0, points = 20;
};

inline void add_options(CLI::App& app, Settings& s) {
  app.add_option("--estimator", s.estimator)
      ->check(CLI::IsMember({"reinforce", "reparameterization", "path"}))
      ->capture_default_str();
  app.add_option("--seconds", s.seconds, "of training: where it stops")->capture_default_str();
  app.add_option("--steps", s.steps, "length of the cosine schedule; 0: fills the seconds");
  app.add_option("--batch", s.batch)->capture_default_str();
  app.add_option("--rate", s.rate, "learning rate at the start")->capture_default_str();
  app.add_option("--clip", s.clip, "largest norm of the gradient, 0: no limit")
      ->capture_default_str();
  app.add_option("--annealing", s.annealing, "share of the steps over which the action grows")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--points", s.points, "points of the curve")->capture_default_str();
  app.add_option("--threads", s.threads, "0: all");
  app.add_option("--output", s.output)->capture_default_str();
  app.add_option("--save", s.save, "file for the parameters, kept up to date with the curve");
}

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point t) {
  return std::chrono::duration<double>(Clock::now() - t).count();
}
inline double processor_seconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

template <class Estimator, class Sampler, class Theory, class Callback = lanes::NoCallback>
void train_with(const Settings& s, Sampler& sampler, const Theory& theory, long steps,
                Callback&& callback = {}) {
  lanes::train<Estimator, lanes::Adam, lanes::CosineRate>(
      sampler, theory,
      {.steps = steps,
       .batch = s.batch,
       .optimizer = {.learning_rate = s.rate},
       .clip_norm = s.clip,
       .annealing_steps = static_cast<long>(s.annealing * double(steps))},
      callback);
}

/// How many steps take s.seconds, from a few that are thrown away.
template <class Estimator, class Sampler, class Theory>
long steps_that_fit(const Settings& s, const Theory& theory) {
  constexpr long few = 40;
  Sampler sampler(lanes::Seed{1}, lanes::Cpu(s.threads));
  train_with<Estimator>(s, sampler, theory, few);  // memory is touched, the clock of the core rises
  const auto start = Clock::now();
  train_with<Estimator>(s, sampler, theory, few);
  return std::max(1L, static_cast<long>(s.seconds * few / seconds_since(start)));
}

/// Acceptance of a stationary chain of independence Metropolis: the mean over pairs of draws of w
/// min(1, w'/w) / <w>.
inline double acceptance(std::vector<double> log_weights) {
  std::sort(log_weights.begin(), log_weights.end());
  double sum = 0, smaller = 0;
  for (std::size_t i = 0; i < log_weights.size(); ++i) {
    const double w = std::exp(log_weights[i] - log_weights.back());
    sum += w;
    smaller += 2 * w * double(log_weights.size() - 1 - i);
  }
  return smaller / (sum * double(log_weights.size() - 1));
}

/// Trains the sampler; its ESS at s.points moments.
template <class Estimator, class Sampler, class Theory>
void curve(const Settings& s, Sampler& sampler, const Theory& theory) {
  const long steps = s.steps > 0 ? s.steps : steps_that_fit<Estimator, Sampler>(s, theory);
  std::vector<double> points;
  double evaluating = 0, processor_start = processor_seconds();
  const auto start = Clock::now();
  const auto watch = [&](auto&, const lanes::StepRecord& record) {
    const double spent = seconds_since(start) - evaluating;
    const bool last = record.step + 1 == steps || (s.steps > 0 && spent > s.seconds);
    if ((record.step + 1) % std::max(1L, steps / s.points) == 0 || last) {
      const auto pause = Clock::now();
      const double processor_pause = processor_seconds();
      const double processor = s.before_processor + processor_pause - processor_start;
      const auto log_weights =
          lanes::sample_log_weights(sampler, theory, {.configurations = 16384});
      const double ess = lanes::effective_sample_size(log_weights).value;
      const double accepted = acceptance(log_weights);
      points.insert(points.end(), {s.before + spent, double(record.step + 1), ess, record.loss,
                                   accepted, processor});
      std::printf(
          "%8.1f s (%.1f of processor)  step %6ld  loss %10.4f  ESS %.4f  acceptance %.4f\n",
          s.before + spent, processor, record.step + 1, record.loss, ess, accepted);
      std::fflush(stdout);
      if (!s.save.empty()) lanes::save_parameters(s.save, sampler);
      evaluating += seconds_since(pause);
      processor_start += processor_seconds() - processor_pause;
    }
    return !last;
  };
  train_with<Estimator>(s, sampler, theory, steps, watch);
  std::filesystem::create_directories(s.output);
  lanes::save_npy(s.output + "/ess_" + s.name + "_" + s.estimator + ".npy", points.data(),
                  {static_cast<std::ptrdiff_t>(points.size() / 6), 6});
}

/// The same with the estimator that s names.
template <class Sampler, class Theory>
void curve_of(const Settings& s, Sampler& sampler, const Theory& theory) {
  if (s.estimator == "reinforce")
    curve<lanes::Reinforce>(s, sampler, theory);
  else if (s.estimator == "reparameterization")
    curve<lanes::Reparameterization>(s, sampler, theory);
  else
    curve<lanes::PathGradient>(s, sampler, theory);
}

}  // namespace quality
