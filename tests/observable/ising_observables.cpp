// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of spins by the sum over all configurations of 4 x 4 sites: the specific heat in a
// field as a second derivative of ln Z, staggered ones at -beta as the others at beta.
#include <autoregressive/enumeration.hpp>
#include <cmath>
#include <utility>

#include <doctest/doctest.h>

#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/staggered_magnetization.hpp>
#include <support/near.hpp>

using namespace lanes;
using testing::enumerated_results;

namespace {

double log_z(double beta, double field) {
  using G = Lattice<4, 4>;
  double z = 0;
  for (int c = 0; c < 1 << 16; ++c) {
    double s[16], action = 0;
    for (int x = 0; x < 16; ++x) s[x] = c >> x & 1 ? 1 : -1;
    for (int x = 0; x < 16; ++x)
      for (int mu = 0; mu < 2; ++mu)
        action -= beta * s[x] * s[G::forward(x, mu)] + 0.5 * field * s[x];
    z += std::exp(-action);
  }
  return std::log(z);
}

}  // namespace

TEST_CASE("the specific heat in a field: 1 / T changes bonds and field alike") {
  for (const auto& [beta, field] : {std::pair(0.35, 0.0), {0.35, 0.2}, {-0.3, 0.5}, {0.0, 0.7}}) {
    const auto at = [b = beta, h = field](double scale) { return log_z(scale * b, scale * h); };
    const double d = 0.01;  // errors d^4 and 1e-13 / d^2
    const double second =
        (-at(1 + 2 * d) + 16 * at(1 + d) - 30 * at(1) + 16 * at(1 - d) - at(1 - 2 * d)) /
        (12 * d * d);
    const double found = enumerated_results(SpecificHeat(beta, field), beta, field)[0];
    CHECK(found == doctest::Approx(second / 16).epsilon(1e-6));
    CHECK(found > 0.01);
    // without its field it is another number
    if (field != 0)
      CHECK(std::abs(enumerated_results(SpecificHeat(beta), beta, field)[0] - found) > 0.01);
  }
}

TEST_CASE("an antiferromagnet's staggered observables are the ferromagnet's own") {
  const double beta = 0.37;
  const auto same = [&](const auto& staggered, const auto& plain) {
    const double there = enumerated_results(staggered, -beta, 0)[0];
    CHECK(there == near(enumerated_results(plain, beta, 0)[0]));
    CHECK(std::abs(there - enumerated_results(plain, -beta, 0)[0]) > 0.1);
  };
  same(AbsoluteStaggeredMagnetization{}, AbsoluteMagnetization{});
  for (Subtraction s : {Subtraction::mean, Subtraction::none, Subtraction::absolute})
    same(StaggeredSusceptibility{s}, Susceptibility{s});
  CHECK(std::abs(enumerated_results(StaggeredMagnetization{}, -beta, 0)[0]) < Double::agreement);

  using G = Lattice<2, 4>;
  const double phi[8] = {1, -2, 3, -4, -5, 6, -7, 8};
  double m = 0;
  StaggeredMagnetization{}.measure<G>(phi, &m);
  CHECK(m == 4.5);
}
