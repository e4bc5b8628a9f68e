// SPDX-License-Identifier: BSD-3-Clause
//
// Ensembles remember the threads of the backend that made them; what is measured keeps to these, or
// works where it is told to, with the same bits.
#include <atomic>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/backend/serial.hpp>
#include <lanes/ensemble/make_ensemble.hpp>
#include <lanes/ensemble/merged.hpp>
#include <lanes/ensemble/print.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/markov/wolff.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/observable/weighted.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/sampling/stages.hpp>
#include <lanes/sampling/symmetrized.hpp>
#include <lanes/theory/free_field.hpp>
#include <support/team.hpp>

using namespace lanes;

namespace {

using G = Lattice<2, 2>;
const FreeField<G> theory(1.0), other(1.2);

/// Its value is the number of threads that measure; derived notes those of the resamples.
struct Team {
  static constexpr const char* name = "team";
  static inline std::atomic<int> of_resamples = 0;
  template <class Geometry, class Real>
  void measure(const Real*, double* out) const {
    *out = team();
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    *out = *means;
    if (const int now = team(); now > of_resamples) of_resamples = now;
  }
};

/// The threads of the backend that it is given, 100 more on Serial.
struct Told {
  static constexpr const char* name = "told";
  template <class Geometry, class Backend, class Real>
  void measure_many(Backend& backend, const Real*, std::size_t n, double* out) const {
    for (std::size_t i = 0; i < n; ++i)
      out[i] = backend.threads() + (std::is_same_v<Backend, Serial> ? 100 : 0);
  }
};

struct One {
  static constexpr const char* name = "one";
  template <class Geometry, class Real>
  void measure(const Real*, double* out) const {
    *out = 1;
  }
};

template <class Backend>
auto make_sampler(Backend backend) {
  return Sampler<Scalar, G, Rescaling, Double, Backend>(Seed{3}, std::move(backend));
}
auto chains(int threads) {
  return sample_hmc(theory, {.chains = 4, .trajectories = 200, .thermalisation = 5}, Seed{5},
                    Cpu{threads});
}

struct Silent {  // a proposer that says nothing of threads
  using Field = Scalar;
  using Geometry = G;
  using Real = double;
  template <class Theory>
  void propose(const Theory&, std::uint64_t, std::size_t n, double* x, double* log_q, double* s) {
    for (std::size_t i = 0; i < n; ++i) x[4 * i] = x[4 * i + 1] = log_q[i] = s[i] = double(i % 7);
  }
  Seed seed() const { return Seed{1}; }
};

template <class E, class... Where>
double value(const auto& observable, const E& ensemble, const Where&... where) {
  return analyse(observable, ensemble, where...)[0].value;
}

}  // namespace

TEST_CASE("ensembles remember the threads of the backend") {
  auto on_two = make_sampler(Cpu{2});
  auto serial = make_sampler(Serial{});
  Symmetrized symmetrized(on_two);
  Silent silent;
  CHECK(sample_exact(on_two, theory, {.configurations = 20}).threads == 2);
  CHECK(sample_exact(serial, theory, {.configurations = 20}).threads == 1);
  CHECK(sample_exact(symmetrized, theory, {.configurations = 20}).threads == 2);
  CHECK(sample_exact(silent, theory, {.configurations = 20}).threads == 0);
  CHECK(sample_reweighted(on_two, theory, {.configurations = 20}).threads == 2);
  for (const auto& stage : draw_stages(on_two, 20)) CHECK(stage.threads == 2);

  const auto three = chains(3);
  CHECK(three.threads == 3);
  CHECK(sample_hmc(theory, {.chains = 1, .trajectories = 9}, Seed{5}, Serial{}).threads == 1);
  CHECK(sample_heat_bath(IsingModel<G>(0.2), {.chains = 1}, Seed{5}, Cpu{2}).threads == 2);
  CHECK(sample_wolff(IsingModel<G>(0.2), {.chains = 1}, Seed{5}, Cpu{2}).threads == 2);
  CHECK(sample_wolff(IsingModel<G>(0.2), {.chains = 1}, Seed{5}, Cpu{3}).threads == 3);
  CHECK(sample_wolff(IsingModel<G>(0.2)).threads == Threads{}.threads());
  CHECK(make_ensemble(three.configurations, theory, 1, Cpu{2}).threads == 2);
  CHECK(make_ensemble(three.configurations, theory).threads == Threads{}.threads());

  CHECK(reweighted(three, other).threads == 3);
  CHECK(reweighted(three, other, Serial{}).threads == 1);
  CHECK(merged(three, make_ensemble(three.configurations, theory, 1, Cpu{2})).threads == 3);
}

TEST_CASE("measuring keeps to them, or works where it is told to") {
  auto sampler = make_sampler(Cpu{2});
  auto draws = sample_reweighted(sampler, theory, {.configurations = 200});
  auto plain = chains(2);
  auto weighted = reweighted(plain, other);
  for (int n : {1, 2, 3}) {
    plain.threads = weighted.threads = draws.threads = n;
    const auto all_on = [&](int threads, const auto&... where) {
      CHECK(value(Team{}, weighted, where...) == doctest::Approx(team_of(threads)));
      Team::of_resamples = 0;
      CHECK(value(Team{}, draws, where...) == doctest::Approx(team_of(threads)));
      CHECK(Team::of_resamples == team_of(threads));
      const int serial = (std::is_same_v<Serial, std::decay_t<decltype(where)>> || ...) ? 100 : 0;
      CHECK(value(Told{}, weighted, where...) == doctest::Approx(threads + serial));
      CHECK(value(Told{}, draws, where...) == doctest::Approx(threads + serial));
      CHECK(value(Weighted(Told{}, One{}), draws, where...) == doctest::Approx(threads + serial));
      CHECK(value(Weighted(Team{}, One{}), draws, where...) == doctest::Approx(team_of(threads)));
    };
    all_on(n);
    all_on(n, Threads{});
    all_on(4, Threads{4});
    all_on(4, Cpu{4});
    all_on(1, Serial{});
    CHECK(value(Team{}, plain) == team_of(n));
    CHECK(value(Told{}, plain) == n);
    CHECK(value(Told{}, plain, Threads{4}) == 4);
    CHECK(value(Told{}, plain, GammaOptions{}, Threads{4}) == 4);
    CHECK(value(Team{}, plain, GammaOptions{}, Cpu{4}) == team_of(4));
    CHECK(value(Told{}, plain, GammaOptions{}, Serial{}) == 101);
    CHECK(summary(plain, Told{}).find("told            " + std::to_string(n)) != std::string::npos);

    // what BootstrapOptions say of threads is for resamples
    Team::of_resamples = 0;
    CHECK(value(Team{}, draws, BootstrapOptions{.threads = 5}) == doctest::Approx(team_of(n)));
    CHECK(Team::of_resamples == team_of(5));
  }
  plain.threads = -1;
  CHECK_THROWS_AS(analyse(Team{}, plain), std::invalid_argument);
}

TEST_CASE("the same bits for any number of threads") {
  auto sampler = make_sampler(Cpu{1});
  auto draws = sample_reweighted(sampler, theory, {.configurations = 500});
  auto plain = chains(1);
  const auto all = [&](int threads) {
    draws.threads = plain.threads = threads;
    std::vector<double> numbers;
    for (const Estimate& e :
         {analyse(Susceptibility{}, plain)[0], analyse(Susceptibility{}, draws)[0],
          analyse(Susceptibility{}, reweighted(plain, other))[0], action_density(draws)}) {
      numbers.push_back(e.value);
      numbers.push_back(e.error);
    }
    return numbers;
  };
  const auto one = all(1);
  for (double number : one) CHECK(number > 0);
  CHECK(all(2) == one);
  CHECK(all(3) == one);
}
