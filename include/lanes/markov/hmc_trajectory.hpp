// SPDX-License-Identifier: BSD-3-Clause
//
// HmcTrajectory: one trajectory of Hybrid Monte Carlo as an Update (update.hpp), for compositions;
// chains of nothing else, with tuning and a report, are sample_hmc's (hmc.hpp).
//
//   Sequence{HmcTrajectory<>{.step_size = 0.2, .steps = 8}, WolffClusters{.clusters = 4}}
//
// The length is random, the same for all chains: n steps, uniform from steps - steps/2 to steps +
// steps/2 (integer halves). A fixed length is in resonance with some modes of a nearly free field
// and then is not ergodic. Step and accept as in molecular_dynamics.hpp.
// Errors: check throws std::invalid_argument for settings out of range.
// Source: Duane, Kennedy, Pendleton, Roweth 1987; Mackenzie 1989 (random length).
#pragma once

#include <cmath>
#include <cstdint>

#include <lanes/core/error.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/integrator.hpp>
#include <lanes/markov/molecular_dynamics.hpp>
#include <lanes/markov/update.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

template <class Integrator>
struct HmcTrajectory {
  static constexpr Purpose purpose = Purpose::momentum;

  double step_size = 0.1;     // > 0 and finite; [molecular dynamics time]
  int steps = 10;             // >= 1; on average
  bool fixed_length = false;  // true: exactly `steps` steps

  void check() const {
    require(step_size > 0 && std::isfinite(step_size), "HmcTrajectory: step_size", step_size,
            "> 0 and finite");
    require(steps >= 1, "HmcTrajectory: steps", steps, ">= 1");
  }

  template <class Context, class Theory>
  requires(DifferentiableTheory<Theory, Context> && !DiscreteField<typename Theory::Field>)  //
      void update(Context& context, const Theory& theory, const ChainStep& step,
                  Rows<typename Context::Real> x, Rows<double> action) const {
    typename Context::Scope scope(context);
    const auto delta_h = context.template rows<double>(1);
    const auto accept = context.template rows<typename Context::Real>(1);
    update(context, theory, step, x, action, delta_h, accept);
  }
  /// And sets delta_h, and accept to 1 or 0.
  template <class Context, class Theory>
  void update(Context& context, const Theory& theory, const ChainStep& step,
              Rows<typename Context::Real> x, Rows<double> action, Rows<double> delta_h,
              Rows<typename Context::Real> accept) const {
    const MolecularDynamics<Theory, Integrator> dynamics{theory, step_size, steps_of(step)};
    dynamics.trajectory(context, step.seed, step.number, x, action, delta_h, accept);
  }

 private:
  int steps_of(const ChainStep& step) const {
    if (fixed_length) return steps;
    const auto words = step.stream(purpose).words(std::uint64_t{1} << 39, 0);
    const int half = steps / 2;
    return steps - half + static_cast<int>(uniform_pair<double>(words).first * (2 * half + 1));
  }
};

}  // namespace lanes
