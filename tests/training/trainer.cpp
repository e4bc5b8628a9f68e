// SPDX-License-Identifier: BSD-3-Clause
//
// One training step: the same bits on any number of threads, clipping, and what happens to numbers
// that are not finite.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>

using namespace lanes;

namespace {

template <class Estimator, class Precision>
void check_threads() {
  std::vector<typename Precision::Real> expected;
  History history;
  for (const int threads : {1, 2, 3}) {
    small::Sampler<Precision> sampler{Seed{9}, Cpu{threads}};
    small::Trainer<Estimator, Precision> trainer(
        sampler, small::theory(),
        {.steps = 5, .batch = 224, .evaluate_every = 2, .evaluate_samples = 100},
        small::make_estimator<Estimator>());
    const auto start = small::parameters(sampler);
    while (!trainer.finished()) trainer.step();
    if (threads == 1) {
      expected = small::parameters(sampler);
      history = trainer.state().history;
      CHECK(expected != start);
    }
    CHECK(small::parameters(sampler) == expected);
    CHECK(small::same(trainer.state().history, history));
  }
}

using Descent = small::Trainer<Reinforce, Double, Momentum>;
double norm(const std::vector<double>& v) {
  double sum = 0;
  for (double x : v) sum += x * x;
  return std::sqrt(sum);
}

/// Gradient descent at rate 1: the gradient that a step used, and what it reported.
std::vector<double> step_taken(const TrainOptions<Momentum>& options, StepRecord& record,
                               std::vector<double>& gradient) {
  small::Sampler<Double> sampler{Seed{2}, Cpu{1}};
  Descent trainer(sampler, small::theory(), options);
  const auto before = small::parameters(sampler);
  gradient = trainer.compute_gradient();
  record = trainer.step();
  auto taken = small::parameters(sampler);
  for (std::size_t i = 0; i < taken.size(); ++i) taken[i] = before[i] - taken[i];
  return taken;
}

/// S = sum phi^2 / 2, and `value` where phi(0) > edge. Notes phi(0) of each call (one thread).
struct Hole {
  using Field = Scalar;
  using Geometry = small::Geometry;
  double edge, value;
  std::vector<double>* seen;
  double action(const auto& phi) const {
    if (seen) seen->push_back(phi(0));
    if (phi(0) > edge) return value;
    double s = 0;
    for (int x = 0; x < Geometry::volume; ++x) s += 0.5 * phi(x) * phi(x);
    return s;
  }
};

struct Thrown {};
struct Throws {
  using Field = Scalar;
  using Geometry = small::Geometry;
  double action(const auto&) const { throw Thrown{}; }
};

template <class Trainer>
TrainingError error_of(Trainer& trainer) {
  try {
    trainer.step();
  } catch (const TrainingError& error) {
    return error;
  }
  FAIL("no TrainingError");
  return {"", 0, 0, 0};
}

template <class Trainer>
void check_unchanged_by_error(Trainer& trainer, const std::string& message, long step, long lane,
                              int layer) {
  const auto parameters = small::parameters(trainer.sampler());
  auto before = trainer.state();
  const TrainingError error = error_of(trainer);
  CHECK(std::string(error.what()) == "lanes: training stopped at step " + std::to_string(step) +
                                         ": " + message +
                                         "; the parameters are those before this step");
  CHECK(error.step == step);
  CHECK(error.lane == lane);
  CHECK(error.layer == layer);
  auto after = trainer.state();
  CHECK(after.step == before.step);
  CHECK(small::same(after.history, before.history));
  CHECK(after.best_parameters == before.best_parameters);
  const auto u = before.moments.vectors(), v = after.moments.vectors();
  for (std::size_t i = 0; i < u.size(); ++i) CHECK(*u[i].second == *v[i].second);
  CHECK(small::parameters(trainer.sampler()) == parameters);
}

}  // namespace

TEST_CASE("1, 2 and 3 threads give the same bits") {
  check_threads<Reinforce, Single>();
  check_threads<Reinforce, Double>();
  check_threads<Reparameterization, Single>();
  check_threads<Reparameterization, Double>();
  check_threads<PathGradient, Single>();
  check_threads<PathGradient, Double>();
  check_threads<small::Data, Single>();
  check_threads<small::Data, Double>();
}

TEST_CASE("the gradient is clipped by value, then by norm; its norm before that is reported") {
  const Momentum descent{.learning_rate = 1, .momentum = 0};
  const auto close = [](double a, double b) {
    return std::abs(a - b) < Double::agreement * std::max(1.0, std::abs(b));
  };
  StepRecord record;
  std::vector<double> g;
  auto taken = step_taken({.batch = 32, .optimizer = descent, .clip_norm = 0}, record, g);
  CHECK(close(record.gradient_norm, norm(g)));
  for (std::size_t i = 0; i < g.size(); ++i) CHECK(close(taken[i], g[i]));
  const double most = 0.1 * norm(g);

  taken = step_taken({.batch = 32, .optimizer = descent, .clip_norm = most}, record, g);
  CHECK(close(record.gradient_norm, norm(g)));
  for (std::size_t i = 0; i < g.size(); ++i) CHECK(close(taken[i], 0.1 * g[i]));

  taken = step_taken({.batch = 32, .optimizer = descent, .clip_norm = 2 * norm(g)}, record, g);
  for (std::size_t i = 0; i < g.size(); ++i) CHECK(close(taken[i], g[i]));

  taken = step_taken({.batch = 32, .optimizer = descent, .clip_norm = 0, .clip_value = most},
                     record, g);
  std::vector<double> by_value = g;
  for (double& v : by_value) v = std::clamp(v, -most, most);
  CHECK(by_value != g);
  for (std::size_t i = 0; i < g.size(); ++i) CHECK(close(taken[i], by_value[i]));

  taken = step_taken({.batch = 32, .optimizer = descent, .clip_norm = most, .clip_value = most},
                     record, g);
  CHECK(close(record.gradient_norm, norm(g)));
  CHECK(close(norm(taken), most));
  for (std::size_t i = 0; i < g.size(); ++i)
    CHECK(close(taken[i], by_value[i] * most / norm(by_value)));
}

TEST_CASE("after its last step annealing is over, bit for bit") {
  small::Sampler<Double> sampler{Seed{2}, Cpu{1}};
  small::Trainer<Reinforce, Double> trainer(sampler, small::theory(),
                                            {.steps = 6, .batch = 32, .annealing_steps = 4});
  while (trainer.state().step < 4) trainer.step();
  small::Trainer<Reinforce, Double> plain(sampler, small::theory(), {.steps = 6, .batch = 32});
  auto state = trainer.state();
  plain.set_state(state);
  CHECK(plain.compute_gradient() == trainer.compute_gradient());
}

TEST_CASE("the action that is trained on is c S - (1 - c) ln r; loss, ESS, acceptance are of S") {
  struct At {
    std::vector<double> gradient;
    StepRecord record;
  };
  const auto at = [](long step, long annealing, double decay = 0) {
    small::Sampler<Double> sampler{Seed{2}, Cpu{1}};
    small::Trainer<Reparameterization, Double> trainer(
        sampler, small::theory(),
        {.steps = 1L << 50, .batch = 32, .annealing_steps = annealing, .annealing_decay = decay});
    auto state = trainer.state();
    state.step = step;
    trainer.set_state(state);
    return At{trainer.compute_gradient(), trainer.step()};
  };
  const auto check = [&](long step, const At& found, double c) {
    const At none = at(step, 1L << 50), all = at(step, 0);  // c = 0 to rounding, and 1
    for (std::size_t i = 0; i < all.gradient.size(); ++i) {
      const double expected = c * all.gradient[i] + (1 - c) * none.gradient[i];
      CHECK(std::abs(found.gradient[i] - expected) < 100 * Double::agreement * norm(all.gradient));
    }
    for (const auto member :
         {&StepRecord::loss, &StepRecord::loss_error, &StepRecord::ess, &StepRecord::acceptance})
      CHECK(found.record.*member == all.record.*member);
  };
  for (long step = 0; step < 6; ++step) {
    check(step, at(step, 4), std::min(1.0, double(step) / 4));
    check(step, at(step, 0, 0.5), 1 - std::ldexp(1.0, -int(step) - 1));
  }
}

TEST_CASE("given configurations: the forward loss, no ESS and no acceptance; no action is asked") {
  small::Sampler<Double> sampler{Seed{4}, Cpu{1}};
  const std::vector<double> one(small::fields().begin(), small::fields().begin() + 16);
  using Run = Trainer<small::Data, small::Sampler<Double>, Throws, Adam, ConstantRate>;
  Run trainer(sampler, {}, {.batch = 64}, small::Data(one, 16));
  const double log_q = sampler.log_density(one)[0];
  const StepRecord record = trainer.step();
  CHECK(std::abs(record.loss + log_q) < Double::agreement * std::abs(log_q));
  CHECK(record.loss_error < Double::agreement * std::abs(log_q));
  CHECK(std::isnan(record.ess));
  CHECK(std::isnan(record.acceptance));
  CHECK_THROWS_WITH_AS(
      Run(sampler, {}, {.batch = 64, .annealing_steps = 2}, small::Data(one, 16)),
      "lanes: train: annealing is set (allowed: none where configurations are given: their loss "
      "has no action)",
      std::invalid_argument);
}

TEST_CASE("an action that is not finite stops training with step, lane and reason") {
  using Sampler = small::Sampler<Double>;
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    std::vector<double> seen;
    Sampler sampler{Seed{4}, Cpu{1}};
    Trainer<Reinforce, Sampler, Hole, Adam, ConstantRate> trainer(sampler, Hole{3.2, value, &seen},
                                                                  {.steps = 100, .batch = 64});
    const auto outside =
        [&] {  // the lane whose phi(0) will be over the edge, of the step that is next
          Sampler twin{Seed{4}, Cpu{1}};
          twin.set_parameters(sampler.parameters());
          std::vector<double> drawn;
          Trainer<Reinforce, Sampler, Hole, Adam, ConstantRate> other(twin, Hole{1e9, 0, &drawn},
                                                                      {.steps = 100, .batch = 64});
          other.set_state(trainer.state());
          other.compute_gradient();
          REQUIRE(drawn.size() == 64);
          for (std::size_t i = 0; i < 64; ++i)
            if (drawn[i] > 3.2) return long(i);
          return -1L;
        };
    long lane;
    while ((lane = outside()) < 0) trainer.step();
    CHECK(trainer.state().step > 0);
    const TrainingError error = [&] {
      auto copy = trainer;
      return error_of(copy);
    }();
    CHECK(std::string(error.what()).find(std::isnan(value) ? ", S is nan;" : ", S is inf;") !=
          std::string::npos);
    const std::string what = error.what();
    const auto from = what.find("lane "), to = what.find("; the parameters");
    check_unchanged_by_error(trainer, what.substr(from, to - from), trainer.state().step, lane, -1);
  }
}

TEST_CASE("a layer that overflows is named") {
  for (const int layer : {0, 1}) {
    small::Sampler<Single> sampler{Seed{4}, Cpu{2}};
    small::Trainer<Reinforce, Single> trainer(sampler, small::theory(), {.steps = 10, .batch = 32});
    trainer.step();
    auto p = small::parameters(sampler);
    REQUIRE(p.size() == 228);
    p[std::size_t(114 * layer + 112)] = 1000;  // the bias of s in y = x exp(s) + t
    sampler.set_parameters(p);
    check_unchanged_by_error(
        trainer, "lane 0: the output of layer " + std::to_string(layer) + " is not finite", 1, 0,
        layer);
  }
}

TEST_CASE("an evaluation that meets a number that is not finite stops training and moves nothing") {
  using Sampler = small::Sampler<Double>;
  std::vector<double> seen;
  Sampler sampler{Seed{4}, Cpu{1}};
  const TrainOptions<> options{
      .steps = 100, .batch = 32, .evaluate_every = 2, .evaluate_samples = 5000};
  Trainer<Reinforce, Sampler, Hole, Adam, ConstantRate> trainer(
      sampler, Hole{3.2, std::nan(""), nullptr}, options);
  trainer.step();
  const TrainingError error = [&] {
    auto copy = trainer;
    return error_of(copy);
  }();
  const std::string what = error.what();
  CHECK(what.starts_with("lanes: training stopped at step 1: evaluation, lane "));
  CHECK(error.lane > 0);
  const auto from = what.find("evaluation"), to = what.find("; the parameters");
  check_unchanged_by_error(trainer, what.substr(from, to - from), 1, error.lane, -1);
}

TEST_CASE("an update that overflows stops training") {
  small::Sampler<Single> sampler{Seed{4}, Cpu{1}};
  const auto huge =
      small::Theory::from_mass_coupling(1e22, 1e22);  // finite gradients, infinite squares in float
  small::Trainer<Reinforce, Single> trainer(sampler, huge,
                                            {.steps = 10, .batch = 32, .clip_norm = 0});
  const std::string what = [&] {
    auto copy = trainer;
    return std::string(error_of(copy).what());
  }();
  CHECK(what.find("the update makes adam.second_moment not finite") != std::string::npos);
  const auto from = what.find("the update"), to = what.find("; the parameters");
  check_unchanged_by_error(trainer, what.substr(from, to - from), 0, -1, -1);
}

TEST_CASE("an exception of the theory comes through and moves nothing") {
  small::Sampler<Double> sampler{Seed{4}, Cpu{2}};
  Trainer<Reinforce, small::Sampler<Double>, Throws, Adam, ConstantRate> trainer(sampler, {},
                                                                                 {.batch = 64});
  const auto before = small::parameters(sampler);
  CHECK_THROWS_AS(trainer.step(), Thrown);
  CHECK(small::parameters(sampler) == before);
  CHECK(trainer.state().step == 0);
}
