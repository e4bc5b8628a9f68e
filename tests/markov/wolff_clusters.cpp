// SPDX-License-Identifier: BSD-3-Clause
//
// Clusters of the XY model: on rings against sums of Bessel functions, in two dimensions against
// HMC, either sign of beta; Serial and Cpu make the same chains; errors are right over seeds.
#include <cmath>
#include <markov/clusters.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/serial.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/markov/wolff.hpp>
#include <support/coverage.hpp>

using namespace lanes;
using testing::check_agree;
using testing::check_within;
using testing::Product;

namespace {

/// <cos(theta(x + r) - theta(x))> on a ring of L sites: sum_n I_n^{L-r} I_{n+1}^r / sum_n I_n^L
/// (and half of it with n - 1, which is the same).
double ring(double beta, int L, int r) {
  const auto bessel = [beta](int n) {
    const double i = std::cyl_bessel_i(std::abs(double(n)), std::abs(beta));
    return beta < 0 && n % 2 != 0 ? -i : i;
  };
  double z = 0, sum = 0;
  for (int n = -40; n <= 40; ++n) {
    z += std::pow(bessel(n), L);
    sum += std::pow(bessel(n), L - r) * std::pow(bessel(n + 1), r);
  }
  return sum / z;
}

template <int L>
void check_ring(double beta) {
  CAPTURE(beta);
  CAPTURE(L);
  using Theory = XYModel<Lattice<L>>;
  const auto e = sample_wolff(Theory(beta), {.updates = 2000, .thermalisation = 50}, Seed{1});
  check_within(analyse(Product<1, Theory>{}, e)[0], ring(beta, L, 1), 4e-3);
  check_within(analyse(Product<2, Theory>{}, e)[0], ring(beta, L, 2), 4e-3);
  check_within(action_density(e), -beta * ring(beta, L, 1), 4e-3);
}

template <class G>
void check_plane(double beta) {
  CAPTURE(beta);
  using Theory = XYModel<G>;
  const auto a = sample_wolff(Theory(beta), {.updates = 1500, .thermalisation = 50}, Seed{2});
  const auto b = sample_hmc(
      Theory(beta),
      {.step_size = 0.25, .steps = 6, .start = 1, .trajectories = 2000, .thermalisation = 300},
      Seed{3});
  check_agree(analyse(Product<1, Theory>{}, a)[0], analyse(Product<1, Theory>{}, b)[0], 4e-3);
  check_agree(analyse(Product<2, Theory>{}, a)[0], analyse(Product<2, Theory>{}, b)[0], 6e-3);
  check_agree(action_density(a), action_density(b), 8e-3);
}

}  // namespace

TEST_CASE("XY model on rings, frustrated ones and one of two sites too") {
  check_ring<8>(1.0);
  check_ring<8>(2.0);
  check_ring<5>(-1.0);
  check_ring<6>(-0.7);
  using Two = XYModel<Lattice<2>>;  // one bond of 2 beta
  const auto e = analyse(Product<1, Two>{}, sample_wolff(Two(0.4), {.updates = 2000}))[0];
  check_within(e, std::cyl_bessel_i(1.0, 0.8) / std::cyl_bessel_i(0.0, 0.8), 8e-3);
}
TEST_CASE("XY model in two dimensions, against HMC") {
  check_plane<Lattice<6, 6>>(1.0);
  check_plane<Lattice<4, 3>>(-0.8);
}
TEST_CASE("Serial and Cpu make the same chains; so do other numbers of threads") {
  using Theory = XYModel<Lattice<4, 4>>;
  const WolffOptions options{.chains = 9, .updates = 20, .thermalisation = 5};
  const auto cpu = sample_wolff(Theory(0.9), options, Seed{8}, Cpu(2));
  CHECK(sample_wolff(Theory(0.9), options, Seed{8}, Cpu(1)).configurations == cpu.configurations);
  const auto serial = sample_wolff<Double, Serial>(Theory(0.9), options, Seed{8});
  CHECK(serial.configurations.size() == cpu.configurations.size());
  for (std::size_t i = 0; i < 4 * 16; ++i)  // rounding of a sine may let chains part later
    CHECK(std::abs(std::remainder(serial.configurations[i] - cpu.configurations[i], two_pi)) <
          Double::round_trip);
}
TEST_CASE("errors over seeds") {
  using Ring = XYModel<Lattice<8>>;
  testing::Coverage xy;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto e =
        sample_wolff(Ring(1.0), {.chains = 8, .updates = 100, .thermalisation = 20}, Seed{seed});
    xy.add(analyse(Product<1, Ring>{}, e)[0], ring(1.0, 8, 1));
  }
  xy.check_nominal();
  xy.check_unbiased();
}
