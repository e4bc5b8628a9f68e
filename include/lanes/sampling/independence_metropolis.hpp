// SPDX-License-Identifier: BSD-3-Clause
//
// Independence Metropolis: exact samples of p = exp(-S) / Z from draws x' ~ q of a Proposer.
//
//   after x accept x' with probability min(1, w(x') / w(x)),  ln w = -S - ln q  in double;
//   after a rejection x is repeated, with its own ln q and S.
//
// R chains advance in lock-step on disjoint proposals: each draw is for one chain. Its
// uniform deviate is lane k of the stream (seed, Purpose::accept): a function of k only. Draws are
// made in blocks ahead, in parallel, in bounded memory; the decisions are sequential and cost
// nothing beside them.
//
// `first` numbers the draws of new chains: draw k is for chain (k - first) mod R. Called again with
// the same seed and options sample_exact returns the same bits; first = next() of the first
// ensemble makes others, which start anew from their own first draws; with one MetropolisState,
// independence_metropolis goes on with the chains that it holds (ensemble/merged.hpp takes either).
//
// A chain's first draw is its initial state, neither accepted nor rejected; with burn_in = 0 it is
// the first configuration kept. Draws of weight zero (S = +infinity) are always rejected and never
// an initial state: if one is drawn there, all chains wait for the next R draws.
//
// post: a run of n1 and a resumed run of n2 configurations are, chain by chain, the run of n1 + n2,
// bit for bit.
// post: (x, ln q, S) are those of one proposal, always.
// Errors: std::invalid_argument for options out of range or a state of other chains;
// std::runtime_error for a proposal that is not finite (proposer.hpp) or 1000 R draws without a
// state to start from. The state is then what it was before.
// Source: Tierney 1994; Albergo et al. 1904.12072.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/core/random.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/sampling/proposer.hpp>

namespace lanes {

/// How chains of independence Metropolis run.
struct MetropolisOptions {
  std::size_t configurations = 10'000;  // >= 1, a multiple of chains; kept, of all chains together
  std::size_t chains = 1;               // >= 1; they advance in lock-step on disjoint proposals
  std::size_t thinning = 1;  // >= 1; updates of a chain from one kept configuration to the next
  std::size_t burn_in = 0;   // any; updates of a new chain before the first kept one
  std::size_t block = 0;     // any, 0: about 32 MiB of them; proposals drawn ahead, changes no bit
  std::uint64_t first = 0;   // any; number of the first proposal of new chains
};

/// Where the chains stand; with the proposer's seed, all that a resumed run needs.
template <class Real>
struct MetropolisState {
  std::vector<Real> x;          // [chains][rows]
  std::vector<double> log_q;    // [chains]
  std::vector<double> action;   // [chains]; +infinity: not started
  std::uint64_t proposals = 0;  // the number of the next one
  std::uint64_t first = 0;      // the number of the first one: where these chains started
  std::uint64_t accepted = 0;
  std::uint64_t decisions = 0;

  /// Whether every chain has an initial state.
  bool started() const {
    for (double s : action)
      if (!std::isfinite(s)) return false;
    return !action.empty();
  }
};

namespace detail {

inline void check_options(const MetropolisOptions& o) {
  require(o.chains >= 1, "MetropolisOptions: chains", o.chains, ">= 1");
  require(o.configurations >= 1 && o.configurations % o.chains == 0,
          "MetropolisOptions: configurations", o.configurations, "a multiple of chains, >= 1");
  require(o.thinning >= 1, "MetropolisOptions: thinning", o.thinning, ">= 1");
}

/// One decision of one chain.
template <class Real>
void offer(MetropolisState<Real>& state, std::size_t chain, bool starting, Seed seed, const Real* x,
           std::size_t rows, double log_q, double action) {
  double& here_log_q = state.log_q[chain];
  double& here_action = state.action[chain];
  const std::uint64_t number = state.proposals + chain;
  const double log_weight = checked_log_weight(number, log_q, action);
  bool take = false;
  if (starting) {
    take = std::isinf(here_action) && !std::isinf(action);
  } else {
    const double gain = log_weight + here_action + here_log_q;
    const RandomStream stream(seed, Purpose::accept);
    take = gain >= 0 || uniform_pair<double>(stream.words(number, 0)).first < std::exp(gain);
    ++state.decisions;
    state.accepted += take;
  }
  if (!take) return;
  std::copy(x, x + rows, state.x.begin() + static_cast<std::ptrdiff_t>(chain * rows));
  here_log_q = log_q;
  here_action = action;
}

}  // namespace detail

/// A new chain where the state is fresh, else the chains that it holds go on (without burn-in).
template <class P, class Theory>
auto independence_metropolis(P& proposer, const Theory& theory, const MetropolisOptions& options,
                             MetropolisState<typename P::Real>& state) {
  detail::check_proposer<P, Theory>();
  detail::check_options(options);
  using Real = typename P::Real;
  constexpr std::size_t rows = detail::rows_of_proposer<P>;
  const std::size_t chains = options.chains, length = options.configurations / chains;
  const Seed seed{proposer.seed()};

  const bool fresh = state.action.empty();
  MetropolisState<Real> next = state;
  if (fresh) {
    next.first = next.proposals = options.first;
    next.x.assign(chains * rows, Real(0));
    next.log_q.assign(chains, 0.0);
    next.action.assign(chains, std::numeric_limits<double>::infinity());
  }
  require(
      next.action.size() == chains && next.log_q.size() == chains && next.x.size() == chains * rows,
      "independence_metropolis: chains of the state", next.action.size(), "the options' chains");
  bool starting = !next.started();
  require(fresh || !starting, "independence_metropolis: action in the state", "not finite",
          "finite");

  Ensemble<typename P::Field, typename P::Geometry, Real> ensemble;
  ensemble.resize(options.configurations, true);
  ensemble.chains = chains;
  ensemble.threads = detail::threads_of(proposer);

  // A round is one proposal for every chain.
  std::size_t until_kept = fresh ? options.burn_in : options.thinning, kept = 0;
  std::size_t rounds = until_kept + (length - 1) * options.thinning + (fresh ? 1 : 0);
  ensemble.proposal_log_weights.reserve(rounds * chains);
  const std::size_t block = options.block > 0 ? options.block : detail::default_block<P>();
  const std::size_t ahead = std::min(rounds, std::max(block / chains, std::size_t{1}));
  std::vector<Real> x(ahead * chains * rows);  // [ahead][chains][rows]
  std::vector<double> log_q(ahead * chains), action(ahead * chains);

  while (rounds > 0) {
    const std::size_t drawn = std::min(rounds, ahead);
    proposer.propose(theory, next.proposals, drawn * chains, x.data(), log_q.data(), action.data());
    for (std::size_t round = 0; round < drawn; ++round) {
      for (std::size_t c = 0; c < chains; ++c) {
        const std::size_t i = round * chains + c;
        detail::offer(next, c, starting, seed, x.data() + i * rows, rows, log_q[i], action[i]);
        ensemble.proposal_log_weights.push_back(-action[i] - log_q[i]);
      }
      next.proposals += chains;
      if (starting) {
        starting = !next.started();
        if (starting && next.proposals - next.first >= 1000 * chains)
          throw std::runtime_error(
              "lanes: independence_metropolis: no finite action to start from in " +
              std::to_string(next.proposals - next.first) + " proposals");
        if (starting) continue;
      } else {
        --until_kept;
      }
      --rounds;
      if (until_kept > 0) continue;
      until_kept = options.thinning;
      for (std::size_t c = 0; c < chains; ++c) {
        const std::size_t to = c * length + kept;
        std::copy_n(next.x.data() + c * rows, rows, ensemble.configurations.data() + to * rows);
        ensemble.action[to] = next.action[c];
        ensemble.log_q[to] = next.log_q[c];
      }
      ++kept;
    }
  }
  ensemble.ranges = {{seed, Purpose::proposal, next.first, chains,
                      fresh ? 0 : (state.proposals - next.first) / chains,
                      (next.proposals - next.first) / chains, options.thinning}};
  ensemble.accepted = next.accepted - state.accepted;
  ensemble.decisions = next.decisions - state.decisions;
  state = std::move(next);
  return ensemble;
}

/// Options of sample_exact.
using ExactOptions = MetropolisOptions;

/// An exact ensemble of the theory from a new chain; ESS, F and F_q come with it
/// (proposal_log_weights).
template <class P, class Theory>
auto sample_exact(P& proposer, const Theory& theory, const ExactOptions& options = {}) {
  MetropolisState<typename P::Real> state;
  return independence_metropolis(proposer, theory, options, state);
}

}  // namespace lanes
