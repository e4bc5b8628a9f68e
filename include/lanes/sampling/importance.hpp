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
// next() of the first ensemble makes other draws (ensemble/merged.hpp).
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
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/ensemble/reweighted_ensemble.hpp>
#include <lanes/ensemble/room.hpp>
#include <lanes/sampling/proposer.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

/// How many draws, and which.
struct ImportanceOptions {
  std::size_t configurations = 10'000;  // >= 1; draws
  std::uint64_t first = 0;  // any; number of the first draw: go on where another run ended
};

/// Draws with their weights; all of them are kept.
template <class P, class Theory>
auto sample_reweighted(P& proposer, const Theory& theory, const ImportanceOptions& options = {}) {
  detail::check_proposer<P, Theory>();
  const std::size_t n = options.configurations;
  require(n >= 1, "ImportanceOptions: configurations", n, ">= 1");
  ReweightedEnsemble<typename P::Field, typename P::Geometry, typename P::Real> ensemble;
  ensemble.threads = detail::threads_of(proposer);
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

/// An ensemble of one action with weights for `theory`: ln w = S_of_ensemble - S, log_q =
/// -S_of_ensemble, ln w and with it Z up to a constant.
template <class Backend, class Field, class Geometry, class Real, class Theory>
auto reweighted(Ensemble<Field, Geometry, Real> chains, const Theory& theory, Backend backend) {
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
  ensemble.threads = backend.threads();
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

/// On as many threads as the backend of the chains has.
template <class Backend = DefaultBackend, class Field, class Geometry, class Real, class Theory>
auto reweighted(Ensemble<Field, Geometry, Real> chains, const Theory& theory) {
  const Threads threads{chains.threads};
  return reweighted(std::move(chains), theory, backend_with<Backend>(threads));
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

}  // namespace lanes
