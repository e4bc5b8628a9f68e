// SPDX-License-Identifier: BSD-3-Clause
//
// Wolff clusters against the sum over all configurations and Kaufman's energy, ferromagnet and
// antiferromagnet; independence of threads and of other chains.
#include <omp.h>

#include <cmath>

#include <doctest/doctest.h>

#include <lanes/analysis/exact_ising.hpp>
#include <lanes/analysis/ising_observables.hpp>
#include <lanes/analysis/observables.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/sampling/wolff.hpp>

#include "autoregressive/enumeration.hpp"

using namespace lanes;

namespace {

void check_observables(double beta, std::uint64_t seed) {
  const auto ensemble = sample_wolff(IsingModel<Lattice<4, 4>>(beta),
                                     {.chains = 16, .updates = 10'000, .interval = 4}, Seed{seed});
  CHECK(std::isnan(ensemble.acceptance()));
  testing::for_spin_observables(beta, [&](const auto& observable) {
    const auto exact = testing::enumerated_results(observable, beta, 0);
    const auto found = analyse(observable, ensemble);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const auto label = result_label<Lattice<4, 4>>(observable, int(i));
      CAPTURE(label);
      CHECK(std::abs(found[i].value - exact[i]) < 4.5 * found[i].error + Double::agreement);
    }
  });
  for (std::size_t i = 0; i < ensemble.size(); i += 1111) {
    double e = 0;
    IsingEnergy{}.measure<Lattice<4, 4>>(ensemble.configuration(i).data(), &e);
    CHECK(ensemble.action[i] == doctest::Approx(beta * e * 16));
  }
}

}  // namespace

TEST_CASE("every observable on 4 x 4 sites") {
  check_observables(0.44, 1);
  check_observables(0.25, 2);
  check_observables(-0.4, 3);
}

TEST_CASE("Kaufman's energy at the critical point; three dimensions stay in order when cold") {
  const auto ensemble =
      sample_wolff(IsingModel<Lattice<16, 16>>(0.44),
                   {.chains = 16, .updates = 12'000, .interval = 10, .hot = true});
  const auto e = analyse(IsingEnergy{}, ensemble)[0];
  CHECK(std::abs(e.value - ExactIsing(0.44, 16).energy()) < 4.5 * e.error);
  CHECK(e.error < 2e-3);
  const auto cold = sample_wolff(IsingModel<Lattice<4, 4, 4>>(0.8), {.chains = 2, .updates = 500});
  CHECK(analyse(AbsoluteMagnetization{}, cold)[0].value > 0.99);
}

TEST_CASE("the bits of a chain are its own") {
  const IsingModel<Lattice<6, 4>> theory(0.4);
  const auto one = sample_wolff(theory, {.chains = 1, .updates = 200}, Seed{9});
  const auto many = sample_wolff(theory, {.chains = 5, .updates = 200}, Seed{9});
  omp_set_num_threads(1);
  const auto alone = sample_wolff(theory, {.chains = 5, .updates = 200}, Seed{9});
  CHECK(many.configurations == alone.configurations);
  CHECK(std::equal(one.configurations.begin(), one.configurations.end(),
                   many.configurations.begin()));
}

TEST_CASE("what it cannot do is refused") {
  CHECK_THROWS_WITH_AS(sample_wolff(IsingModel<Lattice<4, 4>>(0.4, 0.1)),
                       "lanes: sample_wolff: external field is 0.1 (allowed: 0)",
                       std::invalid_argument);
  CHECK_THROWS_AS(sample_wolff(IsingModel<Lattice<4, 4>>(0.4), {.updates = 15, .interval = 10}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sample_wolff(IsingModel<Lattice<4, 4>>(0.4), {.chains = 0}),
                  std::invalid_argument);
}
