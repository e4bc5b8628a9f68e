// SPDX-License-Identifier: BSD-3-Clause
//
// Trainer: a sampler, a theory, an estimator and an optimiser, one step at a time. train (training/train.hpp) is
// the loop around it; a checkpoint (io/checkpoint.hpp) is its state.
//
// A step: every group of 32 lanes is one visit of the estimator on some thread; groups are dealt to a number of parts
// that does not depend on the threads, each with a gradient of its own, and the parts are summed in order: the same
// bits for any number of threads. Step n draws base samples from the stream (seed, base, n).
//
// Errors: TrainingError when ln q, S or the gradient is not finite; nothing has been changed by that step.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
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
    static_assert(!Estimator::needs_force || DifferentiableTheory<Theory, Context>,
                  "lanes: this estimator differentiates the action, so it needs a DifferentiableTheory: a density, or an "
                  "action with a force; Reinforce needs the action only. See lanes/theory/theory.hpp.");
    options_.check();
    state_.moments.resize(std::size_t(Model::parameters));
  }

  const State& state() const { return state_; }
  void set_state(State state) { state_ = std::move(state); }
  const Options& options() const { return options_; }
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
    if (!std::isfinite(record.gradient_norm) || !std::isfinite(record.loss)) stop_with_reason(record);
    const double factor = options_.schedule.factor(state_.step, options_.steps);
    record.learning_rate = factor * options_.optimizer.learning_rate;
    std::vector<Real> parameters(sampler_.parameters().begin(), sampler_.parameters().end());
    options_.optimizer.template update<Real>(state_.moments, state_.step, factor, gradient_, parameters);
    sampler_.set_parameters(parameters);
    ++state_.step;
    state_.history.add(record);
    if (options_.evaluate_every > 0 && state_.step % options_.evaluate_every == 0) evaluate();
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
    const int most = std::clamp(static_cast<int>((std::size_t(64) << 20) / (size * sizeof(Real))), 4, 32);
    const int parts = std::min(groups, most);
    gradients_.resize(std::size_t(parts) * size);
    total_.resize(size);
    log_q_.resize(std::size_t(options_.batch));
    action_.resize(std::size_t(options_.batch));
    const Annealed<Theory> theory{theory_, progress_of_annealing()};
    const RandomStream stream(sampler_.seed(), Purpose::base, static_cast<std::uint64_t>(state_.step));
    sampler_.backend().template run<typename Sampler::Precision>(parts, [&](int part, Context& context) {
      Real* gradient = gradients_.data() + std::size_t(part) * size;
      std::fill(gradient, gradient + size, Real(0));
      for (int g = part * groups / parts; g < (part + 1) * groups / parts; ++g) {
        const std::size_t first = std::size_t(g) * lanes_per_group;
        estimator_.accumulate(Visit<Model, Annealed<Theory>>{
            context, theory, sampler_.prepared(), gradient, stream, first, lanes_per_group, 1.0 / options_.batch,
            log_q_.data() + first, action_.data() + first});
      }
    });
    sampler_.backend().sum_parts(gradients_.data(), parts, size, size, total_.data());
    gradient_.assign(std::size_t(Model::parameters), Real(0));
    Model::collect(total_.data(), gradient_.data());
    return gradient_;
  }

 private:
  double progress_of_annealing() const {
    return state_.step >= options_.annealing_steps ? 1.0 : double(state_.step) / double(options_.annealing_steps);
  }

  // Clips the gradient; returns its norm before that.
  double clip() {
    double square = 0;
    for (Real g : gradient_) square += double(g) * double(g);
    const double norm = std::sqrt(square);
    if (options_.clip_value > 0)
      for (Real& g : gradient_)
        g = std::clamp(g, static_cast<Real>(-options_.clip_value), static_cast<Real>(options_.clip_value));
    if (options_.clip_norm > 0 && norm > options_.clip_norm)
      for (Real& g : gradient_) g *= static_cast<Real>(options_.clip_norm / norm);
    return norm;
  }

  void evaluate() {
    const std::size_t n = static_cast<std::size_t>(options_.evaluate_samples);
    std::vector<Real> fields(n * std::size_t(Sampler::rows));
    std::vector<double> log_q(n), action(n);
    sampler_.propose(theory_, 0, n, fields.data(), log_q.data(), action.data());
    StepRecord fresh;
    measure_batch(log_q, action, fresh);
    state_.history.evaluation_step.push_back(double(state_.step));
    state_.history.evaluation_ess.push_back(fresh.ess);
    ++state_.evaluations_since_best;
    if (fresh.ess > state_.best_ess) {
      state_.best_ess = fresh.ess;
      state_.evaluations_since_best = 0;
      state_.best_parameters.assign(sampler_.parameters().begin(), sampler_.parameters().end());
    }
  }

  // Finds the first lane that is not finite, and the first layer that made it so.
  [[noreturn]] void stop_with_reason(const StepRecord& record) {
    const std::string at = "lanes: training stopped at step " + std::to_string(record.step) + ": ";
    for (std::size_t i = 0; i < log_q_.size(); ++i) {
      if (std::isfinite(log_q_[i]) && std::isfinite(action_[i])) continue;
      const int layer = first_bad_layer(i);
      throw TrainingError(at + "lane " + std::to_string(i) + ": " +
                              (layer >= 0 ? "the output of layer " + std::to_string(layer) + " is not finite"
                                          : "x is finite, ln q is " + detail::to_text(log_q_[i]) + ", S is " +
                                                detail::to_text(action_[i])) +
                              "; the parameters are those before this step",
                          record.step, static_cast<long>(i), layer);
    }
    throw TrainingError(at + "the gradient is not finite though ln q and S are; its norm is " +
                            detail::to_text(record.gradient_norm),
                        record.step, -1, -1);
  }

  int first_bad_layer(std::size_t lane) {
    int layer = -1;
    const RandomStream stream(sampler_.seed(), Purpose::base, static_cast<std::uint64_t>(state_.step));
    sampler_.backend().template for_lanes<typename Sampler::Precision>(lane, 1, [&](Context& context, std::size_t, int) {
      const auto x = context.template rows<Real>(Model::field_rows);
      const auto q = context.template rows<double>(1);
      int count = 0;
      Model::draw(context, sampler_.prepared(), stream, x, q, context.template rows<Real>(Model::tape_rows),
                  [&](int, Rows<Real> now) {
                    std::vector<Real> field(std::size_t(Model::field_rows));
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
  std::vector<Real> gradient_;
  std::vector<double> log_q_, action_;
};

}  // namespace lanes
