// SPDX-License-Identifier: BSD-3-Clause
//
// Importance sampling: independent draws x_i ~ q of a Proposer with their weights,
//
//   <O>_p = sum_i w_i O(x_i) / sum_i w_i,   ln w = -S - ln q,   Z = mean w.
//
// Unbiased but for O(1 / (N ESS)) of the ratio; ESS, F and F_q: statistics/weights.hpp on
// log_weights. Use independence Metropolis instead where a plain ensemble is wanted.
//
// reweighted(ensemble, theory): the same from chains of another action, such as a heat bath of the
// gauge field for a theory with fermions. Neighbours in a chain are correlated: errors and tau_int
// are then from the Gamma method on the ratio (statistics/reweighting.hpp), with the chains as
// replicas.
//
// Called again with the same seed and options sample_reweighted returns the same bits: first =
// next() of the first ensemble makes other draws (sampling/merged.hpp).
//
// Shapes: configurations [n][rows]; action, log_q, log_weights [n], double. S = +infinity: weight
// zero.
// Errors: std::invalid_argument for no configuration; std::runtime_error for a draw that is not
// finite (proposer.hpp). Source: Nicoli et al. 2007.07115.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/sampling/ensemble.hpp>
#include <lanes/sampling/proposer.hpp>
#include <lanes/sampling/room.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

struct ImportanceOptions {
  std::size_t configurations = 10'000;
  std::uint64_t first = 0;  // number of the first draw: go on where another run ended
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

/// Draws with their weights; all of them are kept.
template <class P, class Theory>
auto sample_reweighted(P& proposer, const Theory& theory, const ImportanceOptions& options = {}) {
  detail::check_proposer<P, Theory>();
  const std::size_t n = options.configurations;
  require(n >= 1, "ImportanceOptions: configurations", n, ">= 1");
  ReweightedEnsemble<typename P::Field, typename P::Geometry, typename P::Real> ensemble;
  detail::make_room(ensemble.configurations, n, ensemble.rows);
  ensemble.action.resize(n);
  ensemble.log_q.resize(n);
  ensemble.log_weights.resize(n);
  proposer.propose(theory, options.first, n, ensemble.configurations.data(), ensemble.log_q.data(),
                   ensemble.action.data());
  ensemble.ranges = {{Seed{proposer.seed()}, Purpose::proposal, options.first, 1, 0, n, 1}};
  for (std::size_t i = 0; i < n; ++i)
    ensemble.log_weights[i] =
        detail::checked_log_weight(options.first + i, ensemble.log_q[i], ensemble.action[i]);
  return ensemble;
}

/// An ensemble of one action with weights for `theory`: ln w = S_of_ensemble - S, log_q = -S_of_ensemble,
/// ln w and with it Z up to a constant.
template <class Backend = DefaultBackend, class Field, class Geometry, class Real, class Theory>
auto reweighted(Ensemble<Field, Geometry, Real> chains, const Theory& theory,
                Backend backend = Backend()) {
  using Precision = std::conditional_t<std::is_same_v<Real, double>, Double, Single>;
  using Context = typename Backend::template Context<Precision>;
  static_assert(std::is_same_v<typename Theory::Field, Field> &&
                    std::is_same_v<typename Theory::Geometry, Geometry>,
                "lanes: reweighted needs a theory of the ensemble's field and geometry.");
  ReweightedEnsemble<Field, Geometry, Real> ensemble;
  constexpr int rows = static_cast<int>(ensemble.rows);
  const std::size_t n = chains.size();
  ensemble.action.resize(n);
  backend.template for_lanes<Precision>(0, n, [&](Context& context, std::size_t first, int lanes) {
    const auto x = context.template rows<Real>(rows);
    const auto s = context.template rows<double>(1);
    context.load_lanes(chains.configurations.data() + first * ensemble.rows, rows, lanes, x);
    fill(context, s, 1);
    add_action(context, theory, x, s);
    context.store_lanes(s, 1, lanes, ensemble.action.data() + first);
  });
  ensemble.lengths = chains.lengths();
  ensemble.configurations = std::move(chains.configurations);
  ensemble.ranges = std::move(chains.ranges);
  for (std::size_t i = 0; i < n; ++i) {
    ensemble.log_q.push_back(-chains.action[i]);
    ensemble.log_weights.push_back(
        detail::checked_log_weight(i, ensemble.log_q[i], ensemble.action[i]));
  }
  return ensemble;
}

/// The log weights alone [configurations], in bounded memory: for an ESS from many draws.
template <class P, class Theory>
std::vector<double> sample_log_weights(P& proposer, const Theory& theory,
                                       const ImportanceOptions& options = {}) {
  detail::check_proposer<P, Theory>();
  const std::size_t n = options.configurations;
  require(n >= 1, "ImportanceOptions: configurations", n, ">= 1");
  const std::size_t block = std::min(n, detail::default_block<P>());
  std::vector<typename P::Real> x(block * detail::rows_of_proposer<P>);
  std::vector<double> log_q(block), action(block), log_weights;
  log_weights.reserve(n);
  for (std::size_t done = 0; done < n; done += block) {
    const std::size_t count = std::min(block, n - done);
    proposer.propose(theory, options.first + done, count, x.data(), log_q.data(), action.data());
    for (std::size_t i = 0; i < count; ++i)
      log_weights.push_back(
          detail::checked_log_weight(options.first + done + i, log_q[i], action[i]));
  }
  return log_weights;
}

/// ln w [n] of an ensemble of the target, through the inverse of the model: for target_side
/// (statistics/mode_collapse.hpp). +infinity where the model does not reach a configuration.
template <class Model, class Field, class Geometry, class Real>
std::vector<double> target_log_weights(Model& model,
                                       const Ensemble<Field, Geometry, Real>& ensemble) {
  std::vector<double> log_weights = model.log_density(ensemble.configurations);
  for (std::size_t i = 0; i < ensemble.size(); ++i)
    log_weights[i] = -ensemble.action[i] - log_weights[i];
  return log_weights;
}

/// Results of an observable under p: errors by bootstrap over independent draws, by the Gamma method
/// over chains.
template <class O, class Field, class Geometry, class Real>
std::vector<Estimate> analyse(const O& observable,
                              const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  check_field_of_observable<O, Field, Geometry>();
  if (ensemble.lengths.empty())
    return analyse_reweighted<Geometry>(observable, ensemble.configurations, ensemble.log_weights);
  return analyse_reweighted<Geometry>(observable, ensemble.configurations, ensemble.log_weights,
                                      ensemble.lengths);
}

/// By bootstrap whatever they are: of chains with a block of several tau_int.
template <class O, class Field, class Geometry, class Real>
std::vector<Estimate> analyse(const O& observable,
                              const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                              const BootstrapOptions& options) {
  check_field_of_observable<O, Field, Geometry>();
  return analyse_reweighted<Geometry>(observable, ensemble.configurations, ensemble.log_weights,
                                      options);
}

/// <S> / V under p.
template <class Field, class Geometry, class Real>
Estimate action_density(const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  if (ensemble.lengths.empty())
    return action_density_reweighted<Geometry>(ensemble.action, ensemble.log_weights);
  return action_density_reweighted<Geometry>(ensemble.action, ensemble.log_weights,
                                             ensemble.lengths);
}

template <class Field, class Geometry, class Real>
Estimate action_density(const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                        const BootstrapOptions& options) {
  return action_density_reweighted<Geometry>(ensemble.action, ensemble.log_weights, options);
}

/// Of the log weights; where the ensemble is of chains, of F less that of their own action.
template <class Field, class Geometry, class Real>
Estimate free_energy(const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  return ensemble.lengths.empty() ? free_energy(ensemble.log_weights)
                                  : free_energy(ensemble.log_weights, ensemble.lengths);
}

template <class Field, class Geometry, class Real>
EffectiveSampleSize effective_sample_size(
    const ReweightedEnsemble<Field, Geometry, Real>& ensemble) {
  return ensemble.lengths.empty() ? effective_sample_size(ensemble.log_weights)
                                  : effective_sample_size(ensemble.log_weights, ensemble.lengths);
}

}  // namespace lanes
