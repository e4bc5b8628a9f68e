// SPDX-License-Identifier: BSD-3-Clause
//
// Trainer: a sampler, a theory, an estimator and an optimiser, one step at a time. train (training/train.hpp) is
// the loop around it; a checkpoint (io/checkpoint.hpp) is its state.
//
// A step: every group of 32 lanes is one visit of the estimator on some thread; groups are dealt to a number of parts
// that does not depend on the threads, each with a gradient of its own, and the parts are summed in order: the same
// bits for any number of threads. Step n draws base samples from the stream (seed, base, n).
//
// Errors: TrainingError when ln q, S, the gradient or what the optimizer makes of it is not finite, in the batch or in
// an evaluation; nothing has been changed by that step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/estimator/annealed.hpp>
#include <lanes/sampler.hpp>
#include <lanes/training/history.hpp>
#include <lanes/training/options.hpp>

namespace lanes {

/// Training met a number that is not finite. layer: the first layer whose output is not finite, counted from 0;
/// -1 where x is finite and the action is not.
struct TrainingError : std::runtime_error {
  TrainingError(const std::string& what, long at_step, long at_lane, int at_layer)
      : std::runtime_error(what), step(at_step), lane(at_lane), layer(at_layer) {}
  long step, lane;
  int layer;
};

/// All that a training run remembers besides the parameters.
template <class Real, class Optimizer>
struct TrainingState {
  long step = 0;
  typename Optimizer::template State<Real> moments;
  History history;
  double best_ess = -1;
  std::vector<Real> best_parameters;
  long evaluations_since_best = 0;
};

template <class EstimatorType, class SamplerType, class TheoryType, class Optimizer, class Schedule>
class Trainer {
 public:
  using Sampler = SamplerType;
  using Theory = TheoryType;
  using Estimator = EstimatorType;
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  using Options = TrainOptions<Optimizer, Schedule>;
  using State = TrainingState<Real, Optimizer>;

  Trainer(Sampler& sampler, const Theory& theory, const Options& options, Estimator estimator = {})
      : sampler_(sampler), theory_(theory), options_(options), estimator_(std::move(estimator)) {
    Sampler::template check_theory<Theory>();
    static_assert(
        !Estimator::needs_force || DifferentiableTheory<Theory, Context>,
        "lanes: this estimator differentiates the action, so it needs a DifferentiableTheory: a "
        "density, or an "
        "action with a force; Reinforce needs the action only. See lanes/theory/theory.hpp.");
    options_.check();
    state_.moments.resize(std::size_t(Model::parameters));
  }

  const State& state() const { return state_; }
  void set_state(State state) { state_ = std::move(state); }
  const Options& options() const { return options_; }
  const Theory& theory() const { return theory_; }
  Sampler& sampler() { return sampler_; }
  bool finished() const { return state_.step >= options_.steps || stopped_early(); }
  bool stopped_early() const {
    return options_.patience > 0 && state_.evaluations_since_best >= options_.patience;
  }

  /// One update of the parameters.
  StepRecord step() {
    StepRecord record;
    record.step = state_.step;
    compute_gradient();
    measure_batch(log_q_, action_, record);
    record.gradient_norm = clip();
    if (!std::isfinite(record.gradient_norm) || !std::isfinite(record.loss))
      stop_with_reason(record);
    const double factor = options_.schedule.factor(state_.step, options_.steps);
    record.learning_rate = factor * options_.optimizer.learning_rate;
    next_.assign(sampler_.parameters().begin(), sampler_.parameters().end());
    next_moments_ = state_.moments;
    options_.optimizer.template update<Real>(next_moments_, state_.step, factor, gradient_, next_);
    require_finite_update();
    const bool evaluation =
        options_.evaluate_every > 0 && (state_.step + 1) % options_.evaluate_every == 0;
    if (evaluation)
      evaluate();
    else
      sampler_.set_parameters(next_);
    std::swap(state_.moments, next_moments_);
    state_.history.add(record);
    ++state_.step;
    return record;
  }

  /// Back to the parameters of the best evaluation, if there was one.
  void restore_best() {
    if (!state_.best_parameters.empty()) sampler_.set_parameters(state_.best_parameters);
  }

  /// The gradient of the present step at the present parameters, in external order (what step would use, unclipped).
  const std::vector<Real>& compute_gradient() {
    const int groups = options_.batch / lanes_per_group;
    constexpr std::size_t size = std::size_t(Model::gradients);
    const int most =
        std::clamp(static_cast<int>((std::size_t(64) << 20) / (size * sizeof(Real))), 4, 32);
    const int parts = std::min(groups, most);
    gradients_.resize(std::size_t(parts) * size);
    total_.resize(size);
    log_q_.resize(std::size_t(options_.batch));
    action_.resize(std::size_t(options_.batch));
    const Annealed<Theory> theory{theory_, progress_of_annealing()};
    const RandomStream stream(sampler_.seed(), Purpose::base,
                              static_cast<std::uint64_t>(state_.step));
    sampler_.backend().template run<typename Sampler::Precision>(
        parts, [&](int part, Context& context) {
          Real* gradient = gradients_.data() + std::size_t(part) * size;
          std::fill(gradient, gradient + size, Real(0));
          for (int g = part * groups / parts; g < (part + 1) * groups / parts; ++g) {
            const std::size_t first = std::size_t(g) * lanes_per_group;
            estimator_.accumulate(Visit<Model, Annealed<Theory>>{
                context, theory, sampler_.prepared(), gradient, stream, first, lanes_per_group,
                1.0 / options_.batch, log_q_.data() + first, action_.data() + first});
          }
        });
    sampler_.backend().sum_parts(gradients_.data(), parts, size, size, total_.data());
    gradient_.assign(std::size_t(Model::parameters), Real(0));
    Model::collect(total_.data(), gradient_.data());
    return gradient_;
  }

 private:
  double progress_of_annealing() const {
    return state_.step >= options_.annealing_steps
               ? 1.0
               : double(state_.step) / double(options_.annealing_steps);
  }

  double gradient_norm() const {
    double square = 0;
    for (Real g : gradient_) square += double(g) * double(g);
    return std::sqrt(square);
  }

  // Clips the gradient, by value, then by norm; returns its norm before that.
  double clip() {
    const double norm = gradient_norm();
    const Real most = static_cast<Real>(options_.clip_value);
    if (options_.clip_value > 0)
      for (Real& g : gradient_) g = std::clamp(g, -most, most);
    if (options_.clip_norm > 0) {
      const double left = options_.clip_value > 0 ? gradient_norm() : norm;
      if (left > options_.clip_norm)
        for (Real& g : gradient_) g *= static_cast<Real>(options_.clip_norm / left);
    }
    return norm;
  }

  // Moves the sampler to the next parameters and measures their ESS, or throws and moves nothing. The samples are
  // proposals far from those that an ensemble is made of.
  void evaluate() {
    constexpr std::uint64_t first = std::uint64_t(1) << 39;
    const std::size_t n = static_cast<std::size_t>(options_.evaluate_samples);
    const std::vector<Real> before(sampler_.parameters().begin(), sampler_.parameters().end());
    std::vector<Real> fields(n * std::size_t(Sampler::rows));
    std::vector<double> log_q(n), action(n);
    StepRecord fresh;
    try {
      sampler_.set_parameters(next_);
      sampler_.propose(theory_, first, n, fields.data(), log_q.data(), action.data());
      measure_batch(log_q, action, fresh);
      if (!std::isfinite(fresh.loss))
        stop_at_lane("evaluation, ", RandomStream(sampler_.seed(), Purpose::proposal), first, log_q,
                     action);
    } catch (...) {
      sampler_.set_parameters(before);
      throw;
    }
    state_.history.evaluation_step.push_back(double(state_.step + 1));
    state_.history.evaluation_ess.push_back(fresh.ess);
    ++state_.evaluations_since_best;
    if (fresh.ess > state_.best_ess) {
      state_.best_ess = fresh.ess;
      state_.evaluations_since_best = 0;
      state_.best_parameters = next_;
    }
  }

  std::string stopped() const {
    return "lanes: training stopped at step " + std::to_string(state_.step) + ": ";
  }
  static constexpr const char* unchanged = "; the parameters are those before this step";

  [[noreturn]] void stop_with_reason(const StepRecord& record) {
    const RandomStream stream(sampler_.seed(), Purpose::base,
                              static_cast<std::uint64_t>(state_.step));
    stop_at_lane("", stream, 0, log_q_, action_);
    throw TrainingError(stopped() + "every ln q and S is finite; their mean is " +
                            detail::to_text(record.loss) + " and the norm of the gradient " +
                            detail::to_text(record.gradient_norm) + unchanged,
                        state_.step, -1, -1);
  }

  // Names the first lane that is not finite, and the first layer that made it so; returns if all are finite.
  void stop_at_lane(const char* where, const RandomStream& stream, std::uint64_t first,
                    const std::vector<double>& log_q, const std::vector<double>& action) {
    for (std::size_t i = 0; i < log_q.size(); ++i) {
      if (std::isfinite(log_q[i]) && std::isfinite(action[i])) continue;
      const int layer = first_bad_layer(stream, first + i);
      throw TrainingError(
          stopped() + where + "lane " + std::to_string(i) + ": " +
              (layer >= 0 ? "the output of layer " + std::to_string(layer) + " is not finite"
                          : "x is finite, ln q is " + detail::to_text(log_q[i]) + ", S is " +
                                detail::to_text(action[i])) +
              unchanged,
          state_.step, static_cast<long>(i), layer);
    }
  }

  // A gradient may be finite and its square or its step too large for Real.
  void require_finite_update() {
    const auto finite = [](const std::vector<Real>& values) {
      bool all = true;
      for (Real v : values) all &= std::isfinite(v);
      return all;
    };
    const char* bad = finite(next_) ? nullptr : "the parameters";
    for (const auto& [name, values] : next_moments_.vectors())
      if (!bad && !finite(*values)) bad = name;
    if (bad)
      throw TrainingError(stopped() + "the update makes " + bad +
                              " not finite; the norm of the gradient is " +
                              detail::to_text(gradient_norm()) + unchanged,
                          state_.step, -1, -1);
  }

  int first_bad_layer(const RandomStream& stream, std::uint64_t lane) {
    int layer = -1;
    sampler_.backend().template for_lanes<typename Sampler::Precision>(
        lane, 1, [&](Context& context, std::size_t, int) {
          const auto x = context.template rows<Real>(Model::field_rows);
          const auto q = context.template rows<double>(1);
          int count = 0;
          Model::draw(context, sampler_.prepared(), stream, x, q,
                      context.template rows<Real>(Model::tape_rows), [&](int, Rows<Real> now) {
                        std::vector<Real> field(static_cast<std::size_t>(Model::field_rows));
                        context.store_lanes(now, Model::field_rows, 1, field.data());
                        for (Real v : field)
                          if (!std::isfinite(v) && layer < 0) layer = count;
                        ++count;
                      });
        });
    return layer;
  }

  Sampler& sampler_;
  const Theory theory_;
  Options options_;
  Estimator estimator_;
  State state_;
  AlignedVector<Real> gradients_, total_;
  std::vector<Real> gradient_, next_;  // next_, next_moments_: what an update is about to be
  typename Optimizer::template State<Real> next_moments_;
  std::vector<double> log_q_, action_;
};

}  // namespace lanes
