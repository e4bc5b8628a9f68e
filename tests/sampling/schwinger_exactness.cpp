// SPDX-License-Identifier: BSD-3-Clause
//
// The Schwinger model by two ways that share no dynamics: HMC with the fermions' force, and heat
// bath of the pure gauge theory reweighted with det D^2. Plaquette, Q^2, condensate, and the odd
// flavour, with its sign.
// timeout: 600
// width: depends
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/fermion_observables.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/weighted.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/theory/schwinger.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 4>;
constexpr BootstrapOptions blocks{.block = 10};

template <class O, class Chains, class Reweighted>
void agree(const O& observable, const Chains& hmc, const Reweighted& reweighted,
           double shift_in_errors) {
  const Estimate a = analyse(observable, hmc)[0];
  const Estimate b = analyse(observable, reweighted, blocks)[0];
  const double difference = std::abs(a.value - b.value), error = std::hypot(a.error, b.error);
  CAPTURE(O::name);
  CHECK(difference < 4.5 * error);
  // Without the fermions it is somewhere else.
  const Estimate quenched = analyse<G>(observable, reweighted.configurations)[0];
  CHECK(std::abs(a.value - quenched.value) > shift_in_errors * error);
}

}  // namespace

TEST_CASE("HMC agrees with the reweighted heat bath") {
  const double kappa = 0.276, beta = 2.0;
  const auto quenched = sample_heat_bath(
      U1Gauge<G>(beta), {.chains = 64, .sweeps = 600, .thermalisation = 50}, Seed{6});
  for (int flavours : {1, 2}) {
    const Schwinger<G> theory(beta, kappa, {.flavours = flavours});
    const auto hmc = sample_hmc(theory,
                                {.step_size = 0.2,
                                 .steps = 6,
                                 .chains = 64,
                                 .trajectories = 600,
                                 .thermalisation = 100,
                                 .acceptance = 0.85},
                                Seed{5});
    const auto weighted = reweighted(quenched, theory);
    agree(Plaquette{}, hmc, weighted, 5);
    agree(TopologicalChargeSquared{}, hmc, weighted, 5);
    agree(ChiralCondensate(kappa), hmc, weighted, 3);
    if (flavours == 1)
      agree(Weighted(Plaquette{}, DeterminantSign(kappa)), hmc, weighted, 5);
    else
      agree(Weighted(ChiralCondensate(kappa), PositiveDeterminant(kappa)), hmc, weighted, 3);
  }
}
