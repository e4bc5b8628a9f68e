// SPDX-License-Identifier: BSD-3-Clause
//
// Compact U(1) from a gauge hierarchy that is trained for seconds: the free energy from importance
// sampling, and the plaquette and the topological susceptibility from Metropolis, against the exact
// answers. Z is with respect to d theta.
#pragma once

#include <cmath>

#include <doctest/doctest.h>

#include <lanes/estimator/reinforce.hpp>
#include <lanes/exact/exact_u1.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/sampler.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/statistics/weights.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/training/train.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <support/seed.hpp>

namespace u1_exactness {

using namespace lanes;

using Flow = GaugeHierarchy<CircularSpline<8, 300>, ConvNet<Channels<12>, Kernel<1>, Tanh>>;

/// value +- error is `exact` to 4.5 standard deviations, and the error is small enough to tell.
inline void check_within(const Estimate& estimate, double exact, double largest_error) {
  CHECK_MESSAGE(std::abs(estimate.value - exact) < 4.5 * estimate.error, to_string(estimate),
                " is not ", exact);
  CHECK_MESSAGE(estimate.error < largest_error, to_string(estimate));
  CHECK(estimate.error > 0);
}

// Over 10 seeds each of v2, v3 and v4 (support/seed.hpp), L = 8: ESS 0.16 to 0.76; error of F at
// most 0.013, of the plaquette 7e-4, of Q^2 3 %. L = 16 after half of its steps, 12 seeds each:
// 0.06 to 0.24; 0.022, 1e-3, 7 %.
template <class Precision, int L>
void check(double beta, long steps) {
  using G = Lattice<L, L>;
  const U1Gauge<G> theory(beta);
  const ExactU1 exact(beta, G::volume);
  Sampler<U1, G, Flow, Precision> sampler(testing::seed(31));
  train<Reinforce, Adam, CosineRate>(sampler, theory,
                                     {.steps = steps,
                                      .batch = 128,
                                      .optimizer = {.learning_rate = 0.02},
                                      .clip_norm = 20,
                                      .annealing_steps = steps / 2});

  // Of the sampler's proposals the first are Metropolis', later ones are for F.
  const auto log_weights =
      sample_log_weights(sampler, theory, {.configurations = 1 << 15, .first = 1 << 20});
  const Estimate f = free_energy(log_weights), f_q = variational_free_energy(log_weights);
  LANES_MARGIN(__PRETTY_FUNCTION__, " ", beta, " ESS ", effective_sample_size(log_weights).value,
               " error of F ", f.error);
  check_within(f, -exact.log_z(), 0.02);
  CHECK(f_q.value > -exact.log_z() + 5 * f_q.error);  // a point that is not the exact one

  const auto ensemble = sample_exact(sampler, theory, {.configurations = 1 << 15, .chains = 8});
  const Estimate plaquette = analyse(Plaquette{}, ensemble)[0];
  const Estimate charge = analyse(TopologicalChargeSquared{}, ensemble)[0];
  LANES_MARGIN("errors: plaquette ", plaquette.error, " Q^2 ", charge.error / charge.value);
  check_within(plaquette, exact.plaquette(), 2e-3);
  check_within(charge, exact.topological_charge_squared(), 0.1 * charge.value);
}

}  // namespace u1_exactness
