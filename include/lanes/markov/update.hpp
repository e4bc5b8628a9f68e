// SPDX-License-Identifier: BSD-3-Clause
//
// Update: what moves chains and leaves the density exp(-S) / Z of a theory invariant: an HMC
// trajectory, a sweep of a heat bath, clusters, or one of your own. A policy with one of
//
//   template <class Context>
//   void update(Context&, const Theory&, const ChainStep&, Rows<Real> x) const
//   void update(Context&, const Theory&, const ChainStep&, Rows<Real> x, Rows<double> action) const
//
// It moves every lane of a context, each a chain of its own: x [rows][lanes]. One of the second
// form (an ActionUpdate) finds S(x) [lanes] in action and leaves it there.
//
//   post: x ~ exp(-S) / Z where it was so before (laws::check_update);  action = S(x)
//
// The theory is an argument, so that one update serves all actions of a path. Random numbers come
// from the ChainStep and from nowhere else: then a chain has the same bits for any number of
// threads or chains beside it. An update that takes numbers of another purpose than Purpose::update
// may say so: static constexpr Purpose purpose. One with settings that can be wrong may have
// void check() const, which throws std::invalid_argument; chains call it when they are made.
// Scratch rows of the context end with the update.
//
// Chains of it: sample_markov (markov_chains.hpp). Several after each other: Sequence
// (sequence.hpp).
#pragma once

#include <cstdint>

#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// Update `number` of chains first .. first + chains - 1, which are the lanes of a context; lanes
/// beyond them are idle, and may be moved or not.
struct ChainStep {
  Seed seed;
  std::uint64_t number = 0, first = 0;
  int chains = 1;

  /// Random numbers of this step; those of a chain are its lane's.
  RandomStream stream(Purpose purpose = Purpose::update) const { return {seed, purpose, number}; }
};

template <class U, class Theory, class Context>
concept ActionUpdate = requires(const U& update, Context& context, const Theory& theory,
                                const ChainStep& step, Rows<typename Context::Real> x,
                                Rows<double> action) {
  update.update(context, theory, step, x, action);
};

template <class U, class Theory, class Context>
concept Update = ActionUpdate<U, Theory, Context> ||
    requires(const U& update, Context& context, const Theory& theory, const ChainStep& step,
             Rows<typename Context::Real> x) {
  update.update(context, theory, step, x);
};

/// An update that looks at its settings.
template <class U>
concept CheckedUpdate = requires(const U& update) {
  update.check();
};

namespace detail {

template <class U>
void check_settings(const U& update) {
  if constexpr (CheckedUpdate<U>) update.check();
}

/// Whose random numbers an update takes.
template <class U>
inline constexpr Purpose purpose_of = Purpose::update;
template <class U>
requires requires { Purpose{U::purpose}; }
inline constexpr Purpose purpose_of<U> = U::purpose;

}  // namespace detail

}  // namespace lanes
