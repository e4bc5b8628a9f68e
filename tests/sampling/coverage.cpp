// SPDX-License-Identifier: BSD-3-Clause
//
// Quoted errors of every sampler contain the exact answer at their nominal rate, 68.3 %: shares of 200
// seeds within 4 binomial sigma (13 %). Errors too large or too small by 1.6 are outside.
#include <cmath>
#include <cstdint>

#include <doctest/doctest.h>

#include <lanes/analysis/analyse.hpp>
#include <lanes/analysis/exact.hpp>
#include <lanes/analysis/exact_ising.hpp>
#include <lanes/analysis/exact_u1.hpp>
#include <lanes/analysis/gauge_observables.hpp>
#include <lanes/analysis/ising_observables.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/sampling/heat_bath.hpp>
#include <lanes/sampling/hmc.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/sampling/wolff.hpp>
#include <lanes/theory/free_field.hpp>

#include "mock_proposers.hpp"

using namespace lanes;

namespace {

using G = Lattice<4, 4>;

struct Squares {
  static constexpr const char* name = "phi^2";
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    for (int s = 0; s < Geometry::volume; ++s)
      out[0] += static_cast<double>(x[s]) * static_cast<double>(x[s]) / Geometry::volume;
  }
};

/// estimate(seed) quotes an error of `exact`.
template <class F>
void check_coverage(double exact, const F& estimate) {
  constexpr int seeds = 200;
  constexpr double nominal = 0.6827;
  int inside = 0;
  double sum = 0;
  for (int s = 0; s < seeds; ++s) {
    const Estimate e = estimate(Seed{1000 + std::uint64_t(s)});
    inside += std::abs(e.value - exact) < e.error;
    sum += (e.value - exact) / e.error;
  }
  const double share = double(inside) / seeds;
  CAPTURE(share);
  CHECK(std::abs(share - nominal) < 4 * std::sqrt(nominal * (1 - nominal) / seeds));
  CHECK(std::abs(sum) / std::sqrt(double(seeds)) < 4.5);  // no bias
}

}  // namespace

TEST_CASE("HMC, a free field") {
  check_coverage(ExactFreeField<G>(1.0).phi_squared(), [](Seed seed) {
    return analyse(
        Squares{},
        sample_hmc<Single>(
            FreeField<G>(1.0),
            {.step_size = 0.4, .steps = 3, .chains = 16, .trajectories = 100, .thermalisation = 50},
            seed))[0];
  });
}

TEST_CASE("heat bath, U(1)") {
  check_coverage(ExactU1(2.0, G::volume).plaquette(), [](Seed seed) {
    return analyse(Plaquette{}, sample_heat_bath<Single>(
                                    U1Gauge<G>(2.0),
                                    {.chains = 16, .sweeps = 100, .thermalisation = 50}, seed))[0];
  });
}

TEST_CASE("Wolff clusters, Ising spins") {
  for (double beta : {0.2, 0.44})
    check_coverage(ExactIsing(beta, 4).energy(), [beta](Seed seed) {
      return analyse(IsingEnergy{},
                     sample_wolff(IsingModel<G>(beta),
                                  {.chains = 8, .updates = 100, .thermalisation = 20}, seed))[0];
    });
}

TEST_CASE("independence Metropolis, a free field and a proposal that is wider in every mode") {
  using Line = Lattice<4>;
  const FreeField<Line> theory(1.5);
  check_coverage(ExactFreeField<Line>(1.5).phi_squared(), [&](Seed seed) {
    mock::Gaussian<Line> model{0.85, seed};
    return analyse(
        Squares{},
        sample_exact(model, theory, {.configurations = 4000, .chains = 4, .burn_in = 20}))[0];
  });
}
