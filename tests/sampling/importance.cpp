// SPDX-License-Identifier: BSD-3-Clause
//
// Importance sampling: exact averages from wrong draws; weights with and without configurations.
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/exact/exact.hpp>
#include <lanes/exact/exact_ising.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/statistics/weights.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/ising_model.hpp>

#include <support/mock_proposers.hpp>

using Geometry = lanes::Lattice<3, 4>;
using mock::Discrete;
using mock::States;

namespace {

void check_within(const lanes::Estimate& e, double truth, double sigmas = 4.5) {
  CHECK_MESSAGE(std::abs(e.value - truth) < sigmas * e.error, lanes::to_string(e), " is not ",
                truth);
  CHECK(e.error > 0);
}

}  // namespace

TEST_CASE_TEMPLATE("the free field from a wrong-width Gaussian", Real, float, double) {
  const lanes::FreeField<Geometry> theory(1.5);
  const lanes::ExactFreeField<Geometry> exact(1.5);
  mock::Gaussian<Geometry, Real> model{0.55};
  const auto e = lanes::sample_reweighted(model, theory, {.configurations = 50'000});
  const lanes::BootstrapOptions options{.resamples = 200};
  check_within(lanes::free_energy(e.log_weights), exact.free_energy());
  check_within(lanes::action_density(e, options), 0.5);
  check_within(lanes::analyse(lanes::Susceptibility{lanes::Subtraction::none}, e, options)[0],
               exact.susceptibility());
  CHECK(lanes::variational_free_energy(e.log_weights).value > exact.free_energy());
}

TEST_CASE("chains of one action are reweighted to another") {
  const lanes::FreeField<Geometry> from(1.5), to(1.2);
  const lanes::ExactFreeField<Geometry> exact(1.2);
  mock::Gaussian<Geometry> model{0.55};
  const auto draws = lanes::sample_exact(model, from, {.configurations = 50'000});
  const auto e = lanes::reweighted(draws, to);
  REQUIRE(e.size() == draws.size());
  for (std::size_t i = 0; i < e.size(); i += 997) {
    CHECK(e.log_q[i] == -draws.action[i]);
    CHECK(e.log_weights[i] == draws.action[i] - e.action[i]);
    CHECK(std::abs(e.action[i] - model.action_of(to, e.configuration(i).data())) <
          lanes::Double::round_trip);
  }
  const lanes::BootstrapOptions options{.resamples = 200, .block = 50};
  check_within(lanes::analyse(lanes::Susceptibility{lanes::Subtraction::none}, e, options)[0],
               exact.susceptibility());
}

TEST_CASE("reweighted chains: errors hold their autocorrelations") {
  // Heat bath of spins, kept every sweep, from beta = 0.42 to 0.44; 60 seeds: 4 sigma of the mean
  // square of pulls.
  using Torus = lanes::Lattice<4, 4>;
  const lanes::IsingModel<Torus> from(0.42), to(0.44);
  const double exact = lanes::ExactIsing(0.44, 4).energy();
  const int seeds = 60;
  double squares = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto chains =
        lanes::sample_heat_bath(from, {.chains = 4, .sweeps = 1000, .thermalisation = 100},
                                lanes::Seed{std::uint64_t(seed)});
    const auto e = lanes::analyse(lanes::IsingEnergy{}, lanes::reweighted(chains, to))[0];
    CHECK(e.tau_int > 0.7);
    squares += (e.value - exact) * (e.value - exact) / e.error / e.error / seeds;
  }
  CHECK(std::abs(squares - 1) < 4 * std::sqrt(2.0 / seeds));
}

TEST_CASE("ln w is -S - ln q of its own configuration") {
  const lanes::FreeField<Geometry> theory(0.5);
  mock::Gaussian<Geometry> model{0.8};
  const auto e = lanes::sample_reweighted(model, theory, {.configurations = 500, .first = 17});
  CHECK(e.size() == 500);
  for (std::size_t i = 0; i < e.size(); ++i) {
    const double* phi = e.configuration(i).data();
    CHECK(e.log_q[i] == model.log_density(phi));
    CHECK(e.action[i] == model.action_of(theory, phi));
    CHECK(e.log_weights[i] == -e.action[i] - e.log_q[i]);
  }
  CHECK_THROWS_AS(e.configuration(500), std::invalid_argument);
}

TEST_CASE("weights alone are the same weights, and runs join") {
  const lanes::FreeField<Geometry> theory(0.5);
  mock::Gaussian<Geometry> model{0.8};
  const std::size_t n = 40'000;
  const auto e = lanes::sample_reweighted(model, theory, {.configurations = n});
  model.blocks.clear();
  const auto weights = lanes::sample_log_weights(model, theory, {.configurations = n});
  CHECK(weights == e.log_weights);
  CHECK(model.blocks.size() > 1);
  const auto tail =
      lanes::sample_log_weights(model, theory, {.configurations = 100, .first = n - 100});
  for (std::size_t i = 0; i < 100; ++i) CHECK(tail[i] == weights[n - 100 + i]);
}

TEST_CASE("effective sample size of a discrete model") {
  States model{{0.1, 0.4, 0.2, 0.3}, {0.8, 0.1, 1.3, 0.4}};
  double first = 0, second = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    first += model.target[i];
    second += model.target[i] * model.weight(i);
  }
  const auto ess = lanes::effective_sample_size(
      lanes::sample_log_weights(model, Discrete{}, {.configurations = 100'000}));
  CHECK(std::abs(ess.value - first * first / second) < 4.5 * ess.error);
  CHECK(ess.samples == 100'000);
}

TEST_CASE("forbidden draws weigh nothing; what is not finite is named") {
  States model{{0.5, 0.3, 0.2}, {0.0, 1.0, 0.5}};
  const auto e = lanes::sample_reweighted(model, Discrete{}, {.configurations = 50'000});
  check_within(lanes::free_energy(e.log_weights), -std::log(1.5));

  model.broken = 123;
  model.broken_action = std::numeric_limits<double>::quiet_NaN();
  for (bool keep : {true, false}) try {
      if (keep)
        lanes::sample_reweighted(model, Discrete{});
      else
        lanes::sample_log_weights(model, Discrete{});
      FAIL("no exception");
    } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()) == "lanes: proposal 123: the action S is nan");
    }
  CHECK_THROWS_AS(lanes::sample_reweighted(model, Discrete{}, {.configurations = 0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(lanes::sample_log_weights(model, Discrete{}, {.configurations = 0}),
                  std::invalid_argument);
}
