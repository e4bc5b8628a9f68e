// SPDX-License-Identifier: BSD-3-Clause
//
// Trainer: a sampler, a theory, an estimator and an optimiser, one step at a time. train
// (training/train.hpp) is the loop around it; a checkpoint (io/checkpoint.hpp) is its state. A
// step: the gradient of a batch is accumulated (training/gradient.hpp); then the update is worked
// out in the backend's memory, and its report, ln q and S are read: the only moment at which the
// host waits for a device. Step n draws base samples from the stream (seed, base, n). A backend may
// note what a step launches and repeat that (Backend::repeat). Parameters that are the theory's own
// (Hierarchical's heat bath) follow the annealed action within a step, and the theory itself at all
// other times.
//
// Errors: TrainingError when ln q, S, the gradient or what the optimizer makes of it is not finite,
// in the batch or in an evaluation; nothing has been changed by that step.
#pragma once

#include <algorithm>
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
#include <lanes/training/evaluation.hpp>
#include <lanes/training/failure.hpp>
#include <lanes/training/gradient.hpp>
#include <lanes/training/history.hpp>
#include <lanes/training/options.hpp>
#include <lanes/training/state.hpp>
#include <lanes/training/update.hpp>

namespace lanes {

template <class EstimatorType, class SamplerType, class TheoryType, class OptimizerPolicy,
          class SchedulePolicy>
class Trainer {
  static_assert(detail::estimator_fits<EstimatorType>());

 public:
  using Sampler = SamplerType;
  using Theory = TheoryType;
  using Estimator = EstimatorType;
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  using Options = TrainOptions<OptimizerPolicy, SchedulePolicy>;
  using Optimizer = typename Options::Optimizer;
  using State = TrainingState<Real, Optimizer>;

  Trainer(Sampler& sampler, const Theory& theory, const Options& options, Estimator estimator = {})
      : sampler_(sampler), theory_(theory), options_(options), estimator_(std::move(estimator)) {
    detail::check_estimator<Estimator, Sampler, Theory>();
    options_.check();
    if constexpr (given)
      require(options_.annealing_steps == 0 && options_.annealing_decay == 0, "train: annealing",
              "set", "none where configurations are given: their loss has no action");
    sampler_.follow(theory_);
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
    last_.clear();
    sampler_.follow(theory_);
  }
  const Options& options() const { return options_; }
  const Theory& theory() const { return theory_; }
  Sampler& sampler() { return sampler_; }
  bool finished() const { return state_.step >= options_.steps || stopped_early(); }
  bool stopped_early() const {
    return options_.patience > 0 && state_.evaluations_since_best >= options_.patience;
  }

  /// Launches of the last step that the backend has noted and repeats; 0 where it does the work
  /// anew.
  std::size_t repeated_launches() const { return recording_.size(); }

  /// One update of the parameters.
  StepRecord step() {
    leave_best();
    const Following following(*this);
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
    if constexpr (given)
      measure_given(log_q, record);
    else
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
    return record;
  }

  /// The sampler takes the parameters of the best evaluation, if there was one; another step goes
  /// on from the last ones.
  void restore_best() {
    if (state_.best_parameters.empty() || !last_.empty()) return;
    last_.assign(sampler_.parameters().begin(), sampler_.parameters().end());
    sampler_.set_parameters(state_.best_parameters);
  }
  /// Those that the next step goes on from.
  std::span<const Real> parameters_of_training() const {
    return last_.empty() ? sampler_.parameters() : std::span<const Real>(last_);
  }

  /// ESS of the parameters of the best evaluation, on draws that had no part in the choice; NaN of
  /// 0 draws if there was none.
  EffectiveSampleSize measure_best() {
    if (state_.best_parameters.empty()) return detail::no_ess;
    const bool there = !last_.empty();
    const std::size_t n = std::max(detail::draws_of_best, std::size_t(options_.evaluate_samples));
    restore_best();
    const detail::Evaluation fresh(sampler_, theory_,
                                   detail::first_of_best + state_.best_evaluation() * n, n);
    if (!there) leave_best();
    return fresh.finite() ? fresh.ess() : EffectiveSampleSize{NAN, NAN, n, {}};
  }

  /// The gradient of the present step at the present parameters, in external order (what step would
  /// use, unclipped).
  std::vector<Real> compute_gradient() {
    const Following following(*this);
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
  static constexpr bool given = GivenEstimator<Estimator>;

  struct Following {
    explicit Following(Trainer& t) : of(t) { of.sampler_.follow(of.theory_, of.annealing()); }
    ~Following() { of.sampler_.follow(of.theory_); }
    Trainer& of;
  };
  double annealing() const { return options_.annealing(state_.step); }

  // Back from the best parameters to the last ones, unless the sampler has been given others.
  void leave_best() {
    if (last_.empty()) return;
    const auto now = sampler_.parameters();
    if (std::equal(now.begin(), now.end(), state_.best_parameters.begin()))
      sampler_.set_parameters(last_);
    last_.clear();
  }

  void note_step(double rate_factor) {
    sampler_.backend().for_each(
        1, SetTo<StepNumbers>{{static_cast<std::uint64_t>(state_.step), annealing(),
                               options_.optimizer.template rule<Real>(state_.step, rate_factor)},
                              step_.data()});
  }

  // What a step writes, and of what it reads what others write: asked for at every step, so that a
  // Vector knows that its view on the host is old.
  WorkKey key_of_step() {
    return {{sampler_.parameters_in_place().data(), std::as_const(moments_).data(), next_.data(),
             next_moments_.data(), report_.data(), gradient_.value().data()},
            annealing() == 1};
  }

  // Fills gradient_, and report_ with ln q and S of the batch.
  void accumulate_gradient() {
    double* log_q = report_.data();
    double* action = log_q + options_.batch;
    const StepNumbers* now = std::as_const(step_).data();
    const Annealed<Theory> theory{theory_, &now->annealing, annealing() == 1};
    const RandomStream stream =
        RandomStream(sampler_.seed(), Purpose::base).with_step_at(&now->step);
    gradient_.accumulate(sampler_, estimator_, theory, stream, options_.batch, log_q, action);
  }

  // Moves the sampler to the next parameters and measures their ESS, or throws and moves nothing.
  void evaluate() {
    History& history = state_.history;
    const std::size_t n = std::size_t(options_.evaluate_samples),
                      number = history.evaluation_ess.size();
    const std::uint64_t first = detail::first_of_evaluations + number * n;
    sampler_.exchange_parameters(next_);
    EffectiveSampleSize ess;
    try {
      sampler_.follow(theory_);
      const detail::Evaluation fresh(sampler_, theory_, first, n);
      const RandomStream stream(sampler_.seed(), Purpose::proposal);
      stop_at(detail::find_bad_lane(sampler_, &stream, first, fresh.log_q, fresh.action),
              "evaluation, ");
      ess = fresh.ess();
    } catch (...) {
      sampler_.exchange_parameters(next_);
      throw;
    }
    history.evaluation_step.push_back(double(state_.step + 1));
    history.evaluation_ess.push_back(ess.value);
    history.evaluation_ess_error.push_back(ess.error);
    ++state_.evaluations_since_best;
    if (number == 0 ||
        history.lower_bound(number) > history.lower_bound(state_.best_evaluation())) {
      state_.evaluations_since_best = 0;
      state_.best_parameters.assign(sampler_.parameters().begin(), sampler_.parameters().end());
    }
  }

  std::string stopped() const {
    return "lanes: training stopped at step " + std::to_string(state_.step) + ": ";
  }
  static constexpr const char* unchanged = "; the parameters are those before this step";

  void stop_at(const detail::BadLane& bad, const char* where = "") const {
    if (bad.lane >= 0)
      throw TrainingError(
          stopped() + where + "lane " + std::to_string(bad.lane) + ": " + bad.reason + unchanged,
          state_.step, bad.lane, bad.layer);
  }
  [[noreturn]] void stop_with_reason(const StepRecord& record, std::span<const double> log_q,
                                     std::span<const double> action) {
    const RandomStream stream(sampler_.seed(), Purpose::base,
                              static_cast<std::uint64_t>(state_.step));
    stop_at(detail::find_bad_lane(sampler_, given ? nullptr : &stream, 0, log_q, action));
    throw TrainingError(stopped() + "ln q and S of every lane are finite; the loss is " +
                            detail::to_text(record.loss) + " and the norm of the gradient " +
                            detail::to_text(record.gradient_norm) + unchanged,
                        state_.step, -1, -1);
  }

  Sampler& sampler_;
  const Theory theory_;
  Options options_;
  Estimator estimator_;
  mutable State state_;
  mutable bool moments_are_noted_ = true;  // in state_.moments; else they are in moments_ alone
  detail::BatchGradient<Sampler> gradient_;
  std::vector<Real> last_;  // where training goes on, while the sampler has the best parameters
  Vector<Real> moments_, next_, next_moments_;  // next_...: what an update is about to be
  Vector<double> report_;                       // ln q [batch], S [batch], UpdateReport
  Vector<StepNumbers> step_{1};
  typename Sampler::Backend::Recording recording_;
};

}  // namespace lanes
