// SPDX-License-Identifier: BSD-3-Clause
//
// ReweightedEnsemble: configurations x_i ~ q that carry the weights of another density p,
//
//   <O>_p = sum_i w_i O(x_i) / sum_i w_i,   ln w = -S - ln q,   Z = mean w,
//
// from independent draws or from chains (sampling/importance.hpp makes both), with the errors of
// what is measured on it: of draws by bootstrap, of chains by the Gamma method on the ratio
// (statistics/reweighting.hpp). On as many threads as the backend that made it has, or where the
// last argument says (observable/analyse.hpp).
//
// Shapes: configurations [n][rows]; action, log_q, log_weights [n], double.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/ensemble/chain_range.hpp>
#include <lanes/observable/analyse.hpp>

namespace lanes {

/// An ensemble whose configurations carry weights.
template <class E>
concept WeightedEnsemble = requires(const E& ensemble) {
  ensemble.log_weights.size();
};

template <class FieldPolicy, class GeometryPolicy, class RealType>
struct ReweightedEnsemble {
  using Field = FieldPolicy;
  using Geometry = GeometryPolicy;
  using Real = RealType;
  static constexpr std::size_t rows = static_cast<std::size_t>(Field::template rows<Geometry>);

  std::vector<Real> configurations;  // [n][rows], x ~ q
  std::vector<double> action;        // [n]
  std::vector<double> log_q;         // [n]
  std::vector<double> log_weights;   // [n]
  std::vector<std::size_t> lengths;  // of the chains that were reweighted; empty: independent draws
  std::vector<ChainRange> ranges;    // random numbers it is made of; empty: not known
  int threads = 0;  // that measuring takes: those of the backend; 0: as many as OpenMP offers

  std::size_t size() const { return action.size(); }
  std::span<const Real> configuration(std::size_t i) const {
    require(i < size(), "ReweightedEnsemble: configuration", i, "below size()");
    return {configurations.data() + i * rows, rows};
  }
  /// For `first` of another call: a number that shares nothing with these draws.
  std::uint64_t next() const {
    std::uint64_t end = 0;
    for (const ChainRange& range : ranges) end = std::max(end, range.to());
    return end;
  }
};

/// Results of an observable under p: errors by bootstrap over independent draws, by the Gamma
/// method over chains.
template <class O, class Field, class Geometry, class Real, HasThreads Where = Threads>
std::vector<Estimate> analyse(const O& observable,
                              const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                              Where where = {}) {
  if (ensemble.lengths.empty())
    return analyse(observable, ensemble, BootstrapOptions{}, std::move(where));
  check_field_of_observable<O, Field, Geometry>();
  return analyse_reweighted<Geometry>(observable, ensemble.configurations, ensemble.log_weights,
                                      ensemble.lengths, GammaOptions{},
                                      detail::or_threads(std::move(where), ensemble.threads));
}

/// By bootstrap whatever they are: of chains with a block of several tau_int.
template <class O, class Field, class Geometry, class Real, class Where = Threads>
std::vector<Estimate> analyse(const O& observable,
                              const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                              const BootstrapOptions& options, Where where = {}) {
  check_field_of_observable<O, Field, Geometry>();
  return analyse_reweighted<Geometry>(observable, ensemble.configurations, ensemble.log_weights,
                                      options,
                                      detail::or_threads(std::move(where), ensemble.threads));
}

/// <S> / V under p.
template <class Field, class Geometry, class Real>
Estimate action_density(const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                        BootstrapOptions options) {
  if (options.threads == 0) options.threads = ensemble.threads;
  return action_density_reweighted<Geometry>(ensemble.action, ensemble.log_weights, options);
}

/// <S> / V under p.
template <class Field, class Geometry, class Real>
Estimate action_density(const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  if (ensemble.lengths.empty()) return action_density(ensemble, BootstrapOptions{});
  return action_density_reweighted<Geometry>(ensemble.action, ensemble.log_weights,
                                             ensemble.lengths);
}

/// Of the log weights; where the ensemble is of chains, of F less that of their own action.
template <class Field, class Geometry, class Real>
Estimate free_energy(const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  return ensemble.lengths.empty() ? free_energy(ensemble.log_weights)
                                  : free_energy(ensemble.log_weights, ensemble.lengths);
}

/// The ESS of its weights, of chains with their correlations.
template <class Field, class Geometry, class Real>
EffectiveSampleSize effective_sample_size(
    const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  return ensemble.lengths.empty() ? effective_sample_size(ensemble.log_weights)
                                  : effective_sample_size(ensemble.log_weights, ensemble.lengths);
}

}  // namespace lanes
