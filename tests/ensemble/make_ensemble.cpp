// SPDX-License-Identifier: BSD-3-Clause
//
// make_ensemble: the ensemble that the configurations came from, what is done with it, and what is
// refused.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <lanes/ensemble/make_ensemble.hpp>
#include <lanes/ensemble/print.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <support/near.hpp>
#include <support/refusal.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 6>;

}  // namespace

TEST_CASE("configurations of a chain give its ensemble again, and reweight as it does") {
  const auto theory = Phi4<G>::from_mass_coupling(-4.0, 7.3),
             near_by = Phi4<G>::from_mass_coupling(-4.0, 7.1);
  const auto chains = sample_hmc(theory, {.chains = 19, .trajectories = 30}, Seed{3});
  const auto made = make_ensemble(chains.configurations, theory, 19);
  CHECK(made.configurations == chains.configurations);
  CHECK(made.chains == 19);
  REQUIRE(made.size() == 19 * 30);
  double worst = 0;
  for (std::size_t i = 0; i < made.size(); ++i)
    worst = std::max(worst, std::abs(made.action[i] - chains.action[i]));
  CHECK(worst < 100 * Double::agreement);
  CHECK(analyse(Susceptibility{}, made)[0].error == analyse(Susceptibility{}, chains)[0].error);
  CHECK(summary(made, Susceptibility{}).find("(19 chains)") != std::string::npos);
  CHECK(analyse(Susceptibility{}, reweighted(made, near_by))[0].value ==
        near(analyse(Susceptibility{}, reweighted(chains, near_by))[0].value));

  const std::vector<float> single(chains.configurations.begin(), chains.configurations.end());
  const auto of_float = make_ensemble(std::span(single), theory);
  CHECK(of_float.chains == 1);
  CHECK(of_float.action[77] == doctest::Approx(chains.action[77]).epsilon(1e-5));
}

TEST_CASE("arrays: shapes with and without components, angles brought home") {
  xt::xarray<double> theta = xt::zeros<double>({3, 2, 4, 6});
  theta(1, 1, 2, 5) = -0.5;
  theta(2, 0, 0, 1) = 7;
  const U1Gauge<G> theory(1.3);
  const auto made = make_ensemble(theta, theory, 3);
  CHECK(made.configuration(1)[24 + 17] == near(two_pi - 0.5));
  CHECK(made.configuration(2)[1] == near(7 - two_pi));
  CHECK(made.action[0] == near(-1.3 * 24));
  CHECK(made.action[1] == near(-1.3 * (22 + 2 * std::cos(0.5))));
  theta.reshape({3, 48});
  CHECK(make_ensemble(theta, theory).action == made.action);
  theta.reshape({3 * 48});
  CHECK(make_ensemble(theta, theory).action == made.action);
  theta.reshape({6, 4, 6});
  CHECK(refusal([&] { make_ensemble(theta, theory); }) ==
        "lanes: make_ensemble: shape is [6][4][6] (allowed: [n][2][4][6] or [n][48])");
  theta.reshape({3, 2, 6, 4});
  CHECK(refusal([&] { make_ensemble(theta, theory); }).find("[3][2][6][4]") != std::string::npos);
  theta.reshape({3, 2, 4, 6});
  const xt::xarray<double, xt::layout_type::column_major> columns = theta;
  CHECK(refusal([&] { make_ensemble(columns, theory); }).find("C order") != std::string::npos);
  theta(2, 1, 3, 4) = std::nan("");
  CHECK(refusal([&] { make_ensemble(theta, theory); }) ==
        "lanes: make_ensemble: configuration 2, site 22 (3, 4), component 1 is nan (allowed: "
        "finite)");
}

TEST_CASE("what is refused: numbers, chains, actions") {
  const IsingModel<G> theory(0.4);
  std::vector<float> s(24 * 6, -1);
  CHECK(make_ensemble(s, theory, 2).action[5] == doctest::Approx(-0.4 * 48));
  CHECK(refusal([&] { make_ensemble(s, theory, 4); }) ==
        "lanes: make_ensemble: chains is 4 (allowed: a divisor of 6, the number of "
        "configurations)");
  CHECK(refusal([&] { make_ensemble(s, theory, -1); }).find("chains is -1") != std::string::npos);
  CHECK(refusal([&] { make_ensemble(std::vector<float>(25), theory); }) ==
        "lanes: make_ensemble: how many numbers it is given is 25 (allowed: a positive multiple of "
        "24, the numbers of a configuration)");
  CHECK(refusal([&] { make_ensemble(std::vector<float>(), theory); }).find("is 0") !=
        std::string::npos);
  s[24 * 3 + 7] = 0.5f;
  s[24 * 4] = 3;
  CHECK(refusal([&] {
          make_ensemble(s, theory);
        }).starts_with("lanes: make_ensemble: configuration 3, site 7 (1, 1): "));
  std::vector<double> phi(24 * 3, 0.1);
  phi[24 + 5] = 1e200;  // finite, and its action is not
  CHECK(refusal([&] {
          make_ensemble(phi, Phi4<G>::from_mass_coupling(1, 1));
        }).find("the action of configuration 1 is inf") != std::string::npos);
}
