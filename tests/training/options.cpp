// SPDX-License-Identifier: BSD-3-Clause
//
// Each bad option is refused with its name, its value and what is allowed.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <lanes/training/options.hpp>
#include <support/refusal.hpp>

using namespace lanes;

namespace {

const double not_a_number = std::nan(""), infinity = std::numeric_limits<double>::infinity();

template <class Optimizer = Adam, class Schedule = ConstantRate>
std::string refusal_of(const TrainOptions<Optimizer, Schedule>& options) {
  return refusal([&] { options.check(); });
}

}  // namespace

TEST_CASE("the defaults and the limits are allowed") {
  CHECK(refusal_of<>({}).empty());
  CHECK(refusal_of<>({.steps = 1, .batch = 32, .annealing_steps = 1}).empty());
  CHECK(refusal_of<Momentum, WarmUp<CosineRate>>(
            {.optimizer = {.momentum = 0}, .schedule = {.inner = {.floor = 1}}})
            .empty());
  CHECK(refusal_of<>({.evaluate_every = 1, .evaluate_samples = 2, .patience = 1, .keep_best = true})
            .empty());
}

TEST_CASE("each bad option is refused with its name, its value and what is allowed") {
  CHECK(refusal_of<>({.steps = 0}) == "lanes: train: steps is 0 (allowed: > 0)");
  CHECK(refusal_of<>({.batch = 0}) ==
        "lanes: train: batch is 0 (allowed: a positive multiple of 32)");
  CHECK(refusal_of<>({.batch = 100}) ==
        "lanes: train: batch is 100 (allowed: a positive multiple of 32)");
  CHECK(refusal_of<>({.batch = -32}) ==
        "lanes: train: batch is -32 (allowed: a positive multiple of 32)");
  CHECK(refusal_of<>({.clip_norm = -1}) ==
        "lanes: train: clip_norm is -1 (allowed: >= 0 and finite, 0 for no limit)");
  CHECK(refusal_of<>({.clip_norm = not_a_number}) ==
        "lanes: train: clip_norm is nan (allowed: >= 0 and finite, 0 for no limit)");
  CHECK(refusal_of<>({.clip_value = infinity}) ==
        "lanes: train: clip_value is inf (allowed: >= 0 and finite, 0 for no limit)");
  CHECK(refusal_of<>({.steps = 10, .annealing_steps = 11}) ==
        "lanes: train: annealing_steps is 11 (allowed: [0, steps])");
  CHECK(refusal_of<>({.annealing_steps = -1}) ==
        "lanes: train: annealing_steps is -1 (allowed: [0, steps])");
  CHECK(refusal_of<>({.evaluate_every = -1}) ==
        "lanes: train: evaluate_every is -1 (allowed: >= 0, 0 for never)");
  CHECK(refusal_of<>({.evaluate_samples = 1}) ==
        "lanes: train: evaluate_samples is 1 (allowed: >= 2)");
  CHECK(refusal_of<>({.evaluate_every = 1, .patience = -1}) ==
        "lanes: train: patience is -1 (allowed: >= 0, 0 for never)");
  const std::string none =
      "lanes: train: evaluate_every is 0 (allowed: > 0 where patience, keep_best or wanted_ess is "
      "set)";
  CHECK(refusal_of<>({.patience = 3}) == none);
  CHECK(refusal_of<>({.keep_best = true}) == none);
  CHECK(refusal_of<>({.wanted_ess = 0.5}) == none);
  for (const double bad : {-0.1, 1.0, not_a_number})
    CHECK(refusal_of<>({.evaluate_every = 1, .wanted_ess = bad})
              .ends_with(" (allowed: [0, 1), 0 for none)"));
  CHECK(refusal_of<>({.seconds = -1}) ==
        "lanes: train: seconds is -1 (allowed: >= 0 and finite, 0 for no limit)");
  CHECK(refusal_of<>({.seconds = infinity}) ==
        "lanes: train: seconds is inf (allowed: >= 0 and finite, 0 for no limit)");
}

TEST_CASE("so are those of the optimizers") {
  CHECK(refusal_of<>({.optimizer = {.learning_rate = -1e-3}}) ==
        "lanes: Adam: learning_rate is -0.001 (allowed: > 0 and finite)");
  CHECK(refusal_of<>({.optimizer = {.learning_rate = 0}}) ==
        "lanes: Adam: learning_rate is 0 (allowed: > 0 and finite)");
  CHECK(refusal_of<>({.optimizer = {.learning_rate = not_a_number}}) ==
        "lanes: Adam: learning_rate is nan (allowed: > 0 and finite)");
  CHECK(refusal_of<>({.optimizer = {.beta1 = 1}}) == "lanes: Adam: beta1 is 1 (allowed: [0, 1))");
  CHECK(refusal_of<>({.optimizer = {.beta2 = -0.5}}) ==
        "lanes: Adam: beta2 is -0.5 (allowed: [0, 1))");
  CHECK(refusal_of<>({.optimizer = {.epsilon = 0}}) == "lanes: Adam: epsilon is 0 (allowed: > 0)");
  CHECK(refusal_of<Momentum>({.optimizer = {.learning_rate = infinity}}) ==
        "lanes: Momentum: learning_rate is inf (allowed: > 0 and finite)");
  CHECK(refusal_of<Momentum>({.optimizer = {.momentum = 1}}) ==
        "lanes: Momentum: momentum is 1 (allowed: [0, 1))");
}

TEST_CASE("and of the schedules") {
  CHECK(refusal_of<Adam, CosineRate>({.schedule = {.floor = 1.5}}) ==
        "lanes: CosineRate: floor is 1.5 (allowed: [0, 1])");
  CHECK(refusal_of<Adam, StepRate>({.schedule = {.every = 0}}) ==
        "lanes: StepRate: every is 0 (allowed: > 0)");
  CHECK(refusal_of<Adam, StepRate>({.schedule = {.decay = 0}}) ==
        "lanes: StepRate: decay is 0 (allowed: (0, 1])");
  CHECK(refusal_of<Adam, WarmUp<>>({.schedule = {.over = 0}}) ==
        "lanes: WarmUp: over is 0 (allowed: > 0)");
  CHECK(refusal_of<Adam, WarmUp<CosineRate>>({.schedule = {.inner = {.floor = not_a_number}}}) ==
        "lanes: CosineRate: floor is nan (allowed: [0, 1])");
}
