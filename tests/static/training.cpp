// SPDX-License-Identifier: BSD-3-Clause
#include <array>

#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/training/optimizer.hpp>
#include <lanes/training/schedule.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;

struct NeedsForce { static constexpr bool needs_force = false; };
struct Name { static constexpr const char* name = "none"; };
LANES_CHECK(IsEstimator, lanes::Estimator<M>);
static_assert(needs_each<IsEstimator, NeedsForce, Name>());
static_assert(lanes::GivenEstimator<lanes::ForwardKL<float>> &&
              !lanes::GivenEstimator<lanes::Reinforce>);
static_assert(!lanes::Estimator<lanes::Adam>);

struct Moments { static constexpr std::array<const char*, 1> moments = {"none"}; };
struct LearningRate { double learning_rate = 1; };
struct Check { void check() const {} };
struct Rule {
  struct Descend {
    double operator()(double g, double parameter, double (&)[1]) const { return parameter - g; }
  };
  template <class Real>
  Descend rule(long, double) const { return {}; }
};
LANES_CHECK(IsOptimizer, lanes::Optimizer<M>);
static_assert(needs_each<IsOptimizer, Moments, LearningRate, Check, Rule>());

struct Factor { double factor(long, long) const { return 1; } };
LANES_CHECK(IsSchedule, lanes::Schedule<M>);
static_assert(needs_each<IsSchedule, Check, Factor>());
static_assert(!lanes::Schedule<lanes::Adam> && !lanes::Optimizer<lanes::CosineRate>);

}  // namespace
