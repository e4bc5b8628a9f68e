// SPDX-License-Identifier: BSD-3-Clause
//
// Ensemble: configurations x_i ~ p = exp(-S) / Z from exact Markov chains.
//
// Shapes: configurations [n][rows], the rows of one configuration contiguous, in the field's row
// order (a Scalar: [n][sites], sites in C order); action, log_q [n]. R chains are stored one after
// another; from one sampler they have equal lengths: configuration i is number i % (n / R) of chain
// i / (n / R). merged (ensemble/merged.hpp) makes one ensemble of several.
//
// analyse(observable, ensemble) gives its results with errors by gamma_method, chains as replicas.
// It takes as many threads as the backend that made the ensemble has, or works where its last
// argument says: a Backend, or Threads{n} (observable/analyse.hpp). The bits are the same.
// Action and log q are double whatever the field's precision. Lattice units.
// Errors: std::invalid_argument for an index that is out of range, and what statistics/ refuses.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/ensemble/chain_range.hpp>
#include <lanes/ensemble/room.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/statistics/weight_verdict.hpp>

namespace lanes {

/// How Hybrid Monte Carlo went; a trajectory whose dH is not finite is diverged, and rejected.
struct HmcReport {
  double step_size = 0;                       // of the sample; 0: no HMC, NaN: several
  double tuned_acceptance = std::nan("");     // where tuning ended; NaN: not tuned
  std::uint64_t thermalisation_diverged = 0;  // trajectories, before the sample
  std::uint64_t diverged = 0;                 // trajectories, in the sample

  /// That of both ensembles.
  void merge(const HmcReport& other) {
    if (step_size != other.step_size) step_size = std::nan("");
    if (tuned_acceptance != other.tuned_acceptance) tuned_acceptance = std::nan("");
    thermalisation_diverged += other.thermalisation_diverged;
    diverged += other.diverged;
  }
};

template <class FieldPolicy, class GeometryPolicy, class RealType>
struct Ensemble {
  using Field = FieldPolicy;
  using Geometry = GeometryPolicy;
  using Real = RealType;
  static constexpr std::size_t rows = static_cast<std::size_t>(Field::template rows<Geometry>);

  std::vector<Real> configurations;          // [n][rows]
  std::vector<double> action;                // [n], S
  std::vector<double> log_q;                 // [n], or empty: not drawn by a model
  std::size_t chains = 1;                    // R
  std::uint64_t accepted = 0;                // of all decisions ...
  std::uint64_t decisions = 0;               // ... accept or reject, burn-in included
  std::vector<double> proposal_log_weights;  // [N], ln w = -S - ln q of every proposal, or empty
  std::vector<ChainRange> ranges;            // random numbers it is made of; empty: not known
  HmcReport hmc;                             // how Hybrid Monte Carlo went
  int threads = 0;  // that measuring takes: those of the backend; 0: as many as OpenMP offers

  std::size_t size() const { return action.size(); }
  /// Of every chain, where lengths are equal.
  std::size_t chain_length() const {
    require(lengths_.empty(), "Ensemble::chain_length: lengths of the chains", "not equal",
            "equal; else see lengths()");
    return size() / chains;
  }

  /// Rows of configuration i, [rows].
  std::span<const Real> configuration(std::size_t i) const {
    require(i < size(), "Ensemble: configuration", i, "below size()");
    return {configurations.data() + i * rows, rows};
  }

  /// NaN where nothing has been decided.
  double acceptance() const {
    return decisions == 0 ? std::numeric_limits<double>::quiet_NaN()
                          : static_cast<double>(accepted) / static_cast<double>(decisions);
  }

  /// Lengths of the chains, [chains]: the replicas of statistics/.
  std::vector<std::size_t> lengths() const {
    return lengths_.empty() ? std::vector<std::size_t>(chains, size() / chains) : lengths_;
  }
  /// Lengths of the chains of what is stored; their sum is size().
  void set_lengths(std::vector<std::size_t> lengths) {
    require(!lengths.empty() &&
                std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}) == size(),
            "Ensemble::set_lengths: configurations", size(), "the sum of the lengths");
    chains = lengths.size();
    lengths_ = std::move(lengths);
    if (std::all_of(lengths_.begin(), lengths_.end(),
                    [&](std::size_t n) { return n == lengths_.front(); }))
      lengths_.clear();
  }

  /// For `first` or `first_chain` of another call: a number that shares nothing with this ensemble.
  std::uint64_t next() const {
    std::uint64_t end = 0;
    for (const ChainRange& range : ranges) end = std::max(end, range.to());
    return end;
  }

  /// Chains of two or more configurations, all of them the same: they may not have moved at all.
  std::size_t stuck_chains() const {
    std::size_t stuck = 0, at = 0;
    for (std::size_t n : lengths()) {
      const auto first = configurations.begin() + static_cast<std::ptrdiff_t>(at * rows);
      const auto end = first + static_cast<std::ptrdiff_t>(n * rows);
      if (n > 1) stuck += std::equal(first + rows, end, first);
      at += n;
    }
    return stuck;
  }

  /// Room for n configurations, contents zero.
  void resize(std::size_t n, bool with_log_q) {
    detail::make_room(configurations, n, rows);
    action.resize(n);
    log_q.resize(with_log_q ? n : 0);
  }

 private:
  std::vector<std::size_t> lengths_;  // [chains]; empty: equal
};

/// Results of an observable with errors and tau_int [configurations of a chain].
template <class O, class Field, class Geometry, class Real, class Where = Threads>
std::vector<Estimate> analyse(const O& observable, const Ensemble<Field, Geometry, Real>& ensemble,
                              const GammaOptions& options = {}, Where where = {}) {
  check_field_of_observable<O, Field, Geometry>();
  std::vector<Estimate> results =
      analyse<Geometry>(observable, ensemble.configurations, ensemble.lengths(), options,
                        detail::or_threads(std::move(where), ensemble.threads));
  if (ensemble.proposal_log_weights.empty()) return results;
  const Verdict weights = weight_verdict(ensemble.proposal_log_weights);
  for (Estimate& e : results) e.verdict.add(weights);  // what the chain has not met it cannot show
  return results;
}

template <class O, class Field, class Geometry, class Real, HasThreads Where>
std::vector<Estimate> analyse(const O& observable, const Ensemble<Field, Geometry, Real>& ensemble,
                              Where where) {
  return analyse(observable, ensemble, GammaOptions{}, std::move(where));
}

/// <S> / V.
template <class Field, class Geometry, class Real>
Estimate action_density(const Ensemble<Field, Geometry, Real>& ensemble,
                        const GammaOptions& options = {}) {
  return action_density<Geometry>(ensemble.action, ensemble.lengths(), options);
}

}  // namespace lanes
