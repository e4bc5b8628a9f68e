// SPDX-License-Identifier: BSD-3-Clause
//
// Sequence: updates one after another, an Update itself.
//
//   Sequence{HmcTrajectory<>{.step_size = 0.2}, WolffClusters{.clusters = 4}}
//
// Each leaves exp(-S) invariant, so all together do; ergodic is their union: clusters, which keep
// every |phi(x)|, become so beside a trajectory. Update i of n at step t takes the random numbers
// of step n t + i: of equal updates, each has its own. Where one of them follows the action, the
// sequence does, and computes it again after the others.
#pragma once

#include <cstdint>
#include <tuple>
#include <utility>

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/markov/update.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

template <class... Updates>
struct Sequence {
  static_assert(sizeof...(Updates) >= 1, "lanes: a Sequence has an Update or more.");
  std::tuple<Updates...> updates;

  Sequence(Updates... each) : updates(std::move(each)...) {}

  void check() const {
    std::apply([](const auto&... one) { (detail::check_settings(one), ...); }, updates);
  }

  template <class Context, class Theory>
  requires(Update<Updates, Theory, Context>&&...)  //
      void update(Context& context, const Theory& theory, const ChainStep& step,
                  Rows<typename Context::Real> x) const {
    each(step, [&](const auto& one, const ChainStep& its) { one.update(context, theory, its, x); });
  }

  template <class Context, class Theory>
  requires((Update<Updates, Theory, Context> && ...) &&
           (ActionUpdate<Updates, Theory, Context> || ...))  //
      void update(Context& context, const Theory& theory, const ChainStep& step,
                  Rows<typename Context::Real> x, Rows<double> action) const {
    each(step, [&](const auto& one, const ChainStep& its) {
      if constexpr (requires { one.update(context, theory, its, x, action); }) {
        one.update(context, theory, its, x, action);
      } else {
        one.update(context, theory, its, x);
        fill(context, action, 1);
        add_action(context, theory, x, action);
      }
    });
  }

 private:
  /// f(update, its step), in order.
  template <class F>
  void each(ChainStep step, const F& f) const {
    step.number *= sizeof...(Updates);
    std::apply([&](const auto&... one) { ((f(one, step), ++step.number), ...); }, updates);
  }
};

}  // namespace lanes
