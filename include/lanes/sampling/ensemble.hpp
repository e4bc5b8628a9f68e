// SPDX-License-Identifier: BSD-3-Clause
//
// Ensemble: configurations x_i ~ p = exp(-S) / Z from exact Markov chains.
//
// Shapes: configurations [n][rows], the rows of one configuration contiguous, in the field's row
// order (a Scalar: [n][sites], sites in C order); action, log_q [n]. R chains of equal length are
// stored one after another: configuration i is number i % (n / R) of chain i / (n / R).
//
// analyse(observable, ensemble) gives its results with errors by gamma_method, chains as replicas.
// Action and log q are double whatever the field's precision. Lattice units.
// Errors: std::invalid_argument for an index that is out of range, and what analysis/ refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <lanes/analysis/analyse.hpp>
#include <lanes/analysis/weight_verdict.hpp>
#include <lanes/core/error.hpp>

namespace lanes {

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

  std::size_t size() const { return action.size(); }
  std::size_t chain_length() const { return size() / chains; }

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

  /// Lengths of the chains, [chains]: the replicas of analysis/.
  std::vector<std::size_t> lengths() const {
    return std::vector<std::size_t>(chains, chain_length());
  }

  /// Room for n configurations, contents zero.
  void resize(std::size_t n, bool with_log_q) {
    configurations.resize(n * rows);
    action.resize(n);
    log_q.resize(with_log_q ? n : 0);
  }
};

/// Results of an observable with errors and tau_int [configurations of a chain].
template <class O, class Field, class Geometry, class Real>
std::vector<Estimate> analyse(const O& observable, const Ensemble<Field, Geometry, Real>& ensemble,
                              const GammaOptions& options = {}) {
  check_field_of_observable<O, Field, Geometry>();
  std::vector<Estimate> results =
      analyse<Geometry>(observable, ensemble.configurations, ensemble.lengths(), options);
  if (ensemble.proposal_log_weights.empty()) return results;
  const Verdict weights = weight_verdict(ensemble.proposal_log_weights);
  for (Estimate& e : results) e.verdict.add(weights);  // what the chain has not met it cannot show
  return results;
}

/// <S> / V.
template <class Field, class Geometry, class Real>
Estimate action_density(const Ensemble<Field, Geometry, Real>& ensemble,
                        const GammaOptions& options = {}) {
  return action_density<Geometry>(ensemble.action, ensemble.lengths(), options);
}

}  // namespace lanes
