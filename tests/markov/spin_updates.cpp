// SPDX-License-Identifier: BSD-3-Clause
//
// HeatBath of IsingModel against sums over all configurations, Kaufman's energy and Wolff clusters,
// with a field and without, either sign of beta, other dimensions; same bits for any number of
// threads.
#include <cmath>
#include <utility>

#include <doctest/doctest.h>

#include <lanes/exact/exact_ising.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/wolff.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>

#include "autoregressive/enumeration.hpp"

using namespace lanes;
using laws::Tile;

namespace {

template <class P>
void check_observables(double beta, double field, int overrelaxation) {
  using G = Lattice<4, 4>;
  CAPTURE(beta);
  CAPTURE(field);
  CAPTURE(overrelaxation);
  const auto ensemble = sample_heat_bath<P>(IsingModel<G>(beta, field),
                                            {.overrelaxation = overrelaxation,
                                             .hot = beta < 0,
                                             .chains = 64,
                                             .sweeps = 2400,
                                             .interval = 4},
                                            Seed{std::uint64_t(100 * (beta + field) + 60)});
  CHECK(std::isnan(ensemble.acceptance()));
  testing::for_spin_observables(beta, [&](const auto& observable) {
    const auto exact = testing::enumerated_results(observable, beta, field);
    const auto found = analyse(observable, ensemble);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const auto label = result_label<G>(observable, int(i));
      CAPTURE(label);
      const double error =
          std::isnan(found[i].error) ? 0 : found[i].error;  // no fluctuation: exact
      CHECK(std::abs(found[i].value - exact[i]) < 4.5 * error + Double::agreement);
    }
  });
}

}  // namespace

TEST_CASE_TEMPLATE("every observable on 4 x 4 sites", P, Double, Single) {
  check_observables<P>(0.44, 0, 1);
  check_observables<P>(0.3, 0.15, 0);
  check_observables<P>(-0.4, 0, 1);
  check_observables<P>(-0.35, -0.4, 1);
  check_observables<P>(0.2, 0.4, 1);  // an overrelaxation where some z is 2 (h - 2 beta) = 0
}

TEST_CASE("Kaufman's energy on 16 x 16 sites") {
  for (double beta : {0.3, 0.44, 0.5}) {
    CAPTURE(beta);
    const auto ensemble = sample_heat_bath<Single>(
        IsingModel<Lattice<16, 16>>(beta),
        {.chains = 64, .sweeps = 8000, .interval = 20, .thermalisation = 1000}, Seed{5});
    const auto e = analyse(IsingEnergy{}, ensemble)[0];
    CHECK(std::abs(e.value - ExactIsing(beta, 16).energy()) < 4.5 * e.error);
    CHECK(e.error < 1.5e-3);
  }
}

TEST_CASE("one dimension with a field, by transfer matrices; three and four against clusters") {
  using Line = Lattice<6>;
  const double beta = 0.7, field = 0.2;
  const auto spins =
      sample_heat_bath(IsingModel<Line>(beta, field), {.chains = 64, .sweeps = 2000}, Seed{6});
  const auto log_z = [&](double h) {
    const double root =
        std::sqrt(std::exp(2 * beta) * std::pow(std::sinh(h), 2) + std::exp(-2 * beta));
    const double mean = std::exp(beta) * std::cosh(h);
    return std::log(std::pow(mean + root, 6) + std::pow(mean - root, 6));
  };
  const auto m = analyse(Magnetization{}, spins)[0];
  const double exact = (log_z(field + 1e-5) - log_z(field - 1e-5)) / 6 / 2e-5;
  CHECK(std::abs(m.value - exact) < 4.5 * m.error);
  CHECK(m.error < 5e-3);

  const auto against_clusters = [](const auto& theory) {
    const auto local =
        analyse(IsingEnergy{},
                sample_heat_bath<Single>(theory, {.sweeps = 2000, .interval = 2}, Seed{7}))[0];
    const auto clusters = analyse(IsingEnergy{}, sample_wolff(theory, {}, Seed{8}))[0];
    const double error = std::hypot(local.error, clusters.error);
    CHECK(std::abs(local.value - clusters.value) < 4.5 * error);
    CHECK(error < 5e-3);
  };
  against_clusters(IsingModel<Lattice<4, 2, 6>>(0.2));
  against_clusters(IsingModel<Lattice<2, 4, 4, 2>>(-0.12));
}

TEST_CASE("the action belongs to its configuration, and overrelaxation keeps it") {
  using G = Lattice<4, 6>;
  Tile<Double> tile;
  const auto before = tile.draw<Ising, G>(Seed{6}).field;
  for (const auto& theory : {IsingModel<G>(0.4), IsingModel<G>(0.5, 1.0)}) {
    std::vector<double> after;
    tile.visit([&](auto& context) {
      const auto x = tile.rows(context, before);
      LocalUpdates<IsingModel<G>>::overrelaxation(context, theory, x);
      after = tile.values(context, x, G::volume);
    });
    CHECK(laws::deviation(tile.action(theory, after), tile.action(theory, before)) <
          Double::agreement);
    CHECK(after != before);
  }
  const auto ensemble =
      sample_heat_bath(IsingModel<G>(0.4, 0.1), {.chains = 5, .sweeps = 6, .interval = 2});
  CHECK(ensemble.size() == 15);
  for (std::size_t i = 0; i < ensemble.size(); ++i) {
    double e = 0, m = 0;
    IsingEnergy{}.measure<G>(ensemble.configuration(i).data(), &e);
    Magnetization{}.measure<G>(ensemble.configuration(i).data(), &m);
    CHECK(std::abs(ensemble.action[i] - G::volume * (0.4 * e - 0.1 * m)) <
          Double::agreement * G::volume);
  }
}

TEST_CASE_TEMPLATE("the same bits for any number of threads and chains beside; a run cut in two", P,
                   Double, Single) {
  using G = Lattice<4, 4>;
  using Chains = HeatBath<IsingModel<G>, P>;
  const IsingModel<G> theory(0.4, 0.1);
  const HeatBathOptions options{.hot = true, .chains = 37};
  const auto reference = Chains(theory, options, Seed{1}, Cpu(1)).sample(20, 2);
  CHECK(Chains(theory, options, Seed{1}, Cpu(3)).sample(20, 2).configurations ==
        reference.configurations);
  const auto few = Chains(theory, {.hot = true, .chains = 3}, Seed{1}).sample(20, 2);
  for (std::size_t i = 0; i < few.size(); ++i) CHECK(few.action[i] == reference.action[i]);
  CHECK(Chains(theory, options, Seed{2}).sample(20, 2).action != reference.action);

  Chains uncut(theory, options, Seed{3}), head(theory, options, Seed{3}),
      tail(theory, options, Seed{3});
  uncut.thermalise(10);
  head.thermalise(4);
  tail.set_state(head.state());
  tail.thermalise(6);
  CHECK(tail.state().x == uncut.state().x);
}

TEST_CASE("a cold start is ordered; a state of other values is refused") {
  using G = Lattice<4, 4>;
  HeatBath<IsingModel<G>> chains(IsingModel<G>(0.4), {.chains = 3});
  auto state = chains.state();
  for (double s : state.x) CHECK(s == 1);
  state.x[5] = 0.5;
  CHECK_THROWS_WITH_AS(chains.set_state(state), "lanes: Ising: a spin is 0.5 (allowed: +1 or -1)",
                       std::invalid_argument);
  state.x[5] = std::nan("");
  CHECK_THROWS_AS(chains.set_state(state), std::invalid_argument);
}
