// SPDX-License-Identifier: BSD-3-Clause
//
// Wolff clusters against the sum over all configurations and Kaufman's energy, ferromagnet,
// antiferromagnet and frustrated rings; cold and hot starts, both signs of m in the ordered phase;
// independence of threads and of other chains.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/exact/exact_ising.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/markov/wolff.hpp>

#include "autoregressive/enumeration.hpp"

using namespace lanes;

namespace {

void check_observables(double beta, std::uint64_t seed) {
  const auto ensemble =
      sample_wolff(IsingModel<Lattice<4, 4>>(beta), {.chains = 16, .updates = 2500}, Seed{seed});
  CHECK(std::isnan(ensemble.acceptance()));
  testing::for_spin_observables(beta, [&](const auto& observable) {
    const auto exact = testing::enumerated_results(observable, beta, 0);
    const auto found = analyse(observable, ensemble);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const auto label = result_label<Lattice<4, 4>>(observable, int(i));
      CAPTURE(label);
      const double error = std::isnan(found[i].error) ? 0 : found[i].error;  // 1 at distance 0
      CHECK(std::abs(found[i].value - exact[i]) < 4.5 * error + Double::agreement);
    }
  });
  for (std::size_t i = 0; i < ensemble.size(); i += 1111) {
    double e = 0;
    IsingEnergy{}.measure<Lattice<4, 4>>(ensemble.configuration(i).data(), &e);
    CHECK(ensemble.action[i] == doctest::Approx(beta * e * 16));
  }
}

/// Energy, |m| and specific heat of any lattice against the sum over its configurations.
template <class G>
void check_shape(double beta) {
  double z = 0, energy = 0, energy_2 = 0, magnetization = 0;
  for (int c = 0; c < 1 << G::volume; ++c) {
    int bonds = 0, sum = 0;
    for (int x = 0; x < G::volume; ++x) {
      sum += c >> x & 1 ? 1 : -1;
      for (int mu = 0; mu < G::dimension; ++mu)
        bonds += (c >> x & 1) == (c >> G::forward(x, mu) & 1) ? 1 : -1;
    }
    const double w = std::exp(beta * bonds), e = -double(bonds) / G::volume;
    z += w;
    energy += w * e;
    energy_2 += w * e * e;
    magnetization += w * std::abs(sum) / G::volume;
  }
  energy /= z;
  const double heat = beta * beta * G::volume * (energy_2 / z - energy * energy);
  const auto ensemble = sample_wolff(IsingModel<G>(beta), {.updates = 2000}, Seed{13});
  const auto check = [&](const Estimate& e, double exact) {
    CAPTURE(beta);
    CAPTURE(G::extents[0]);
    CAPTURE(G::volume);
    CHECK_MESSAGE(std::abs(e.value - exact) < 4.5 * e.error, to_string(e), " is not ", exact);
  };
  check(analyse(IsingEnergy{}, ensemble)[0], energy);
  check(analyse(AbsoluteMagnetization{}, ensemble)[0], magnetization / z);
  check(analyse(SpecificHeat{beta}, ensemble)[0], heat);
}

template <int L>
void check_energy(double beta, const WolffOptions& options) {
  CAPTURE(L);
  CAPTURE(beta);
  const auto e =
      analyse(IsingEnergy{}, sample_wolff(IsingModel<Lattice<L, L>>(beta), options, Seed{1}))[0];
  const double exact = ExactIsing(beta, L).energy();
  CHECK_MESSAGE(std::abs(e.value - exact) < 4.5 * e.error, to_string(e), " is not ", exact);
}

}  // namespace

TEST_CASE("every observable on 4 x 4 sites") {
  check_observables(0.44, 1);
  check_observables(0.25, 2);
  check_observables(-0.4, 3);
}

TEST_CASE("odd rings, frustrated planes, double bonds") {
  for (double beta : {-0.4, -1.0, 0.5}) check_shape<Lattice<5>>(beta);
  for (double beta : {-0.1, -0.25, -0.4, -0.8, 0.3}) {
    check_shape<Lattice<3, 3>>(beta);
    check_shape<Lattice<3, 4>>(beta);
  }
  for (double beta : {-0.3, 0.3}) {
    check_shape<Lattice<2>>(beta);
    check_shape<Lattice<2, 3>>(beta);
    check_shape<Lattice<3, 2, 2>>(beta);
  }
}

TEST_CASE("a large lattice in each phase, from a cold and from a hot start") {
  for (bool hot : {false, true}) {
    const WolffOptions options{.chains = 8, .updates = 100, .thermalisation = 40, .hot = hot};
    check_energy<64>(0.2, options);
    check_energy<64>(0.35, options);
    check_energy<32>(0.6, options);
  }
  check_energy<128>(0.2, {.chains = 4, .updates = 100, .thermalisation = 20});
}

TEST_CASE("the magnetization has both signs in the ordered phase, at any interval") {
  for (double beta : {0.8, 1.5, 2.0})
    for (int interval : {1, 2, 10, 11}) {
      CAPTURE(beta);
      CAPTURE(interval);
      const auto m = analyse(Magnetization{},
                             sample_wolff(IsingModel<Lattice<8, 8>>(beta),
                                          {.updates = 100 * interval, .interval = interval}))[0];
      CHECK_MESSAGE(std::abs(m.value) < 4.5 * m.error, to_string(m));
      // 3200 fair coins
      CHECK(m.error == doctest::Approx(1 / std::sqrt(3200.0)).epsilon(0.15));
    }
}

TEST_CASE("Kaufman's energy at the critical point; three dimensions stay in order when cold") {
  const auto ensemble =
      sample_wolff(IsingModel<Lattice<16, 16>>(0.44), {.chains = 16, .updates = 2000, .hot = true});
  const auto e = analyse(IsingEnergy{}, ensemble)[0];
  CHECK(std::abs(e.value - ExactIsing(0.44, 16).energy()) < 4.5 * e.error);
  CHECK(e.error < 2e-3);
  const auto cold = sample_wolff(IsingModel<Lattice<4, 4, 4>>(0.8), {.chains = 2, .updates = 500});
  CHECK(analyse(AbsoluteMagnetization{}, cold)[0].value > 0.99);
}

TEST_CASE("the bits of a chain are its own") {
  const IsingModel<Lattice<6, 4>> theory(0.4);
  const auto one = sample_wolff(theory, {.chains = 1, .updates = 200}, Seed{9});
  const auto many = sample_wolff(theory, {.chains = 5, .updates = 200}, Seed{9}, Cpu{3});
  const auto alone = sample_wolff(theory, {.chains = 5, .updates = 200}, Seed{9}, Cpu{1});
  CHECK(many.configurations == alone.configurations);
  CHECK(std::equal(one.configurations.begin(), one.configurations.end(),
                   many.configurations.begin()));
}

TEST_CASE("what it cannot do is refused") {
  CHECK_THROWS_WITH_AS(sample_wolff(IsingModel<Lattice<4, 4>>(0.4, 0.1)),
                       "lanes: Wolff clusters: external field is 0.1 (allowed: 0)",
                       std::invalid_argument);
  CHECK_THROWS_AS(sample_wolff(IsingModel<Lattice<4, 4>>(0.4), {.updates = 15, .interval = 10}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sample_wolff(IsingModel<Lattice<4, 4>>(0.4), {.chains = 0}),
                  std::invalid_argument);
}
