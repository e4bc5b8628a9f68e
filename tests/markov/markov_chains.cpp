// SPDX-License-Identifier: BSD-3-Clause
//
// Chains of any Update: of HmcTrajectory and HeatBathSweep they are HybridMonteCarlo's and
// HeatBath's, bit for bit; of a user's own they are exact; cut and resumed they are the uncut run.
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <lanes/backend/serial.hpp>
#include <lanes/exact/exact.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/markov/markov_chains.hpp>
#include <lanes/markov/sequence.hpp>
#include <lanes/markov/wolff_clusters.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/phi4.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 2>;

/// phi = sigma xi at each site of the free field without neighbours: a heat bath of one line.
struct Independent {
  template <class Real>
  struct Draw {
    Rows<Real> x;
    RandomStream stream;
    template <class Lane>
    void operator()(int i, Lane lane) const {
      lane.store(x, i, lane.template normal_pair<Real>(stream, std::uint32_t(i)).first);
    }
  };
  template <class Context, class Theory>
  void update(Context& context, const Theory&, const ChainStep& step,
              Rows<typename Context::Real> x) const {
    context.for_each(rows_of<Theory>, Draw<typename Context::Real>{x, step.stream()});
  }
};
struct Resting {
  template <class Context, class Theory>
  void update(Context&, const Theory&, const ChainStep&, Rows<typename Context::Real>) const {}
};
struct ToInfinity {
  template <class Context, class Theory>
  void update(Context& context, const Theory&, const ChainStep&,
              Rows<typename Context::Real> x) const {
    fill(context, x, 1, typename Context::Real(INFINITY));
  }
};

/// S = sum phi^2 / 2
struct Gauss : LocalTheory<Gauss, Scalar, G> {
  template <class T, class Site>
  T density(const Site& phi) const {
    return T(0.5) * square(phi.here());
  }
};

template <class A, class B>
void check_same(const A& a, const B& b) {
  CHECK(a.configurations == b.configurations);
  CHECK(a.action == b.action);
  CHECK(a.ranges[0].continues(b.ranges[0]) == b.ranges[0].continues(a.ranges[0]));
  CHECK(a.ranges[0].purpose == b.ranges[0].purpose);
}

}  // namespace

TEST_CASE("HMC and heat bath are chains of their updates") {
  const auto theory = Phi4<G>::from_hopping(0.2, 0.3);
  const MarkovOptions options{.start = 1,
                              .chains = 11,
                              .updates = 20,
                              .interval = 4,
                              .thermalisation = 5,
                              .first_chain = 3};
  check_same(sample_markov(theory, HmcTrajectory<Leapfrog>{.step_size = 0.3, .steps = 5}, options,
                           Seed{2}),
             sample_hmc<Double, Leapfrog>(theory,
                                          {.step_size = 0.3,
                                           .steps = 5,
                                           .start = 1,
                                           .chains = 11,
                                           .trajectories = 20,
                                           .interval = 4,
                                           .thermalisation = 5,
                                           .first_chain = 3},
                                          Seed{2}));
  check_same(sample_markov<Single>(IsingModel<G>(0.3, 0.1), HeatBathSweep{2}, options, Seed{2}),
             sample_heat_bath<Single>(IsingModel<G>(0.3, 0.1),
                                      {.overrelaxation = 2,
                                       .hot = true,
                                       .chains = 11,
                                       .sweeps = 20,
                                       .interval = 4,
                                       .thermalisation = 5,
                                       .first_chain = 3},
                                      Seed{2}));
}
TEST_CASE("an own update: independent draws have a tau_int of 1/2, and the action is theirs") {
  const auto e =
      sample_markov(Gauss{}, Independent{}, {.updates = 1000, .thermalisation = 1}, Seed{3});
  CHECK(std::isnan(e.acceptance()));
  CHECK(e.size() == 32'000);
  const auto s = action_density(e);  // a chi^2 of 8: variance of S / V is 1 / (2 V)
  CHECK(std::abs(s.value - 0.5) < 4.5 * s.error);
  CHECK(s.error == doctest::Approx(std::sqrt(1 / (2.0 * G::volume * 32'000))).epsilon(0.1));
  for (std::size_t i = 0; i < e.size(); i += 999) {
    double sum = 0;
    for (double phi : e.configuration(i)) sum += phi * phi / 2;
    CHECK(e.action[i] == doctest::Approx(sum));
  }
  const auto serial = sample_markov<Double, Serial>(
      Gauss{}, Independent{}, {.chains = 3, .updates = 10, .thermalisation = 1}, Seed{3});
  const auto cpu = sample_markov(Gauss{}, Independent{},
                                 {.chains = 5, .updates = 10, .thermalisation = 1}, Seed{3});
  for (std::size_t i = 0; i < serial.configurations.size(); ++i)
    CHECK(std::abs(serial.configurations[i] - cpu.configurations[i]) < Double::agreement);
}
TEST_CASE("a sequence: own numbers for each, and the action is followed") {
  const FreeField<G> theory(1.0);
  const HmcTrajectory<> one{.step_size = 0.4, .steps = 3};
  const auto twice = sample_markov(theory, Sequence{one, one},
                                   {.chains = 5, .updates = 10, .thermalisation = 0}, Seed{4});
  const auto single = sample_markov(
      theory, one, {.chains = 5, .updates = 20, .interval = 2, .thermalisation = 0}, Seed{4});
  CHECK(twice.configurations == single.configurations);
  CHECK(twice.action == single.action);
  // Gauss by draws and by trajectories that start from their action
  const auto mixed =
      sample_markov(Gauss{}, Sequence{Independent{}, one}, {.updates = 500, .thermalisation = 1});
  const auto s = action_density(mixed);
  CHECK(std::abs(s.value - 0.5) < 4.5 * s.error);
  CHECK(s.error < 4e-3);
}
TEST_CASE("cut and resumed") {
  const auto theory = Phi4<G>::from_hopping(0.2, 0.3);
  const Sequence update{HmcTrajectory<>{}, HmcTrajectory<Leapfrog>{}};
  const auto chains = [&] {
    return MarkovChains<Phi4<G>, decltype(update)>(theory, update, {.chains = 9}, Seed{5});
  };
  auto uncut = chains(), cut = chains(), resumed = chains();
  uncut.thermalise(4);
  cut.thermalise(4);
  CHECK(cut.number() == 4);
  resumed.set_state(cut.state());
  CHECK(resumed.sample(6, 2).configurations == uncut.sample(6, 2).configurations);
  CHECK(resumed.state().x == uncut.state().x);
  auto broken = uncut.state();
  broken.x[7] = NAN;
  CHECK_THROWS_WITH_AS(resumed.set_state(broken),
                       "lanes: MarkovChains: a value of the state is nan (allowed: finite)",
                       std::invalid_argument);
}
TEST_CASE("what is wrong is refused, with its name") {
  const MarkovOptions few{.chains = 3, .updates = 10};
  CHECK_THROWS_WITH_AS(sample_markov(Gauss{}, Resting{}, few),
                       "lanes: MarkovChains: no chain has moved in 10 updates: does the Update "
                       "move the field?",
                       std::runtime_error);
  CHECK_THROWS_AS(sample_markov(Gauss{}, ToInfinity{}, few), std::runtime_error);
  CHECK_THROWS_WITH_AS(sample_markov(Gauss{}, Resting{}, {.start = NAN}),
                       "lanes: MarkovOptions: start is nan (allowed: finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      sample_markov(IsingModel<G>(0.3), HeatBathSweep{}, {.start = 0.5}),
      "lanes: MarkovOptions: start of a discrete field is 0.5 (allowed: 0 (cold) or 1 (hot))",
      std::invalid_argument);
  CHECK_THROWS_AS(sample_markov(Gauss{}, Resting{}, {.updates = 10, .interval = 3}),
                  std::invalid_argument);
}
TEST_CASE("settings of updates are looked at, in a sequence too") {
  const FreeField<G> theory(1.0);
  const HmcTrajectory<> good{.step_size = 0.2};
  CHECK_THROWS_WITH_AS(sample_markov(theory, HmcTrajectory<>{.step_size = -0.1}),
                       "lanes: HmcTrajectory: step_size is -0.1 (allowed: > 0 and finite)",
                       std::invalid_argument);
  CHECK_THROWS_AS(sample_markov(theory, HmcTrajectory<>{.step_size = NAN}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(sample_markov(theory, Sequence{good, HmcTrajectory<>{.steps = 0}}),
                       "lanes: HmcTrajectory: steps is 0 (allowed: >= 1)", std::invalid_argument);
  const IsingModel<G> spins(0.3);
  CHECK_THROWS_WITH_AS(sample_markov(spins, WolffClusters{0}),
                       "lanes: WolffClusters: clusters is 0 (allowed: >= 1)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(sample_markov(spins, HeatBathSweep{-1}),
                       "lanes: HeatBathSweep: overrelaxation is -1 (allowed: >= 0)",
                       std::invalid_argument);
}
