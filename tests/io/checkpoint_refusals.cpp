// SPDX-License-Identifier: BSD-3-Clause
//
// A checkpoint that is damaged, or of another model or run, is refused whole: the message names the
// file, what was found and what was expected, and trainer and sampler stay as they were.
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/io/checkpoint.hpp>
#include <support/decimal_comma.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

using Options = TrainOptions<>;
const std::string how = detail::how_to_change;
const Options options{.steps = 20, .batch = 32, .evaluate_every = 2, .evaluate_samples = 32};

/// A checkpoint after three steps, and a way to ask what loading it says.
struct Saved {
  TemporaryFolder folder;
  std::string path = folder / "run.safetensors";

  Saved() {
    small::Sampler<Single> sampler{Seed{5}, Cpu{1}};
    small::Trainer<Reinforce, Single> trainer(sampler, small::theory(), options);
    for (int i = 0; i < 3; ++i) trainer.step();
    save_checkpoint(path, trainer);
  }

  template <class Trainer>
  std::string refused_by(Trainer& trainer) const {
    const auto parameters = small::parameters(trainer.sampler());
    auto before = trainer.state();
    const std::string message = message_of([&] { load_checkpoint(path, trainer); });
    if (message.empty()) return message;
    auto after = trainer.state();
    CHECK(small::parameters(trainer.sampler()) == parameters);
    CHECK(after.step == before.step);
    CHECK(small::same(after.history, before.history));
    CHECK(*after.moments.vectors()[0].second == *before.moments.vectors()[0].second);
    const std::string start = "lanes: cannot load " + path + ": ";
    return message.starts_with(start) ? message.substr(start.size()) : message;
  }
  std::string refusal(const Options& now = options, Seed seed = Seed{5},
                      small::Theory theory = small::theory()) const {
    small::Sampler<Single> sampler{seed, Cpu{1}};
    small::Trainer<Reinforce, Single> trainer(sampler, theory, now);
    return refused_by(trainer);
  }
  /// Of a file that was changed and written anew.
  template <class Change>
  std::string refusal_of(Change change) const {
    const std::string whole = read_bytes(path);
    TensorFile file = load_safetensors(path);
    change(file);
    save_safetensors(path, file);
    const std::string message = refusal();
    write_bytes(path, whole);
    return message;
  }
};

/// phi^2, which does not say its coupling.
struct Quiet : LocalTheory<Quiet, Scalar, small::Geometry> {
  double m2 = 1;
  template <class T, class Site>
  T density(const Site& phi) const {
    return T(m2) * phi.here() * phi.here();
  }
};

/// The same with something else in one slot; only constructed, so it compiles fast.
template <class Geometry, class Flow, class Precision, class Estimator, class Optimizer,
          class Schedule>
std::string other(const Saved& saved) {
  using S = Sampler<Scalar, Geometry, Flow, Precision>;
  S sampler{Seed{5}, Cpu{1}};
  const auto theory = Phi4<Geometry>::from_mass_coupling(-4.0, 6.975);
  Trainer<Estimator, S, Phi4<Geometry>, Optimizer, Schedule> trainer(
      sampler, theory, {.steps = 20, .batch = 32, .evaluate_every = 2, .evaluate_samples = 32});
  return saved.refused_by(trainer);
}

}  // namespace

TEST_CASE("the checkpoint itself is loaded") {
  const Saved saved;
  CHECK(saved.refusal() == "");
  auto more = options;
  more.steps = 30, more.patience = 10, more.keep_best = true;
  CHECK(saved.refusal(more) == "");
}

TEST_CASE("of another model") {
  const Saved saved;
  using G = small::Geometry;
  using F = small::Flow;
  using Wide =
      Repeat<2, Coupling<Checkerboard, Affine, ConvNet<Channels<5>, Kernel<3>, LeakyRelu>>>;
  CHECK(other<G, F, Single, Reinforce, Adam, ConstantRate>(saved) == "");
  CHECK(other<Lattice<4, 6>, F, Single, Reinforce, Adam, ConstantRate>(saved) ==
        "geometry is Lattice<4,4>, expected Lattice<4,6>");
  CHECK(other<G, Wide, Single, Reinforce, Adam, ConstantRate>(saved) ==
        "flow is " + detail::type_text<F>() + ", expected " + detail::type_text<Wide>());
  CHECK(other<G, F, Double, Reinforce, Adam, ConstantRate>(saved) ==
        "precision is Single, expected Double");
  CHECK(other<G, F, Single, PathGradient, Adam, ConstantRate>(saved) ==
        "estimator is Reinforce, expected PathGradient");
  CHECK(other<G, F, Single, Reinforce, Momentum, ConstantRate>(saved) ==
        "optimizer is Adam, expected Momentum");
  CHECK(other<G, F, Single, Reinforce, Adam, CosineRate>(saved) ==
        "schedule is ConstantRate, expected CosineRate" + how);
}

TEST_CASE("of a run with another seed, theory or options") {
  const Saved saved;
  CHECK(saved.refusal(options, Seed{6}) == "seed is 5, expected 6");
  const std::string theory =
      saved.refusal(options, Seed{5}, small::Theory::from_mass_coupling(-4.0, 6.976));
  CHECK(theory.starts_with("theory.quartic is "));

  const auto with = [&](auto change) {
    Options now = options;
    change(now);
    return saved.refusal(now);
  };
  CHECK(with([](Options& o) { o.batch = 64; }) == "options.batch is 32, expected 64" + how);
  CHECK(with([](Options& o) { o.clip_norm = 0.1; }) ==
        "options.clip_norm is 10, expected 0.1" + how);
  CHECK(with([](Options& o) { o.clip_value = 2; }) == "options.clip_value is 0, expected 2" + how);
  CHECK(with([](Options& o) { o.annealing_steps = 2; }) ==
        "options.annealing_steps is 0, expected 2");
  CHECK(with([](Options& o) { o.evaluate_every = 3; }) ==
        "options.evaluate_every is 2, expected 3");
  CHECK(with([](Options& o) { o.evaluate_samples = 64; }) ==
        "options.evaluate_samples is 32, expected 64");
  CHECK(with([](Options& o) { o.optimizer.beta2 = 0.5; }) ==
        "optimizer.beta2 is 0.999, expected 0.5" + how);
  CHECK(with([](Options& o) { o.optimizer.learning_rate = 0.5; }) ==
        "the learning rate at step 0 is 0.003, expected 0.5" + how);
  CHECK(with([](Options& o) { o.steps = 2; }) == "step is 3, expected at most options.steps, 2");
}

TEST_CASE("Continue::changed goes on with other rates, batches, clipping and steps, and notes it") {
  const Saved saved;
  small::Sampler<Single> sampler{Seed{5}, Cpu{1}};
  Options now = options;
  now.batch = 64, now.clip_norm = 0.1, now.steps = 5, now.optimizer.learning_rate = 0.5;
  small::Trainer<Reinforce, Single> trainer(sampler, small::theory(), now);
  load_checkpoint(saved.path, trainer, Continue::changed);
  const HistoryChange change{3,
                             "options.batch: 32 -> 64, options.clip_norm: 10 -> 0.1, "
                             "options.steps: 20 -> 5, learning_rate: 0.003 -> 0.5"};
  CHECK(trainer.state().history.changes == std::vector{change});
  trainer.step();
  CHECK(trainer.state().history.learning_rate.back() == 0.5);

  // The changed run is a run like another: it goes on as it is, and as nothing else.
  save_checkpoint(saved.path, trainer);
  CHECK(saved.refusal(now) == "");
  CHECK(saved.refusal() == "options.batch is 64, expected 32" + how);
  load_checkpoint(saved.path, trainer);
  CHECK(trainer.state().history.changes == std::vector{change});
  load_checkpoint(saved.path, trainer, Continue::changed);  // changes nothing
  CHECK(trainer.state().history.changes == std::vector{change});

  // Another seed, theory or model is no change that can be asked for.
  small::Sampler<Single> other_seed{Seed{6}, Cpu{1}};
  small::Trainer<Reinforce, Single> other_run(other_seed, small::theory(), now);
  CHECK(message_of([&] {
          load_checkpoint(saved.path, other_run, Continue::changed);
        }).ends_with("seed is 5, expected 6"));
  now.steps = 3;
  small::Trainer<Reinforce, Single> shorter(sampler, small::theory(), now);
  CHECK(message_of([&] {
          load_checkpoint(saved.path, shorter, Continue::changed);
        }).ends_with("step is 4, expected at most options.steps, 3"));
}

TEST_CASE("a theory without couplings is known by its action, to the precision's tolerance") {
  const TemporaryFolder folder;
  const auto refusal = [&](double m2, bool save) {
    small::Sampler<Single> sampler{Seed{5}, Cpu{1}};
    Quiet theory;
    theory.m2 = m2;
    Trainer<Reinforce, small::Sampler<Single>, Quiet, Adam, ConstantRate> trainer(sampler, theory,
                                                                                  options);
    if (save) save_checkpoint(folder / "a", trainer);
    return message_of([&] { load_checkpoint(folder / "a", trainer); });
  };
  CHECK(refusal(1, true) == "");
  CHECK(refusal(1 + 1e-7, false) == "");  // another processor's rounding
  CHECK(refusal(1.001, false).ends_with(", so the couplings differ"));
}

TEST_CASE("under a decimal comma a checkpoint is written and read as ever") {
  const Saved saved;
  Options now = options;
  now.clip_norm = 2.5;
  now.optimizer.learning_rate = 0.0125;
  TemporaryFolder folder;
  const auto save = [&](const std::string& path) {
    small::Sampler<Single> sampler{Seed{5}, Cpu{1}};
    small::Trainer<Reinforce, Single> trainer(sampler, small::theory(), now);
    save_checkpoint(path, trainer);
    load_checkpoint(path, trainer);
    return message_of([&] { load_checkpoint(saved.path, trainer); });
  };
  const std::string message = save(folder / "point");
  CHECK(message.ends_with("options.clip_norm is 10, expected 2.5" + how));
  const DecimalComma comma;
  if (!comma.found()) {
    MESSAGE("no locale with a decimal comma: not tried");
    return;
  }
  char text[8];
  std::snprintf(text, sizeof text, "%.1f", 2.5);
  REQUIRE(std::string(text) == "2,5");
  CHECK(save(folder / "comma") == message);
  CHECK(read_bytes(folder / "comma") == read_bytes(folder / "point"));
  CHECK(detail::to_text(2.5) == "2.5");
  CHECK(detail::to_text(1e-7f) == "1.00000001e-07");
}

TEST_CASE("a file whose contents do not belong together") {
  const Saved saved;
  const auto refusal_of = [&](auto change) { return saved.refusal_of(change); };
  CHECK(refusal_of([](TensorFile&) {}) == "");
  CHECK(refusal_of([](TensorFile& f) { f.metadata["format"] = "lanes checkpoint 1"; }) ==
        "format is lanes checkpoint 1, expected lanes checkpoint 2");
  CHECK(refusal_of([](TensorFile& f) { f.metadata.erase("seed"); }) == "there is no metadata seed");
  CHECK(refusal_of([](TensorFile& f) { f.metadata["step"] = "4"; }) ==
        "the size of tensor history.loss is 3, expected 4");
  CHECK(refusal_of([](TensorFile& f) { f.metadata["step"] = "-3"; }) ==
        "step is -3, expected a whole number");
  CHECK(refusal_of([](TensorFile& f) { f.metadata["best.evaluations_since"] = ""; }) ==
        "best.evaluations_since is , expected a whole number");
  CHECK(refusal_of([](TensorFile& f) { f.tensors.erase("adam.second_moment"); }) ==
        "there is no tensor adam.second_moment");
  CHECK(refusal_of([](TensorFile& f) {
          f.put<float>("adam.first_moment", std::vector<float>(3), {3});
        }) == "the size of tensor adam.first_moment is 3, expected 228");
  CHECK(refusal_of([](TensorFile& f) {
          f.put<float>("best.parameters", std::vector<float>(), {0});
        }) == "the size of tensor best.parameters is 0, expected 228");
  CHECK(refusal_of([](TensorFile& f) {
          f.put<double>("parameters", std::vector<double>(228), {228});
        }) == "tensor parameters is of type F64, expected F32");
}

TEST_CASE("truncated, or with a flipped bit, anywhere") {
  const Saved saved;
  const std::string whole = read_bytes(saved.path);
  small::Sampler<Single> sampler{Seed{5}, Cpu{1}};
  small::Trainer<Reinforce, Single> trainer(sampler, small::theory(), options);
  trainer.step();
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    write_bytes(saved.path, whole.substr(0, at));
    CHECK_MESSAGE(saved.refused_by(trainer).starts_with("lanes: cannot read " + saved.path + ": "),
                  "cut at ", at);
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    write_bytes(saved.path, flipped);
    CHECK_MESSAGE(saved.refused_by(trainer).starts_with("lanes: cannot read " + saved.path + ": "),
                  "bit flipped at ", at);
    ++refused;
  }
  CHECK(refused > 500);
  CHECK_THROWS_AS(resume_if_present(saved.path, trainer), std::runtime_error);  // never ignored
  write_bytes(saved.path, whole);
  CHECK(saved.refused_by(trainer) == "");
  CHECK(trainer.state().step == 3);
}

TEST_CASE("no file, and folders that cannot be written") {
  const Saved saved;
  small::Sampler<Single> sampler{Seed{5}, Cpu{1}};
  small::Trainer<Reinforce, Single> trainer(sampler, small::theory(), options);
  CHECK_FALSE(resume_if_present(saved.folder / "none", trainer));
  CHECK(message_of([&] {
          load_checkpoint(saved.folder / "none", trainer);
        }).starts_with("lanes: cannot read " + (saved.folder / "none") + ": "));
  const std::string lost = saved.folder / "none/run";
  CHECK(message_of([&] {
          save_checkpoint(lost, trainer);
        }).starts_with("lanes: cannot write " + lost + ": "));
  // Found out before the first step, not after the first hundred.
  CHECK(message_of([&] {
          run_with_checkpoint(trainer, lost, 100);
        }).starts_with("lanes: cannot write " + lost + ": "));
  CHECK(trainer.state().step == 0);
  if (::geteuid() != 0) {
    ::mkdir((saved.folder / "locked").c_str(), 0500);
    CHECK(message_of([&] {
            save_checkpoint(saved.folder / "locked/run", trainer);
          }).find("Permission denied") != std::string::npos);
  }
  CHECK_THROWS_AS((CheckpointEvery{"a", 0}), std::invalid_argument);
}
