// SPDX-License-Identifier: BSD-3-Clause
#include <array>

#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/training/conditional.hpp>
#include <lanes/training/optimizer.hpp>
#include <lanes/training/parametrisation.hpp>
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

using Drawn = lanes::Sampler<lanes::Scalar, lanes::Lattice<4>, lanes::Rescaling, lanes::Double>;
using Action = lanes::FreeField<lanes::Lattice<4>>;
using Numbers = lanes::Cpu::Vector<double>;
struct Types { using Sampler = Drawn; using Theory = Action; using Real = double; };
struct HasSampler { Drawn& sampler(); };
struct HasTheory { const Action& theory(); };
struct Values { const Numbers& values() const; };
struct Assign { void assign(std::span<const double>); };
struct Exchange { void exchange(Numbers&); };
struct Gradient { lanes::detail::ClampedGradient<double> gradient(const double*) const; };
struct Start { void start(); };
struct Begin { void begin(long, double); };
struct End { void end(); };
struct Steady { static constexpr bool steady = true; };
struct Place { std::string place() const; };
struct EachTheory { template <class F> void each_theory(F f) const; };
struct Settings { std::array<std::pair<const char*, double>, 0> settings() const; };
LANES_CHECK(IsParametrisation, lanes::Parametrisation<M>);
static_assert(needs_each<IsParametrisation, Types, HasSampler, HasTheory, Values, Assign, Exchange,
                         Gradient, Start, Begin, End, Steady, Place, EachTheory, Settings>());
static_assert(lanes::Parametrisation<lanes::OwnParameters<Drawn, Action>>);
static_assert(
    lanes::Parametrisation<lanes::detail::ConditionalNumbers<Drawn, Action (*)(double)>>);

}  // namespace
