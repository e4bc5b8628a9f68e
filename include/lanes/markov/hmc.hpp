// SPDX-License-Identifier: BSD-3-Clause
//
// HybridMonteCarlo: exact Markov chains of any DifferentiableTheory, the usual baseline.
//
//   H = p^2 / 2 + S(x); a trajectory is `steps` steps of an Integrator from fresh Gaussian momenta,
//   accepted with probability min(1, exp(-dH)).    post: <exp(-dH)> = 1 in equilibrium
//
// Chains are lanes (chains.hpp). All random numbers of chain k are functions of (seed, k,
// trajectory): same bits for any number of threads or chains beside it, and for a run that is cut
// and resumed. Field and force in Precision; actions, kinetic energies and dH in double. Angles are
// wrapped where a trajectory ends.
//
// The length of a trajectory is random (hmc_trajectory.hpp, the Update that this is made of).
// Chains start cold (x = 0): a hot start in a steep potential is where trajectories run away.
//
// Called again with the same seed and options sample_hmc returns the same bits: first_chain =
// next() of the first ensemble makes other chains (ensemble/merged.hpp).
//
// A trajectory whose dH is not finite is rejected and counted as diverged (Ensemble::hmc, with the
// step size and where tuning ended). A start or state whose field, force or action is not finite is
// a std::runtime_error with chain, row and value; so are, in sample_hmc, a thermalisation or sample
// that accepts nothing, and a tuning that does not end at the acceptance asked for. Options out of
// range are std::invalid_argument. Lattice units; step_size in molecular dynamics time.
// Source: hmc_trajectory.hpp, integrator.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/markov/hmc_options.hpp>
#include <lanes/markov/hmc_trajectory.hpp>
#include <lanes/markov/integrator.hpp>
#include <lanes/markov/step_size.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

template <class Theory, class PrecisionPolicy, class IntegratorPolicy, class BackendPolicy>
class HybridMonteCarlo {
  static_assert(lanes::Precision<PrecisionPolicy>,
                "lanes: HybridMonteCarlo<Theory, Precision, Integrator, Backend> and "
                "sample_hmc<Precision, Integrator, Backend>: the Precision is Single or Double, as "
                "in sample_hmc<Double, Leapfrog>(theory); see lanes/core/precision.hpp.");
  static_assert(lanes::Integrator<IntegratorPolicy>,
                "lanes: HybridMonteCarlo<Theory, Precision, Integrator, Backend> and "
                "sample_hmc<Precision, Integrator, Backend>: the Integrator is Leapfrog or "
                "Omelyan; see lanes/markov/integrator.hpp.");
  static_assert(lanes::Backend<BackendPolicy>,
                "lanes: HybridMonteCarlo<Theory, Precision, Integrator, Backend> and "
                "sample_hmc<Precision, Integrator, Backend>: the Backend is Cpu or Thrust.");
  using Precision = detail::PrecisionOr<PrecisionPolicy>;
  using Integrator =
      std::conditional_t<lanes::Integrator<IntegratorPolicy>, IntegratorPolicy, Omelyan>;
  using Backend = detail::BackendOr<BackendPolicy>;
  using Context = typename Backend::template Context<Precision>;
  static_assert(detail::HasFieldAndGeometry<Theory>,
                "lanes: a Theory names its Field and its Geometry; see lanes/theory/theory.hpp.");
  static_assert(!DiscreteField<typename Theory::Field>,
                "lanes: HybridMonteCarlo moves real numbers, not spins: for IsingModel there are "
                "sample_heat_bath and sample_wolff.");
  static_assert((detail::check_density<Theory>(), true));
  static_assert(
      !detail::density_fits<Theory> || DifferentiableTheory<Theory, Context>,
      "lanes: HybridMonteCarlo needs a DifferentiableTheory: give the theory a density or a "
      "force; see lanes/theory/theory.hpp.");

 public:
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  using Real = typename Precision::Real;

  explicit HybridMonteCarlo(const Theory& theory, const HmcOptions& options = {}, Seed seed = {},
                            Backend backend = Backend())
      : theory_(theory),
        options_(detail::checked(options)),
        seed_(seed),
        chains_(options.chains, std::move(backend), options.first_chain),
        step_size_(options.step_size),
        action_(chains_.padded()) {
    chains_.start(seed_, options_.start);
    start_here();
  }

  double step_size() const { return step_size_; }
  std::uint64_t trajectory() const { return trajectory_; }  // number of the next one
  std::uint64_t diverged() const { return diverged_; }      // since this object was made

  /// dH of the last call that ran trajectories, [chains][its trajectories].
  std::span<const double> energy_violations() const { return delta_h_; }

  /// Runs trajectories and keeps nothing; the accepted fraction.
  double thermalise(int trajectories) {
    require(trajectories >= 1, "HybridMonteCarlo: trajectories", trajectories, ">= 1");
    return static_cast<double>(advance(trajectories, [](Context&, std::size_t, int, int) {})) /
           (static_cast<double>(trajectories) * options_.chains);
  }

  /// Runs trajectories in rounds, each with the step size that the rounds before ask for. Not for
  /// production: a chain with a moving step size is not exact. Returns the step size; throws
  /// std::runtime_error where the last rounds have not seen the acceptance asked for.
  double tune_step_size(double acceptance, int trajectories) {
    StepSizeTuner tuner(acceptance, step_size_);
    require(trajectories >= 1, "HybridMonteCarlo: trajectories", trajectories, ">= 1");
    const std::uint64_t diverged_before = diverged_;
    double seen = 0, count = 0;  // in the last quarter
    for (int done = 0; done < trajectories;) {
      // Short rounds while only the direction is known.
      const int round = std::max(trajectories / (tuner.settled() == 0 ? 100 : 20), 1);
      const int share = std::min(round, trajectories - done);
      thermalise(share);
      done += share;
      if (4 * done > 3 * trajectories) {
        const double n = static_cast<double>(delta_h_.size());
        seen += n * StepSizeTuner::acceptance(delta_h_);
        count += n;
      }
      step_size_ = tuner.next(delta_h_);
    }
    tuned_acceptance_ = seen / count;
    const double tolerance = std::fmin(0.1 + 2 / std::sqrt(count), 0.3);
    if (tuner.settled() == 0 || !(std::abs(tuned_acceptance_ - acceptance) < tolerance))
      throw std::runtime_error(
          "lanes: HybridMonteCarlo: tuning to acceptance " + detail::to_text(acceptance) +
          " ended at step_size " + detail::to_text(step_size_) + " with acceptance " +
          detail::to_text(tuned_acceptance_) +
          " (diverged: " + std::to_string(diverged_ - diverged_before) + " of " +
          std::to_string(std::uint64_t(trajectories) * chains_.count()) +
          " trajectories): give it more thermalisation, or another step_size");
    return step_size_;
  }

  /// Runs trajectories and keeps each chain's state after every `interval` of them.
  Ensemble<Field, Geometry, Real> sample(int trajectories, int interval = 1) {
    detail::check_run("HybridMonteCarlo", "trajectories", trajectories, interval);
    auto ensemble = chains_.room(seed_, Purpose::momentum, trajectory_, trajectories, interval);
    ensemble.hmc = {step_size_, tuned_acceptance_, diverged_, 0};
    ensemble.accepted =
        advance(trajectories, [&](Context& context, std::size_t first, int n, int done) {
          if (done % interval == 0)
            chains_.keep(ensemble, done / interval - 1, context, first, n, action(first));
        });
    ensemble.decisions = static_cast<std::uint64_t>(trajectories) * ensemble.chains;
    ensemble.hmc.diverged = diverged_ - ensemble.hmc.thermalisation_diverged;
    return ensemble;
  }

  HmcState<Real> state() { return {chains_.configurations(), trajectory_, step_size_}; }

  /// Goes on from there; all or nothing.
  void set_state(const HmcState<Real>& state) {
    chains_.check("HybridMonteCarlo", state.x);
    require(state.step_size > 0 && std::isfinite(state.step_size), "HybridMonteCarlo: step_size",
            state.step_size, "> 0 and finite");
    const std::vector<Real> before = chains_.configurations();
    const std::uint64_t trajectory_before = std::exchange(trajectory_, state.trajectory);
    try {
      chains_.set(state.x);
      start_here();
    } catch (...) {
      trajectory_ = trajectory_before;
      chains_.set(before);
      start_here();
      throw;
    }
    step_size_ = state.step_size;
  }

 private:
  Rows<double> action(std::size_t first) { return {action_.data() + first}; }

  /// Actions of where the chains stand; refuses a field, force or action that is not finite.
  void start_here() {
    const std::string where =
        trajectory_ > 0 ? " at trajectory " + detail::to_text(trajectory_)
        : options_.start == 0
            ? " at the cold start, field 0: let HmcOptions::start be above 0 (1: hot)"
            : " at the start";
    chains_.for_tiles([&](Context& context, std::size_t first, int n) {
      const auto check = [&](const char* what, auto values, int count) {
        chains_.require_finite("HybridMonteCarlo", what, where, context, first, n, values, count);
      };
      const Rows<Real> x = chains_.field(first), force = context.template rows<Real>(chains_.rows);
      check("field", x, chains_.rows);
      set_force(context, theory_, x, force);
      check("force", force, chains_.rows);
      fill(context, action(first), 1);
      add_action(context, theory_, x, action(first));
      check("action", action(first), 1);
    });
  }

  /// keep(context, first chain, chains, trajectories done) after each trajectory of a tile; returns
  /// how many were accepted.
  template <class Keep>
  std::uint64_t advance(int trajectories, const Keep& keep) {
    const std::size_t n = static_cast<std::size_t>(trajectories);
    const HmcTrajectory<Integrator> trajectory{step_size_, options_.steps, options_.fixed_length};
    delta_h_.assign(chains_.count() * n, 0.0);
    std::vector<std::uint64_t> accepted(chains_.tiles());
    chains_.for_tiles([&](Context& context, std::size_t first, int lanes) {
      const Rows<double> delta_h = context.template rows<double>(1);
      const Rows<Real> accept = context.template rows<Real>(1);
      double* dh = context.template host<double>(static_cast<std::size_t>(lanes));
      Real* taken = context.template host<Real>(static_cast<std::size_t>(lanes));
      std::uint64_t count = 0;
      for (std::size_t t = 0; t < n; ++t) {
        trajectory.update(context, theory_,
                          {seed_, trajectory_ + t, options_.first_chain + first, lanes},
                          chains_.field(first), action(first), delta_h, accept);
        context.store_lanes(delta_h, 1, lanes, dh);
        context.store_lanes(accept, 1, lanes, taken);
        for (std::size_t k = 0; k < static_cast<std::size_t>(lanes); ++k) {
          delta_h_[(first + k) * n + t] = dh[k];
          count += taken[k] > 0;
        }
        keep(context, first, lanes, static_cast<int>(t) + 1);
      }
      accepted[chains_.tile(first)] = count;
    });
    trajectory_ += n;
    for (double dh : delta_h_) diverged_ += !std::isfinite(dh);
    return std::accumulate(accepted.begin(), accepted.end(), std::uint64_t{0});
  }

  Theory theory_;
  HmcOptions options_;
  Seed seed_;
  detail::Chains<Theory, Precision, Backend> chains_;
  double step_size_, tuned_acceptance_ = std::nan("");
  std::uint64_t trajectory_ = 0, diverged_ = 0;
  typename Backend::template Vector<double> action_;  // [tiles][lanes]
  std::vector<double> delta_h_;                       // [chains][trajectories of the last call]
};

/// An ensemble from new chains: thermalised (and tuned, if asked for), then sampled.
template <class Precision = Double, class Integrator = Omelyan, class Backend = DefaultBackend,
          class Theory>
auto sample_hmc(const Theory& theory, const HmcOptions& options = {}, Seed seed = {},
                Backend backend = Backend()) {
  HybridMonteCarlo<Theory, Precision, Integrator, Backend> chains(theory, options, seed,
                                                                  std::move(backend));
  const auto refuse_rest = [&](int trajectories) {
    throw std::runtime_error(
        "lanes: HybridMonteCarlo: none of " +
        std::to_string(std::uint64_t(trajectories) * std::uint64_t(options.chains)) +
        " trajectories was accepted at step_size " + detail::to_text(chains.step_size()) +
        " (diverged: " + std::to_string(chains.diverged()) +
        "): the chains rest; give a smaller step_size, or an acceptance to tune it to");
  };
  if (options.acceptance > 0)
    chains.tune_step_size(options.acceptance, options.thermalisation);
  else if (options.thermalisation > 0 && chains.thermalise(options.thermalisation) == 0)
    refuse_rest(options.thermalisation);
  auto ensemble = chains.sample(options.trajectories, options.interval);
  if (ensemble.accepted == 0) refuse_rest(options.trajectories);
  return ensemble;
}

}  // namespace lanes
