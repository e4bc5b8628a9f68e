// SPDX-License-Identifier: BSD-3-Clause
//
// A checkpoint that is damaged, or of another model or run, is refused whole: the message names the
// file, what was found and what was expected, and trainer and sampler stay as they were.
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/io/checkpoint.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

using Options = TrainOptions<>;
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
        "schedule is ConstantRate, expected CosineRate");
}

TEST_CASE("of a run with another seed, theory or options") {
  const Saved saved;
  CHECK(saved.refusal(options, Seed{6}) == "seed is 5, expected 6");
  const std::string theory =
      saved.refusal(options, Seed{5}, small::Theory::from_mass_coupling(-4.0, 6.976));
  CHECK(theory.starts_with("theory.action (S of the reference configuration) is "));
  CHECK(theory.ends_with(", so the couplings differ"));

  const auto with = [&](auto change) {
    Options now = options;
    change(now);
    return saved.refusal(now);
  };
  CHECK(with([](Options& o) { o.batch = 64; }) == "options.batch is 32, expected 64");
  CHECK(with([](Options& o) { o.clip_norm = 0.1; }) ==
        "options.clip_norm is 10, expected 0.10000000000000001");
  CHECK(with([](Options& o) { o.clip_value = 2; }) == "options.clip_value is 0, expected 2");
  CHECK(with([](Options& o) { o.annealing_steps = 2; }) ==
        "options.annealing_steps is 0, expected 2");
  CHECK(with([](Options& o) { o.evaluate_every = 3; }) ==
        "options.evaluate_every is 2, expected 3");
  CHECK(with([](Options& o) { o.evaluate_samples = 64; }) ==
        "options.evaluate_samples is 32, expected 64");
  CHECK(with([](Options& o) { o.optimizer.beta2 = 0.5; }) ==
        "optimizer.beta2 is 0.999, expected 0.5");
  CHECK(with([](Options& o) { o.optimizer.learning_rate = 0.5; }) ==
        "the learning rate at step 0 is 0.0030000000000000001, expected 0.5");
  CHECK(with([](Options& o) { o.steps = 2; }) == "step is 3, expected at most options.steps, 2");
}

TEST_CASE("a file whose contents do not belong together") {
  const Saved saved;
  const auto refusal_of = [&](auto change) { return saved.refusal_of(change); };
  CHECK(refusal_of([](TensorFile&) {}) == "");
  CHECK(refusal_of([](TensorFile& f) { f.metadata["format"] = "lanes checkpoint 2"; }) ==
        "format is lanes checkpoint 2, expected lanes checkpoint 1");
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
