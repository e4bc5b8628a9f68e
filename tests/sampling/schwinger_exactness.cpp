// SPDX-License-Identifier: BSD-3-Clause
//
// The Schwinger model by two ways that share no dynamics: HMC with the fermions' force, and heat bath
// of the pure gauge theory reweighted with det D^2. Plaquette, Q^2, condensate, and the odd flavour.
// timeout: 600
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/analysis/analyse.hpp>
#include <lanes/analysis/gauge_observables.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/sampling/heat_bath.hpp>
#include <lanes/sampling/hmc.hpp>
#include <lanes/theory/fermion_observables.hpp>
#include <lanes/theory/schwinger.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 4>;

template <class O, class Ensemble>
void agree(const O& observable, const Ensemble& hmc, const std::vector<double>& configurations,
           const std::vector<double>& log_weights, double shift_in_errors) {
  const Estimate a = analyse(observable, hmc)[0];
  const Estimate b =
      analyse_reweighted<G>(observable, configurations, std::span<const double>(log_weights))[0];
  const double difference = std::abs(a.value - b.value), error = std::hypot(a.error, b.error);
  CAPTURE(O::name);
  CHECK(difference < 4.5 * error);
  // Without the fermions it is somewhere else.
  const Estimate quenched = analyse<G>(observable, configurations)[0];
  CHECK(std::abs(a.value - quenched.value) > shift_in_errors * error);
}

}  // namespace

TEST_CASE("HMC agrees with the reweighted heat bath") {
  const double kappa = 0.276, beta = 2.0;
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
    const auto quenched = sample_heat_bath(
        U1Gauge<G>(beta), {.chains = 64, .sweeps = 600, .thermalisation = 50}, Seed{6});
    const auto& configurations = quenched.configurations;
    Cpu backend;
    std::vector<double> log_weights(configurations.size() / std::size_t(U1::rows<G>));
    backend.for_lanes<Double>(0, log_weights.size(), [&](auto& context, std::size_t at, int n) {
      const auto x = context.template rows<double>(U1::rows<G>);
      const auto l = context.template rows<double>(1), s = context.template rows<double>(1);
      context.load_lanes(configurations.data() + at * std::size_t(U1::rows<G>), U1::rows<G>, n, x);
      theory.determinant(context, x, l, s);
      context.store_lanes(l, 1, n, log_weights.data() + at);
    });
    for (double& w : log_weights) w *= flavours;
    agree(Plaquette{}, hmc, configurations, log_weights, 5);
    agree(TopologicalChargeSquared{}, hmc, configurations, log_weights, 5);
    agree(ChiralCondensate(kappa), hmc, configurations, log_weights, 3);
  }
}
