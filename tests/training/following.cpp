// SPDX-License-Identifier: BSD-3-Clause
//
// Parameters that are the theory's own, Hierarchical's heat bath: whatever happens in an annealed
// training, outside a step they are those of the theory itself; a conditional model has those of
// each coupling.
#include <cmath>
#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/io/checkpoint.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/training/conditional.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

using G = Lattice<8, 8>;
using Flowing = Sampler<Ising, G, Hierarchical<Depth<1>, Width<1>, PRelu>, Single>;
using Run = Trainer<Reinforce, Flowing, IsingModel<G>, Adam, ConstantRate>;
using Two = std::vector<float>;

/// Coupling and field.
Two own(Flowing& sampler) {
  const auto p = sampler.parameters();
  return {p.end() - 2, p.end()};
}

const IsingModel<G> theory(0.44, 0.1);
const Two followed = {0.44f, 0.1f};
const Run::Options options{.steps = 4,
                           .batch = 32,
                           .annealing_decay = 0.9,
                           .evaluate_every = 1,
                           .evaluate_samples = 64,
                           .keep_best = true};

}  // namespace

TEST_CASE("at every end of a training the heat bath is that of the theory") {
  const auto check = [](auto&& train_it) {
    Flowing sampler{Seed{1}, Cpu{1}};
    Run trainer(sampler, theory, options);
    CHECK(own(sampler) == followed);
    train_it(trainer);
    CHECK(own(sampler) == followed);
    trainer.restore_best();
    CHECK(own(sampler) == followed);
  };
  check([](Run& trainer) { run(trainer); });
  check([](Run& trainer) {
    run(trainer, [](Run& now, const StepRecord& record) {
      CHECK(own(now.sampler()) == followed);
      return record.step < 1;
    });
  });
  check([](Run& trainer) {
    const auto end =
        run<ReturnOnSignal>(trainer, [](Run&, const StepRecord&) { std::raise(SIGTERM); }).end;
    CHECK(end == TrainingEnd::interrupted);
  });
  check([](Run& trainer) {
    try {
      run(trainer, [](Run&, const StepRecord&) { throw 1; });
    } catch (int) {
    }
  });
  check([](Run& trainer) {  // a step that fails
    auto p =
        std::vector(trainer.sampler().parameters().begin(), trainer.sampler().parameters().end());
    p[0] = NAN;
    trainer.sampler().set_parameters(p);
    CHECK_THROWS_AS(trainer.step(), TrainingError);
  });
  check([](Run& trainer) { trainer.compute_gradient(); });
}

TEST_CASE("in a step it is annealed: the gradient is that of the weaker theory") {
  Flowing sampler{Seed{1}, Cpu{1}}, other{Seed{1}, Cpu{1}};
  Run annealed(sampler, theory, options);  // c = 0.1
  Run weaker(other, IsingModel<G>(0.044, 0.01), {.steps = 4, .batch = 32});
  const auto g = annealed.compute_gradient(), expected = weaker.compute_gradient();
  double difference = 0, square = 0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    difference += std::pow(double(g[i]) - double(expected[i]), 2);
    square += std::pow(double(expected[i]), 2);
  }
  CHECK(square > 0);
  CHECK(std::sqrt(difference / square) < Single::agreement);
}

TEST_CASE("a resumed training and its files have it too") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  Flowing first{Seed{1}, Cpu{1}}, second{Seed{2}, Cpu{1}}, uncut{Seed{1}, Cpu{1}};
  Run whole(uncut, theory, options), cut(first, theory, options);
  cut.step(), cut.step();
  save_checkpoint(path, cut);
  load_parameters(path, second);
  CHECK(own(second) == followed);
  load_best_parameters(path, second);
  CHECK(own(second) == followed);
  Flowing third{Seed{1}, Cpu{1}};
  Run resumed(third, theory, options);
  load_checkpoint(path, resumed);
  CHECK(own(third) == followed);
  run(resumed), run(whole);
  CHECK(
      std::equal(uncut.parameters().begin(), uncut.parameters().end(), third.parameters().begin()));
}

TEST_CASE("a conditional model has the heat bath of each coupling") {
  Flowing sampler{Seed{1}, Cpu{1}};
  Conditional model(sampler, 0.2, 0.4);
  train<Reinforce>(model, [](double beta) { return IsingModel<G>(beta, 0.05); },
                   {.steps = 3, .batch = 32});
  for (const double beta : {0.2, 0.23, 0.3, 0.37, 0.4}) {
    const Two there = own(model.at(beta));
    CHECK(there[0] == doctest::Approx(beta).epsilon(2e-7));
    CHECK(there[1] == doctest::Approx(0.05).epsilon(2e-7));
  }
  // A curved function of the coupling, and the same model from its coefficients.
  Conditional temperature(sampler, 2.0, 4.0);
  const auto at = [](double t) { return IsingModel<G>(1 / t); };
  train<Reinforce>(temperature, at, {.steps = 1, .batch = 32});
  Flowing other{Seed{3}, Cpu{1}};
  Conditional loaded(other, 2.0, 4.0);
  loaded.set_coefficients(temperature.coefficients());
  for (const double t : {2.0, 2.1, 2.77, 3.5, 4.0}) {
    CHECK(own(temperature.at(t))[0] == doctest::Approx(1 / t).epsilon(2e-6));
    CHECK(own(loaded.at(t)) == own(temperature.at(t)));
  }
}
