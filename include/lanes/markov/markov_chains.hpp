// SPDX-License-Identifier: BSD-3-Clause
//
// MarkovChains: exact chains of any theory by any Update (update.hpp), yours too.
//
//   auto ensemble = lanes::sample_markov(theory, MyUpdate{}, {.chains = 64, .updates = 10'000});
//
// Chains are lanes (chains.hpp). The numbers of chain k are functions of (seed, k, update): the
// same bits for any number of threads or chains beside it, and for a run that is cut and resumed.
// The field in Precision, the action in double. The ensemble decides nothing: acceptance() is NaN.
//
// Called again with the same seed and options it returns the same bits: first_chain = next() of the
// first ensemble makes others (ensemble/merged.hpp).
//
// Errors: std::invalid_argument for options, settings of the update and states out of range;
// std::runtime_error for an action that is not finite and, of sample_markov, for real numbers of
// which no chain has moved.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/markov/update.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

/// How chains run.
struct MarkovOptions {
  double start = 0;    // finite, of spins 0 or 1; the base density's times this: 0 cold, 1 hot
  int chains = 32;     // >= 1; a multiple of the SIMD width wastes no lane
  int updates = 1000;  // >= 1, a multiple of interval; of each chain, after thermalisation
  int interval = 1;    // >= 1; updates from one kept configuration to the next
  int thermalisation = 200;       // >= 0; updates of each chain that are thrown away
  std::uint64_t first_chain = 0;  // any; its number: chains of other numbers are independent
};

/// Where the chains stand; with options and seed, all that a resumed run needs.
template <class Real>
struct MarkovState {
  std::vector<Real> x;       // [chains][rows]
  std::uint64_t number = 0;  // of the next update
};

template <class Theory, class UpdatePolicy, class PrecisionPolicy, class BackendPolicy>
class MarkovChains {
  static_assert(lanes::Precision<PrecisionPolicy>,
                "lanes: MarkovChains<Theory, Update, Precision, Backend> and "
                "sample_markov<Precision, Backend>: the Precision is Single or Double; see "
                "lanes/core/precision.hpp.");
  static_assert(lanes::Backend<BackendPolicy>,
                "lanes: MarkovChains<Theory, Update, Precision, Backend> and "
                "sample_markov<Precision, Backend>: the Backend is Cpu, Serial or Thrust.");
  using Precision = detail::PrecisionOr<PrecisionPolicy>;
  using Backend = detail::BackendOr<BackendPolicy>;
  using Context = typename Backend::template Context<Precision>;
  static_assert(lanes::Theory<Theory, Context>,
                "lanes: a Theory has Field, Geometry and a density or an action; see "
                "lanes/theory/theory.hpp.");
  static_assert(lanes::Update<UpdatePolicy, Theory, Context>,
                "lanes: an Update of this theory has update(context, theory, step, x) const or "
                "update(context, theory, step, x, action) const; see lanes/markov/update.hpp.");
  static constexpr bool follows_action = ActionUpdate<UpdatePolicy, Theory, Context>;

 public:
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  using Real = typename Precision::Real;

  MarkovChains(const Theory& theory, const UpdatePolicy& update, const MarkovOptions& options = {},
               Seed seed = {}, Backend backend = Backend(),
               detail::ChainNames names = {"MarkovChains", "updates"})
      : theory_(theory),
        update_(update),
        names_(names),
        first_(options.first_chain),
        seed_(seed),
        chains_(checked(options).chains, std::move(backend), options.first_chain),
        action_(chains_.padded()) {
    detail::check_settings(update_);
    chains_.start(seed_, options.start);
    follow_from_here();
  }

  std::uint64_t number() const { return number_; }  // of the next update

  void thermalise(int updates) { thermalise(updates, update_); }  // keeps nothing
  /// By another update.
  template <class Other>
  void thermalise(int updates, const Other& other) {
    require(updates >= 1, names_.of(names_.updates).c_str(), updates, ">= 1");
    detail::check_settings(other);
    advance(updates, other, [](Context&, std::size_t, int, int) {});
  }

  /// Runs updates and keeps each chain's state after every `interval` of them.
  Ensemble<Field, Geometry, Real> sample(int updates, int interval = 1) {
    detail::check_run(names_.who, names_.updates, updates, interval);
    auto ensemble =
        chains_.room(seed_, detail::purpose_of<UpdatePolicy>, number_, updates, interval);
    advance(updates, update_, [&](Context& context, std::size_t first, int n, int done) {
      if (done % interval != 0) return;
      if constexpr (!follows_action) set_action(context, first);
      chains_.keep(ensemble, done / interval - 1, context, first, n, action(first));
    });
    return ensemble;
  }

  /// Where the chains stand.
  MarkovState<Real> state() { return {chains_.configurations(), number_}; }

  /// Goes on from there; all or nothing.
  void set_state(const MarkovState<Real>& state) {
    chains_.check(names_.who, state.x);
    for (Real value : state.x)
      require(std::isfinite(value), names_.of("a value of the state").c_str(), value, "finite");
    detail::check_values<Field>(std::span<const Real>(state.x));
    chains_.set(state.x);
    number_ = state.number;
    follow_from_here();
  }

 private:
  const MarkovOptions& checked(const MarkovOptions& o) const {
    const std::string who = "MarkovOptions";
    require(std::isfinite(o.start), (who + ": start").c_str(), o.start, "finite");
    if constexpr (DiscreteField<Field>)
      require(o.start == 0 || o.start == 1, (who + ": start of a discrete field").c_str(), o.start,
              "0 (cold) or 1 (hot)");
    detail::check_chains(who, "updates", o.updates, o.interval, o.chains, o.thermalisation);
    return o;
  }

  Rows<double> action(std::size_t first) { return {action_.data() + first}; }
  void set_action(Context& context, std::size_t first) {
    fill(context, action(first), 1);
    add_action(context, theory_, chains_.field(first), action(first));
  }
  void follow_from_here() {
    if constexpr (follows_action)
      chains_.for_tiles([&](Context& context, std::size_t first, int n) {
        set_action(context, first);
        chains_.require_finite(names_.who, "action", " at the start", context, first, n,
                               action(first), 1);
      });
  }

  /// after(context, first chain, chains, updates done) after each update of a tile.
  template <class By, class After>
  void advance(int updates, const By& by, const After& after) {
    constexpr bool follows = ActionUpdate<By, Theory, Context>;
    chains_.for_tiles([&](Context& context, std::size_t first, int chains) {
      const Rows<Real> x = chains_.field(first);
      for (int t = 0; t < updates; ++t) {
        const ChainStep step{seed_, number_ + std::uint64_t(t), first_ + first, chains};
        typename Context::Scope scope(context);
        if constexpr (follows)
          by.update(context, theory_, step, x, action(first));
        else
          by.update(context, theory_, step, x);
        after(context, first, chains, t + 1);
      }
      if constexpr (follows_action && !follows) set_action(context, first);
    });
    number_ += std::uint64_t(updates);
  }

  Theory theory_;
  UpdatePolicy update_;
  detail::ChainNames names_;
  std::uint64_t first_;
  Seed seed_;
  detail::Chains<Theory, Precision, Backend> chains_;
  typename Backend::template Vector<double> action_;  // [tiles][lanes]
  std::uint64_t number_ = 0;
};

namespace detail {

/// Spins of a cold lattice may rest; a real number that is drawn anew never does.
template <class Ensemble>
void refuse_rest(const Ensemble& ensemble, const ChainNames& names, const char* question) {
  if (!DiscreteField<typename Ensemble::Field> && ensemble.chain_length() > 1 &&
      ensemble.stuck_chains() == ensemble.chains)
    throw std::runtime_error(std::string("lanes: ") + names.who + ": no chain has moved in " +
                             std::to_string(ensemble.ranges[0].end - ensemble.ranges[0].begin) +
                             " " + names.updates + ": " + question);
}

}  // namespace detail

/// An ensemble from new chains: thermalised, then sampled.
template <class Precision = Double, class Backend = DefaultBackend, class Theory, class Update>
auto sample_markov(const Theory& theory, const Update& update, const MarkovOptions& options = {},
                   Seed seed = {}, Backend backend = Backend()) {
  MarkovChains<Theory, Update, Precision, Backend> chains(theory, update, options, seed,
                                                          std::move(backend));
  if (options.thermalisation > 0) chains.thermalise(options.thermalisation);
  auto ensemble = chains.sample(options.updates, options.interval);
  detail::refuse_rest(ensemble, {"MarkovChains", "updates"}, "does the Update move the field?");
  return ensemble;
}

}  // namespace lanes
