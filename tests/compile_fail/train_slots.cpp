// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: train<Estimator, Optimizer, Schedule> and TrainOptions<Optimizer, Schedule>: the Optimizer is Adam or Momentum, and the Schedule comes after it, as in train<Reinforce, Adam, CosineRate>; see lanes/training/optimizer.hpp.
// mistake 2: lanes: train<Estimator, Optimizer, Schedule> and TrainOptions<Optimizer, Schedule>: the Optimizer is Adam or Momentum, and the Schedule comes after it, as in train<Reinforce, Adam, CosineRate>; see lanes/training/optimizer.hpp.
// mistake 3: lanes: train<Estimator, Optimizer, Schedule> and TrainOptions<Optimizer, Schedule>: the Schedule is ConstantRate, CosineRate, StepRate or WarmUp<...>; see lanes/training/schedule.hpp.
// mistake 4: lanes: train<Estimator, Optimizer, Schedule>: the first is an Estimator, such as Reinforce or PathGradient; see lanes/estimator/estimator.hpp.
#include <lanes/estimator/reinforce.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/training/train.hpp>

using namespace lanes;
using G = Lattice<4, 4>;

void use() {
  Sampler<Scalar, G, Rescaling> sampler{Seed{7}};
  const auto theory = Phi4<G>::from_mass_coupling(-4.0, 6.0);
#if defined(LANES_COMPILE_FAIL_CONTROL)
  (void)train<Reinforce, Momentum, WarmUp<CosineRate>>(sampler, theory, {.steps = 10, .batch = 32});
#elif LANES_MISTAKE == 1
  (void)train<Reinforce, CosineRate>(sampler, theory, {.steps = 10, .batch = 32});
#elif LANES_MISTAKE == 2
  (void)train<Reinforce, CosineRate, Adam>(sampler, theory, {.steps = 10, .batch = 32});
#elif LANES_MISTAKE == 3
  (void)train<Reinforce, Adam, Momentum>(sampler, theory, {.steps = 10, .batch = 32});
#elif LANES_MISTAKE == 4
  (void)train<Adam, Momentum>(sampler, theory, {.steps = 10, .batch = 32});
#endif
}
