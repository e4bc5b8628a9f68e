// SPDX-License-Identifier: BSD-3-Clause
//
// Recordings: what is noted and repeated is what the work would have done, for training as for
// launches of one's own, and is not used where it would not be.
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/backend/thrust.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/training/conditional.hpp>
#include <lanes/training/train.hpp>

namespace recording {

using namespace lanes;
using L = Lattice<4, 4>;
using Flow = Repeat<2, Coupling<Checkerboard, Affine, DenseNet<Channels<6>, Tanh>>>;
using Flowing = Sampler<Scalar, L, Flow, Single, Thrust>;

// *sum += *term
struct AddTerm {
  const double* term;
  double* sum;
  LANES_HD void operator()(unsigned) const { *sum += *term; }
};

struct Work {
  device::Vector<double> term{1}, sum{1};
  device::Recording recording;
  std::uint64_t changes = 0;
  int calls = 0;

  double run(double t, int kind = 0, bool reads = false) {
    device::launch(1, device::Flat<SetTo<double>>{{t, term.data()}});
    recording.run(changes, {{term.data(), sum.data()}, kind}, [&] {
      ++calls;
      for (int k = 0; k <= kind; ++k)
        device::launch(1, AddTerm{std::as_const(term).data(), sum.data()});
      if (reads) (void)std::as_const(sum).host();
    });
    return std::as_const(sum).host()[0];
  }
};

TEST_CASE("work runs twice, to be met and to be noted, and is then repeated") {
  Work w;
  double expected = 0;
  for (const double t : {1.0, 20.0, 300.0, 4000.0}) CHECK(w.run(t) == (expected += t));
  CHECK(w.calls == 2);
  CHECK(w.recording.size() == 1);
}

TEST_CASE("two keys are remembered, a third one takes the place of the older") {
  Work w;
  double expected = 0;
  for (int round = 0; round < 4; ++round)
    for (const int kind : {0, 1}) CHECK(w.run(1, kind) == (expected += 1 + kind));
  CHECK(w.calls == 4);
  CHECK(w.run(1, 2) == (expected += 3));
  CHECK(w.run(1, 1) == (expected += 2));
  CHECK(w.calls == 5);
  CHECK(w.recording.size() == 2);
  CHECK(w.run(1, 0) == (expected += 1));
  CHECK(w.calls == 6);
}

TEST_CASE("a recording from before a change is not used") {
  Work w;
  for (int k = 0; k < 3; ++k) w.run(1);
  CHECK(w.calls == 2);
  ++w.changes;
  CHECK(w.run(1) == 4);
  CHECK(w.calls == 3);
  CHECK(w.run(1) == 5);
  CHECK(w.run(1) == 6);
  CHECK(w.calls == 4);
}

TEST_CASE("work that reads on the host is run each time") {
  Work w;
  for (int k = 1; k <= 5; ++k) CHECK(w.run(1, 0, true) == k);
  CHECK(w.calls == 6);  // once to find out
  CHECK(w.recording.size() == 0);
}

TEST_CASE("an error leaves no noting behind") {
  Work w;
  const auto fail = [&] {
    w.recording.run(w.changes, {{w.sum.data()}, 7}, [&] {
      if (w.calls++ == 1) throw MemoryError("x");
    });
  };
  fail();
  CHECK_THROWS_AS(fail(), MemoryError);
  CHECK(device::noted == nullptr);
  CHECK(w.run(2) == 2);
}

struct Course {
  std::vector<double> losses, norms;
  std::vector<float> parameters;
  bool operator==(const Course&) const = default;
};

// Some steps of training, with moments, momentum corrections, rates and couplings that change.
template <class SamplerType, class Estimator, class Theory>
Course train_some(bool recordings, const Theory& theory, Estimator estimator, long annealing) {
  SamplerType sampler{Seed{5}, Thrust({.recordings = recordings})};
  using Rate = CosineRate;
  Trainer<Estimator, SamplerType, Theory, Adam, Rate> trainer(sampler, theory,
                                                              {.steps = 12,
                                                               .batch = 64,
                                                               .clip_norm = 5,
                                                               .annealing_steps = annealing,
                                                               .evaluate_every = 4,
                                                               .evaluate_samples = 64},
                                                              std::move(estimator));
  Course course;
  while (!trainer.finished()) {
    const StepRecord record = trainer.step();
    course.losses.push_back(record.loss);
    course.norms.push_back(record.gradient_norm);
    if (record.step == 9) (void)sampler.parameters();  // a view on the host, old one step later
  }
  CHECK((trainer.repeated_launches() > 20) == recordings);
  course.parameters.assign(sampler.parameters().begin(), sampler.parameters().end());
  return course;
}

template <class SamplerType, class Estimator, class Theory>
void check_training(const Theory& theory, const Estimator& estimator, long annealing) {
  const Course plain = train_some<SamplerType>(false, theory, estimator, annealing);
  CHECK(train_some<SamplerType>(true, theory, estimator, annealing) == plain);
  CHECK(plain.losses[10] != plain.losses[11]);
}

TEST_CASE("training with recordings and without: the same bits, with every estimator") {
  const auto theory = Phi4<L>::from_mass_coupling(-4, 6.975);
  for (const long annealing : {0, 8}) {
    check_training<Flowing>(theory, Reinforce{}, annealing);
    check_training<Flowing>(theory, Reparameterization{}, annealing);
    check_training<Flowing>(theory, PathGradient{}, annealing);
  }
  std::vector<float> fields(32 * L::volume);
  std::iota(fields.begin(), fields.end(), -200.0f);
  for (float& v : fields) v *= 0.005f;
  check_training<Flowing>(theory, ForwardKL<float>(fields, L::volume), 0);
}

TEST_CASE("spins drawn with parameters that follow the theory") {
  using Spins =
      Sampler<Ising, Lattice<8, 8>, Hierarchical<Depth<1>, Width<1>, Tanh>, Single, Thrust>;
  check_training<Spins>(IsingModel<Lattice<8, 8>>(0.4), Reinforce{}, 8);
}

TEST_CASE("two trainers with data sets of their own on one sampler take turns") {
  const auto theory = Phi4<L>::from_mass_coupling(-4, 6.975);
  const auto losses = [&](bool recordings) {
    Flowing sampler{Seed{5}, Thrust({.recordings = recordings})};
    std::vector<float> a(32 * L::volume), b(32 * L::volume);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = 0.01f * float(i % 97), b[i] = -2 * a[i];
    using DataTrainer = Trainer<ForwardKL<float>, Flowing, Phi4<L>, Adam, ConstantRate>;
    DataTrainer first(sampler, theory, {.steps = 20, .batch = 32}, ForwardKL<float>(a, L::volume));
    DataTrainer second(sampler, theory, {.steps = 20, .batch = 32}, ForwardKL<float>(b, L::volume));
    std::vector<double> found;
    for (int k = 0; k < 4; ++k) found.push_back(first.step().loss);
    for (int k = 0; k < 4; ++k) {
      for (int twice = 0; twice < 2; ++twice)  // so that the sampler's memory is what it was
        found.push_back(second.step().loss);
      found.push_back(first.step().loss);
    }
    return found;
  };
  CHECK(losses(true) == losses(false));
}

template <class Backend>
std::vector<float> conditional_training() {
  Sampler<Scalar, L, Flow, Single, Backend> sampler{Seed{4}};
  Conditional model(sampler, 1.0, 3.0);
  const auto theory_at = [](double c) { return Phi4<L>::from_mass_coupling(-0.5, c); };
  train<PathGradient>(model, theory_at, {.steps = 6, .batch = 64, .clip_norm = 1});
  const auto c = model.coefficients();
  return {c.begin(), c.end()};
}

TEST_CASE("a conditional training, whose steps are of different theories") {
  const auto once = conditional_training<Thrust>();
  CHECK(once == conditional_training<Thrust>());
  CHECK(*std::max_element(once.begin(), once.end()) > 1e-3);
}

}  // namespace recording
