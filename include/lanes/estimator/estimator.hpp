// SPDX-License-Identifier: BSD-3-Clause
//
// Estimators of the gradient of a loss over the model's parameters. With s = ln q(x) + S(x) per
// lane and B lanes:
//
//   Reinforce           reverse KL, mean of (s - b) grad ln q(x) at fixed x, b the mean of s over
//                       the other lanes of a group of 32 (16 of a batch below 128; leave-one-out,
//                       unbiased); needs S only                 2202.01314, 2308.13294
//   Reparameterization  reverse KL, grad of mean(s) through x = f(z); needs the force
//   PathGradient        the same without the explicit dependence of ln q on the parameters; needs
//                       the force; no variance at q = p         2207.08219, 2403.15881
//   ForwardKL           forward KL, grad of -mean ln q over given configurations of p
//
// An estimator is a struct with
//
//   needs_force, name     whether it differentiates the action; what it is called
//   accumulate(visit)     draws the visit's lanes, adds to its gradient, and notes ln q and S of
//                         each lane
//   given_configurations  true where its lanes are given, not drawn (optional; else false): the
//                         loss is -mean ln q, and no S is noted
//
// A Visit is one or more groups of consecutive lanes handled by one context, which takes them in
// tiles of context.lanes(). The path from sample to gradient of a group is one visit: nothing waits
// for other lanes.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/share.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

/// A training batch is a multiple of it.
inline constexpr int batch_granularity = 32;

/// Lanes of a batch that share a baseline and are one thread's work: a small batch has work for
/// more threads. It does not depend on their number, so that results do not.
constexpr int lanes_per_group(int batch) { return batch < 128 ? 16 : 32; }

template <class E>
concept Estimator = requires {
  bool{E::needs_force};
  E::name;
};

namespace detail {

template <class E>
constexpr bool estimator_fits() {
  static_assert(Estimator<E>,
                "lanes: train<Estimator, Optimizer, Schedule>: the first is an Estimator, such as "
                "Reinforce or PathGradient; see lanes/estimator/estimator.hpp.");
  return true;
}

}  // namespace detail

namespace detail {

/// A theory with an action to train on besides its own, as Annealed.
template <class Theory, class Context>
concept HasTwoActions = requires(const Theory& theory, Context& context,
                                 Rows<typename Context::Real> x, Rows<double> s) {
  theory.actions(context, x, s, s);
};

}  // namespace detail

template <class ModelType, class TheoryType>
struct Visit {
  using Model = ModelType;
  using Theory = TheoryType;
  using Context = typename Model::Context;
  using Real = typename Model::Real;

  Context& context;
  const Theory& theory;
  const Real* weights;         // the model's parameters, prepared
  Real* gradient;              // [Model::gradients], added to
  RandomStream stream;         // base samples of this step
  std::uint64_t first;         // number of the first lane of the visit
  int lanes;                   // number of lanes, a multiple of context.lanes()
  int group;                   // lanes that share a baseline
  double scale;                // 1 / B
  Rows<double> log_q, action;  // [lanes], noted: ln q, and S of the theory itself; a row a tile

  int tiles() const { return lanes / context.lanes(); }

  /// Scratch for a tile: a field and what is differentiated with respect to it, ln q, the action, a
  /// number a lane, and what the model sees, with `tapes` tapes one behind the other.
  class Tile {
    typename Context::Scope scope_;

   public:
    Rows<Real> x, dx, per_lane;  // field, its adjoint, a number a lane
    Rows<double> q, s;
    Share<Real> share;

    /// Takes the scratch rows, of `tapes` tapes.
    explicit Tile(const Visit& visit, int tapes = 1)
        : scope_(visit.context),
          x(visit.context.template rows<Real>(Model::field_rows)),
          dx(visit.context.template rows<Real>(Model::field_rows)),
          per_lane(visit.context.template rows<Real>(1)),
          q(visit.context.template rows<double>(1)),
          s(visit.context.template rows<double>(1)),
          share{visit.weights, visit.gradient,
                visit.context.template rows<Real>(long(tapes) * Model::tape_rows)} {}
  };

  /// Makes tile t current: its lanes are drawn as numbers first + t * width ...
  void enter(int t) const {
    context.set_first_lane(first + std::uint64_t(t) * std::uint64_t(context.lanes()));
  }

  /// Draws x of tile t, computes ln q and the action s to train on, and notes ln q and S.
  void draw(int t, const Tile& tile) const {
    enter(t);
    Model::draw(context, tile.share, stream, tile.x, tile.q);
    copy(context, tile.q, log_q.from(t), 1);
    fill(context, tile.s, 1);
    if constexpr (detail::HasTwoActions<Theory, Context>) {
      theory.actions(context, tile.x, tile.s, action.from(t));
    } else {
      add_action(context, theory, tile.x, tile.s);
      copy(context, tile.s, action.from(t), 1);
    }
  }
  /// Of a tile of given configurations.
  void note(int t, Rows<double> q) const {
    copy(context, q, log_q.from(t), 1);
    fill(context, action.from(t), 1);
  }
};

/// Whose lanes are given, not drawn.
template <class E>
concept GivenEstimator = Estimator<E> && requires {
  requires E::given_configurations;
};

}  // namespace lanes
