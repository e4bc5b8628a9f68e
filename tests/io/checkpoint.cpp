// SPDX-License-Identifier: BSD-3-Clause
//
// A resumed run is the uninterrupted one, bit for bit, whatever it is made of.
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/io/checkpoint.hpp>
#include <lanes/training/conditional.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

template <class State>
void check_same_state(State a, State b) {
  CHECK(a.step == b.step);
  CHECK(small::same(a.history, b.history));
  CHECK(a.evaluations_since_best == b.evaluations_since_best);
  CHECK(a.best_parameters == b.best_parameters);
  const auto u = a.moments.vectors(), v = b.moments.vectors();
  for (std::size_t i = 0; i < u.size(); ++i) CHECK(*u[i].second == *v[i].second);
}

/// Runs to the end at once, and again cut at each of `cuts` with everything made anew from the
/// file; compares all.
template <class Estimator, class Precision, class Optimizer, class Schedule>
void check_resume(const TrainOptions<Optimizer, Schedule>& options) {
  using Trainer = small::Trainer<Estimator, Precision, Optimizer, Schedule>;
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  const auto theory = small::theory();

  small::Sampler<Precision> uncut_sampler{Seed{5}, Cpu{1}};
  Trainer uncut(uncut_sampler, theory, options, small::make_estimator<Estimator>());
  const TrainingResult expected = run(uncut);

  for (const long cut : {0, 1, 4, 7}) {
    small::Sampler<Precision> sampler{Seed{5}, Cpu{2}};
    Trainer trainer(sampler, theory, options, small::make_estimator<Estimator>());
    if (cut > 0) CHECK(resume_if_present(path, trainer));
    CHECK(trainer.state().step == cut);
    const long next = cut == 0 ? 1 : cut == 1 ? 4 : 7;
    if (cut < 7) {
      while (trainer.state().step < next) trainer.step();
      save_checkpoint(path, trainer);
      small::Sampler<Precision> anew_sampler{Seed{5}, Cpu{1}};
      Trainer anew(anew_sampler, theory, options, small::make_estimator<Estimator>());
      load_checkpoint(path, anew);
      check_same_state(anew.state(), trainer.state());
      CHECK(small::parameters(anew_sampler) == small::parameters(sampler));
      continue;
    }
    const TrainingResult result = run(trainer, CheckpointEvery{path, 3});
    CHECK(result.end == expected.end);
    CHECK(small::same(std::vector{result.best_ess, result.best_ess_error},
                      std::vector{expected.best_ess, expected.best_ess_error}));
    CHECK(small::same(result.history, expected.history));
    CHECK(small::parameters(sampler) == small::parameters(uncut_sampler));
    check_same_state(trainer.state(), uncut.state());
  }
  // The finished run, loaded once more, has nothing left to do and gives the same result.
  small::Sampler<Precision> sampler{Seed{5}, Cpu{1}};
  Trainer trainer(sampler, theory, options, small::make_estimator<Estimator>());
  load_checkpoint(path, trainer);
  CHECK(trainer.finished());
  CHECK(small::same(run(trainer).history, expected.history));
  CHECK(small::parameters(sampler) == small::parameters(uncut_sampler));
  CHECK(folder.count() == 1);
}

struct StopAt {
  long step;
  int* finished;
  bool operator()(auto&, const StepRecord& record) const { return record.step + 1 < step; }
  void finish(auto&) const { ++*finished; }
};

}  // namespace

TEST_CASE("a resumed run gives the bits of the uninterrupted one") {
  check_resume<Reinforce, Single, Adam, CosineRate>(
      {.steps = 12, .batch = 64, .optimizer = {.learning_rate = 0.01}});
  check_resume<Reparameterization, Double, Momentum, StepRate>(
      {.steps = 12,
       .batch = 32,
       .schedule = {.every = 5, .decay = 0.3},
       .clip_norm = 5,
       .annealing_steps = 9});
  check_resume<PathGradient, Single, Momentum, ConstantRate>({.steps = 12,
                                                              .batch = 96,
                                                              .clip_value = 0.5,
                                                              .evaluate_every = 3,
                                                              .evaluate_samples = 100,
                                                              .keep_best = true});
  check_resume<Reinforce, Single, Momentum, ConstantRate>(  // gets worse: the best lies behind
      {.steps = 12,
       .batch = 32,
       .optimizer = {.learning_rate = 0.03, .momentum = 0},
       .clip_norm = 10,
       .evaluate_every = 1,
       .evaluate_samples = 64});
  check_resume<PathGradient, Double, Adam, WarmUp<CosineRate>>(
      {.steps = 12,
       .batch = 32,
       .schedule = {.over = 6, .inner = {.floor = 0.1}},
       .annealing_steps = 5,
       .evaluate_every = 2,
       .evaluate_samples = 64,
       .patience = 4});
  check_resume<small::Data, Single, Adam, StepRate>(
      {.steps = 12, .batch = 32, .schedule = {.every = 3}});
  check_resume<small::Data, Double, Momentum, ConstantRate>({.steps = 12, .batch = 64});
}

TEST_CASE("train_with_checkpoint resumes, goes on to more steps, and passes callbacks on") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  const auto theory = small::theory();
  small::Sampler<Single> uncut{Seed{3}, Cpu{1}};
  const TrainOptions<> options{.steps = 10, .batch = 32};
  const TrainingResult expected = train<Reinforce>(uncut, theory, options);

  int finished = 0;
  small::Sampler<Single> first{Seed{3}, Cpu{1}};
  auto result =
      train_with_checkpoint<Reinforce>(first, theory, options, path, 4, StopAt{6, &finished});
  CHECK(result.end == TrainingEnd::callback);
  CHECK(result.history.loss.size() == 6);
  CHECK(finished == 1);

  small::Sampler<Single> second{Seed{3}, Cpu{1}};
  result = train_with_checkpoint<Reinforce>(second, theory, options, path, 4);
  CHECK(result.end == TrainingEnd::all_steps);
  CHECK(small::same(result.history, expected.history));
  CHECK(small::parameters(second) == small::parameters(uncut));

  small::Sampler<Single> third{Seed{3}, Cpu{1}}, longer{Seed{3}, Cpu{1}};
  result = train_with_checkpoint<Reinforce>(third, theory, {.steps = 13, .batch = 32}, path, 4);
  CHECK(small::same(result.history,
                    train<Reinforce>(longer, theory, {.steps = 13, .batch = 32}).history));
  CHECK(small::parameters(third) == small::parameters(longer));
  CHECK(folder.count() == 1);

  small::Sampler<Single> data{Seed{3}, Cpu{1}};
  result = train_with_checkpoint(small::make_estimator<small::Data>(), data, theory, options,
                                 folder / "b", 4);
  CHECK(result.history.loss.size() == 10);
}

TEST_CASE("seconds count on; without a limit a checkpoint does not know them") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  const auto theory = small::theory();
  const TrainOptions<> limited{.steps = 1'000'000, .batch = 32, .seconds = 0.02};
  small::Sampler<Single> first{Seed{3}, Cpu{1}}, second{Seed{3}, Cpu{1}}, uncut{Seed{3}, Cpu{1}};
  auto result = train_with_checkpoint<Reinforce>(first, theory, limited, path, 1000);
  CHECK(result.end == TrainingEnd::out_of_time);
  const long steps = long(result.history.loss.size());
  const TensorFile file = load_safetensors(path);
  CHECK(file.text("step") == std::to_string(steps));
  CHECK(file.text("end") == "out of time");
  CHECK(std::stod(file.text("seconds")) >= limited.seconds);

  // Its time is over; with more it goes on.
  result = train_with_checkpoint<Reinforce>(second, theory, limited, path, 1000);
  CHECK(result.end == TrainingEnd::out_of_time);
  CHECK(long(result.history.loss.size()) == steps);
  const TrainOptions<> more{.steps = steps + 3, .batch = 32};
  result = train_with_checkpoint<Reinforce>(second, theory, more, path, 1000);
  CHECK(result.end == TrainingEnd::all_steps);
  CHECK(small::same(result.history, train<Reinforce>(uncut, theory, more).history));
  CHECK(small::parameters(second) == small::parameters(uncut));
  CHECK(load_safetensors(path).text("end") == "all steps");
  CHECK_FALSE(load_safetensors(path).metadata.contains("seconds"));

  // 30 ms lie between two steps: of the 50 ms that are allowed the first half has taken 30.
  const auto slowly = [&](long last) {
    small::Sampler<Single> sampler{Seed{3}, Cpu{1}};
    return train_with_checkpoint<Reinforce>(
        sampler, theory, {.steps = 100, .batch = 32, .seconds = 0.05}, folder / "slow", 1000,
        [&](auto&, const StepRecord& record) {
          std::this_thread::sleep_for(std::chrono::milliseconds(30));
          return record.step != last;
        });
  };
  slowly(1);
  CHECK(slowly(-1).history.loss.size() <= 4);

  for (const char* bad : {"-1", "nan", "inf"}) {
    TensorFile damaged = file;
    damaged.metadata["seconds"] = bad;
    save_safetensors(path, damaged);
    small::Trainer<Reinforce, Single> trainer(second, theory, limited);
    CHECK(message_of([&] { load_checkpoint(path, trainer); }) ==
          "lanes: cannot load " + path + ": seconds is " + bad + ", expected >= 0 and finite");
  }
}

TEST_CASE("evaluations towards a wanted ESS count on") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  using Run = Trainer<Reinforce, small::Sampler<Single>, small::Mass, Adam, ConstantRate>;
  const TrainOptions<> options{.steps = 100,
                               .batch = 32,
                               .optimizer = {.learning_rate = 1e-300},
                               .evaluate_every = 1,
                               .evaluate_samples = 2048,
                               .wanted_ess = 0.7};
  const small::Mass theory(1.2);  // ESS 0.80
  small::Sampler<Single> first{Seed{3}, Cpu{1}}, second{Seed{3}, Cpu{1}};
  Run cut(first, theory, options), resumed(second, theory, options);
  const auto result =
      run(cut, [](auto&, const StepRecord& record) { return record.step + 1 != 3; });
  CHECK(result.end == TrainingEnd::callback);
  save_checkpoint(path, cut);
  load_checkpoint(path, resumed);
  CHECK(run(resumed).end == TrainingEnd::wanted_ess);
  CHECK(resumed.state().step == long(History::evaluations_of_mean));
}

TEST_CASE("the best parameters of a checkpoint, and the last ones") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  using Run = small::Trainer<Reinforce, Single, Momentum>;
  const Run::Options options{.steps = 12,  // gets worse: the best lies behind
                             .batch = 32,
                             .optimizer = {.learning_rate = 0.03, .momentum = 0},
                             .clip_norm = 10,
                             .evaluate_every = 1,
                             .evaluate_samples = 64,
                             .keep_best = true};
  small::Sampler<Single> sampler{Seed{5}, Cpu{1}}, loaded{Seed{6}, Cpu{1}};
  Run trainer(sampler, small::theory(), options);
  for (int i = 0; i < 9; ++i) trainer.step();
  const auto last = small::parameters(sampler);
  REQUIRE(trainer.state().evaluations_since_best > 0);
  for (int i = 0; i < 2; ++i) {  // the same while the sampler has the best ones
    save_checkpoint(path, trainer);
    load_best_parameters(path, loaded);
    CHECK(small::parameters(loaded) == trainer.state().best_parameters);
    load_parameters(path, loaded);
    CHECK(small::parameters(loaded) == last);
    trainer.restore_best();
    CHECK(small::parameters(sampler) == trainer.state().best_parameters);
  }

  Run none(sampler, small::theory(), {.steps = 12, .batch = 32});
  save_checkpoint(path, none);
  const auto before = small::parameters(loaded);
  CHECK(message_of([&] { load_best_parameters(path, loaded); }) ==
        "lanes: cannot load " + path + ": the size of tensor best.parameters is 0, expected 228");
  CHECK(small::parameters(loaded) == before);
}

TEST_CASE("a conditional run cut in two, and checkpoints of other ranges") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  using Sampler = small::Sampler<Double>;
  using G = Sampler::Geometry;
  const auto theory_at = [](double c) { return Phi4<G>::from_mass_coupling(-0.5, c); };
  const TrainOptions<Adam, CosineRate> options{.steps = 9, .batch = 64, .annealing_steps = 4};
  using Run = Trainer<PathGradient, Conditional<Sampler>, decltype(theory_at), Adam, CosineRate>;

  Sampler whole{Seed{5}, Cpu{1}}, first{Seed{5}, Cpu{2}}, second{Seed{5}, Cpu{1}};
  Conditional uncut(whole, 1.0, 3.0), begun(first, 1.0, 3.0), resumed(second, 1.0, 3.0);
  const auto expected = train<PathGradient, Adam, CosineRate>(uncut, theory_at, options);
  {
    Run run(begun, theory_at, options);
    for (int i = 0; i < 4; ++i) run.step();
    save_checkpoint(path, run);
  }
  const auto result =
      train_with_checkpoint<PathGradient, Adam, CosineRate>(resumed, theory_at, options, path, 3);
  CHECK(small::same(result.history, expected.history));
  CHECK(std::equal(uncut.coefficients().begin(), uncut.coefficients().end(),
                   resumed.coefficients().begin()));
  CHECK(!std::equal(uncut.coefficients().begin(), uncut.coefficients().end(),
                    begun.coefficients().begin()));

  Conditional wider(second, 1.0, 4.0), steeper(second, 1.0, 3.0, 1);
  const auto refusal = [&](auto& model, const auto& at) {
    Trainer<PathGradient, Conditional<Sampler>, std::remove_cvref_t<decltype(at)>, Adam, CosineRate>
        other(model, at, options);
    const std::vector<double> before(model.coefficients().begin(), model.coefficients().end());
    CHECK_THROWS_AS(load_checkpoint(path, other), std::runtime_error);
    CHECK(std::equal(before.begin(), before.end(), model.coefficients().begin()));
    try {
      load_checkpoint(path, other);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal(wider, theory_at).find("conditional.highest is 3, expected 4") !=
        std::string::npos);
  CHECK(refusal(steeper, theory_at).find("conditional.degree is 2, expected 1") !=
        std::string::npos);
  const auto other_theory = [](double c) { return Phi4<G>::from_mass_coupling(-0.4, c); };
  CHECK(refusal(begun, other_theory).find("theory.lowest.") != std::string::npos);
}
