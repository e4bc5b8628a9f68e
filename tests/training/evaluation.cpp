// SPDX-License-Identifier: BSD-3-Clause
//
// What training says of a model, against what is known of it: losses and evaluations of a model
// that does not move, within their errors as often as errors should contain the truth; the value of
// the best model, which no choice has raised.
#include <cmath>
#include <set>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>

using namespace lanes;

namespace {

using small::Mass;

/// The parameters stay: the rate underflows.
TrainOptions<> still(long steps, long samples) {
  return {.steps = steps,
          .batch = 128,
          .optimizer = {.learning_rate = 1e-300},
          .evaluate_every = 1,
          .evaluate_samples = samples,
          .keep_best = true};
}

struct Deviations {
  int count = 0, within = 0;
  double sum = 0;
  void add(double value, double error, double truth) {
    const double z = (value - truth) / error;
    ++count, within += std::abs(z) < 1, sum += z;
  }
  /// As many within one error as of a normal distribution, and no bias, at 4 sigma.
  void check(const char* of) const {
    const double n = count, share = within / n;
    CHECK_MESSAGE(std::abs(share - 0.683) < 4 * std::sqrt(0.683 * 0.317 / n), of, " ", share);
    CHECK_MESSAGE(std::abs(sum / n) < 4 / std::sqrt(n), of, " ", sum / n);
  }
};

}  // namespace

TEST_CASE("losses and evaluations contain the truth; evaluations share no draw") {
  const Mass theory(1.3);  // ESS 0.65
  small::Sampler<Single> sampler{Seed{3}, Cpu{1}};
  const auto result = train<Reinforce>(sampler, theory, still(300, 2000));
  const History& h = result.history;
  Deviations loss, ess;
  for (std::size_t k = 0; k < 300; ++k) {
    loss.add(h.loss[k], h.loss_error[k], theory.variational_free_energy());
    ess.add(h.evaluation_ess[k], h.evaluation_ess_error[k], theory.ess());
  }
  loss.check("loss");
  ess.check("ESS");
  CHECK(std::set(h.evaluation_ess.begin(), h.evaluation_ess.end()).size() == 300);
}

TEST_CASE("training stops at a wanted ESS when its mean is above it by two errors, never before") {
  const auto train_some = [](const Mass& theory, double wanted, long samples, int threads = 1) {
    small::Sampler<Single> sampler{Seed{3}, Cpu{threads}};
    auto options = still(30, samples);
    options.wanted_ess = wanted;
    return train<Reinforce>(sampler, theory, options);
  };
  const Mass theory(1.3);  // ESS 0.646; of the mean of four evaluations the error is 0.0022
  REQUIRE(std::abs(theory.ess() - 0.646) < 1e-3);
  const auto soon = train_some(theory, 0.63, 8192);
  CHECK(soon.end == TrainingEnd::wanted_ess);
  CHECK(soon.history.evaluation_ess.size() == History::evaluations_of_mean);
  CHECK(soon.history.mean_ess().lower_bound() >= 0.63);
  CHECK(std::abs(soon.best_ess - theory.ess()) < 5 * soon.best_ess_error);
  CHECK(small::same(train_some(theory, 0.63, 8192, 2).history, soon.history));

  const auto never = train_some(theory, 0.66, 8192);
  CHECK(never.end == TrainingEnd::all_steps);
  CHECK(never.history.loss.size() == 30);

  // Within the limit as it looks, each of them doubted: the large weights have not been drawn.
  const Mass poor(0.52);
  REQUIRE(poor.ess() < 0.002);
  const auto doubted = train_some(poor, 1e-6, 64);
  CHECK(doubted.history.mean_ess().lower_bound() > 1e-6);
  CHECK(doubted.end == TrainingEnd::all_steps);
}

TEST_CASE("the ESS of the best model is measured on draws that had no part in the choice") {
  const Mass theory(1.3);
  Deviations best, chosen;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    small::Sampler<Single> sampler{Seed{seed}, Cpu{1}};
    const auto result = train<Reinforce>(sampler, theory, still(10, 128));
    CHECK(result.best_ess_samples == 16384);
    best.add(result.best_ess, result.best_ess_error, theory.ess());
    const History& h = result.history;
    std::size_t k = 0;
    for (std::size_t i = 0; i < 10; ++i)
      if (h.evaluation_ess[i] > h.evaluation_ess[k]) k = i;
    chosen.add(h.evaluation_ess[k], h.evaluation_ess_error[k], theory.ess());
  }
  best.check("best ESS");
  CHECK(chosen.sum / 60 > 0.8);  // a highest of ten would be noticed
}
