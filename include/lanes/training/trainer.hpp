// SPDX-License-Identifier: BSD-3-Clause
//
// Trainer: a sampler, a theory, an estimator and an optimiser, one step at a time. train
// (training/train.hpp) is the loop around it; a checkpoint (io/checkpoint.hpp) is its state.
//
// A step: the gradient of a batch is accumulated (training/gradient.hpp); then the update is worked
// out in the backend's memory, and its report, ln q and S are read: the only moment at which the host
// waits for a device. Step n draws base samples from the stream (seed, base, n). A backend may note what a
// step launches and repeat that (Backend::repeat).
//
// Errors: TrainingError when ln q, S, the gradient or what the optimizer makes of it is not finite,
// in the batch or in an evaluation; nothing has been changed by that step.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/kernels.hpp>
#include <lanes/core/work_key.hpp>
#include <lanes/estimator/annealed.hpp>
#include <lanes/sampler.hpp>
#include <lanes/training/gradient.hpp>
#include <lanes/training/history.hpp>
#include <lanes/training/options.hpp>
#include <lanes/training/state.hpp>
#include <lanes/training/update.hpp>

namespace lanes {

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
    static_assert(
        !Estimator::needs_force || Model::reparameterizable,
        "lanes: this estimator differentiates through the draw of a configuration, and spins that "
        "are drawn one given the others have no derivative: use Reinforce. See "
        "lanes/estimator/estimator.hpp.");
    options_.check();
    sampler_.follow(theory_, progress_of_annealing());
    state_.moments.resize(parameters);
    moments_.reset(moment_count * parameters);
    next_.reset(parameters);
    next_moments_.reset(moment_count * parameters);
    report_.reset(2 * std::size_t(options_.batch) + std::size_t(UpdateReport<Optimizer>::size));
  }

  const State& state() const {
    if (!moments_are_noted_) {
      const auto all = moments_.host();
      for (std::size_t k = 0; k < moment_count; ++k)
        state_.moments.values[k].assign(
            all.begin() + static_cast<std::ptrdiff_t>(k * parameters),
            all.begin() + static_cast<std::ptrdiff_t>((k + 1) * parameters));
      moments_are_noted_ = true;
    }
    return state_;
  }
  void set_state(State state) {
    std::vector<Real> all;
    for (const auto& values : state.moments.values)
      all.insert(all.end(), values.begin(), values.end());
    require(all.size() == moment_count * parameters, "Trainer: numbers in the moments", all.size(),
            "as many as the optimizer remembers of the parameters");
    moments_.assign(all);
    state_ = std::move(state);
    moments_are_noted_ = true;
    sampler_.follow(theory_, progress_of_annealing());
  }
  const Options& options() const { return options_; }
  const Theory& theory() const { return theory_; }
  Sampler& sampler() { return sampler_; }
  bool finished() const { return state_.step >= options_.steps || stopped_early(); }
  bool stopped_early() const {
    return options_.patience > 0 && state_.evaluations_since_best >= options_.patience;
  }

  /// Launches of the last step that the backend has noted and repeats; 0 where it does the work anew.
  std::size_t repeated_launches() const { return recording_.size(); }

  /// One update of the parameters.
  StepRecord step() {
    StepRecord record;
    record.step = state_.step;
    const double factor = options_.schedule.factor(state_.step, options_.steps);
    record.learning_rate = factor * options_.optimizer.learning_rate;
    const std::size_t batch = std::size_t(options_.batch);
    note_step(factor);
    const WorkKey key = key_of_step();
    sampler_.backend().repeat(recording_, key, [&] {
      accumulate_gradient();
      propose_update<Optimizer>(sampler_.backend(), &step_.data()->rule, options_.clip_value,
                                options_.clip_norm, parameters, gradient_.value().data(),
                                sampler_.parameters_in_place().data(),
                                std::as_const(moments_).data(), next_.data(), next_moments_.data(),
                                report_.data() + 2 * batch);
    });
    const std::span<const double> report = std::as_const(report_).host();
    const auto log_q = report.first(batch), action = report.subspan(batch, batch);
    const UpdateReport<Optimizer> update{report.data() + 2 * batch};
    measure_batch(log_q, action, record);
    record.gradient_norm = update.norm();
    if (!std::isfinite(record.gradient_norm) || !std::isfinite(record.loss))
      stop_with_reason(record, log_q, action);
    if (const char* bad = update.not_finite())
      throw TrainingError(stopped() + "the update makes " + bad +
                              " not finite; the norm of the gradient is " +
                              detail::to_text(record.gradient_norm) + unchanged,
                          state_.step, -1, -1);
    const bool evaluation =
        options_.evaluate_every > 0 && (state_.step + 1) % options_.evaluate_every == 0;
    if (evaluation)
      evaluate();
    else
      sampler_.exchange_parameters(next_);
    std::swap(moments_, next_moments_);
    moments_are_noted_ = false;
    state_.history.add(record);
    ++state_.step;
    sampler_.follow(theory_, progress_of_annealing());
    return record;
  }

  /// Back to the parameters of the best evaluation, if there was one.
  void restore_best() {
    if (!state_.best_parameters.empty()) sampler_.set_parameters(state_.best_parameters);
    sampler_.follow(theory_, progress_of_annealing());
  }

  /// The gradient of the present step at the present parameters, in external order (what step would
  /// use, unclipped).
  std::vector<Real> compute_gradient() {
    note_step(options_.schedule.factor(state_.step, options_.steps));
    accumulate_gradient();
    const auto gradient = std::as_const(gradient_.value()).host();
    return {gradient.begin(), gradient.end()};
  }

 private:
  template <class T>
  using Vector = typename Sampler::Backend::template Vector<T>;
  using StepNumbers = detail::StepNumbers<RuleOf<Optimizer, Real>>;
  static constexpr std::size_t parameters = std::size_t(Model::parameters);
  static constexpr std::size_t moment_count = Optimizer::moments.size();

  void note_step(double rate_factor) {
    sampler_.backend().for_each(
        1, SetTo<StepNumbers>{{static_cast<std::uint64_t>(state_.step), progress_of_annealing(),
                               options_.optimizer.template rule<Real>(state_.step, rate_factor)},
                              step_.data()});
  }

  // What a step writes, and of what it reads what others write: asked for at every step, so that a
  // Vector knows that its view on the host is old.
  WorkKey key_of_step() {
    return {{sampler_.parameters_in_place().data(), std::as_const(moments_).data(), next_.data(),
             next_moments_.data(), report_.data(), gradient_.value().data()},
            progress_of_annealing() == 1};
  }

  // Fills gradient_, and report_ with ln q and S of the batch.
  void accumulate_gradient() {
    double* log_q = report_.data();
    double* action = log_q + options_.batch;
    const StepNumbers* now = std::as_const(step_).data();
    const Annealed<Theory> theory{theory_, &now->annealing, progress_of_annealing() == 1};
    const RandomStream stream =
        RandomStream(sampler_.seed(), Purpose::base).with_step_at(&now->step);
    gradient_.accumulate(sampler_, estimator_, theory, stream, options_.batch, log_q, action);
  }

  double progress_of_annealing() const {
    if (options_.annealing_decay > 0)
      return 1 - std::pow(options_.annealing_decay, double(state_.step + 1));
    return state_.step >= options_.annealing_steps
               ? 1.0
               : double(state_.step) / double(options_.annealing_steps);
  }

  // Moves the sampler to the next parameters and measures their ESS, or throws and moves nothing.
  // The samples are proposals far from those that an ensemble is made of.
  void evaluate() {
    constexpr std::uint64_t first = std::uint64_t(1) << 39;
    const std::size_t n = static_cast<std::size_t>(options_.evaluate_samples);
    std::vector<Real> fields(n * std::size_t(Sampler::rows));
    std::vector<double> log_q(n), action(n);
    StepRecord fresh;
    sampler_.exchange_parameters(next_);
    try {
      sampler_.propose(theory_, first, n, fields.data(), log_q.data(), action.data());
      measure_batch(log_q, action, fresh);
      if (!std::isfinite(fresh.loss))
        stop_at_lane("evaluation, ", RandomStream(sampler_.seed(), Purpose::proposal), first, log_q,
                     action);
    } catch (...) {
      sampler_.exchange_parameters(next_);
      throw;
    }
    state_.history.evaluation_step.push_back(double(state_.step + 1));
    state_.history.evaluation_ess.push_back(fresh.ess);
    ++state_.evaluations_since_best;
    if (fresh.ess > state_.best_ess) {
      state_.best_ess = fresh.ess;
      state_.evaluations_since_best = 0;
      state_.best_parameters.assign(sampler_.parameters().begin(), sampler_.parameters().end());
    }
  }

  std::string stopped() const {
    return "lanes: training stopped at step " + std::to_string(state_.step) + ": ";
  }
  static constexpr const char* unchanged = "; the parameters are those before this step";

  [[noreturn]] void stop_with_reason(const StepRecord& record, std::span<const double> log_q,
                                     std::span<const double> action) {
    const RandomStream stream(sampler_.seed(), Purpose::base,
                              static_cast<std::uint64_t>(state_.step));
    stop_at_lane("", stream, 0, log_q, action);
    throw TrainingError(stopped() + "every ln q and S is finite; their mean is " +
                            detail::to_text(record.loss) + " and the norm of the gradient " +
                            detail::to_text(record.gradient_norm) + unchanged,
                        state_.step, -1, -1);
  }

  // Names the first lane that is not finite, and the first layer that made it so; returns if all
  // are finite.
  void stop_at_lane(const char* where, const RandomStream& stream, std::uint64_t first,
                    std::span<const double> log_q, std::span<const double> action) {
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
  mutable State state_;
  mutable bool moments_are_noted_ = true;  // in state_.moments; else they are in moments_ alone
  detail::BatchGradient<Sampler> gradient_;
  Vector<Real> moments_, next_, next_moments_;  // next_...: what an update is about to be
  Vector<double> report_;                       // ln q [batch], S [batch], UpdateReport
  Vector<StepNumbers> step_{1};
  typename Sampler::Backend::Recording recording_;
};

}  // namespace lanes
