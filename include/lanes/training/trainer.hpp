// SPDX-License-Identifier: BSD-3-Clause
//
// Trainer: what is trained (a sampler, or a Conditional), a theory, an Estimator and an Optimizer,
// one step at a time, with Options and a State, until it is finished(), which end() explains.
// train (training/train.hpp) is the loop around it; a checkpoint (io/checkpoint.hpp) its State.
// A step: the gradient of a batch is accumulated (training/gradient.hpp); the update is worked out
// in the backend's memory, and its report, ln q and S are read: the only moment at which the host
// waits for a device. Step n draws base samples from the stream (seed, base, n). A backend may note
// what a step launches and repeat that (Backend::repeat). A Parametrisation says which numbers are
// trained. Those that are the theory's own (Hierarchical's heat bath) follow the annealed action
// within a step, else the theory itself. options(), state() and history() are as they are.
//
// Errors: TrainingError when ln q, S, the gradient or what the optimizer makes of it is not finite,
// in the batch or in an evaluation; nothing has been changed by that step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/kernels.hpp>
#include <lanes/core/work_key.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/annealed.hpp>
#include <lanes/training/ending.hpp>
#include <lanes/training/evaluation.hpp>
#include <lanes/training/failure.hpp>
#include <lanes/training/gradient.hpp>
#include <lanes/training/history.hpp>
#include <lanes/training/optimizer_step.hpp>
#include <lanes/training/options.hpp>
#include <lanes/training/parametrisation.hpp>
#include <lanes/training/state.hpp>
#include <lanes/training/stopwatch.hpp>

namespace lanes {

template <class EstimatorType, class Trained, class TheoryOf, class OptimizerPolicy,
          class SchedulePolicy>
class Trainer {
  static_assert(detail::estimator_fits<EstimatorType>());

 public:
  using Numbers = typename detail::ParametrisationFor<Trained, TheoryOf>::type;
  using Sampler = typename Numbers::Sampler;
  using Theory = typename Numbers::Theory;
  using Estimator = EstimatorType;
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  using Options = TrainOptions<OptimizerPolicy, SchedulePolicy>;
  using Optimizer = typename Options::Optimizer;
  using State = TrainingState<Real, Optimizer>;

  Trainer(Trained& trained, const TheoryOf& theory, const Options& options,
          Estimator estimator = {})
      : numbers_(trained, theory), options_(options), estimator_(std::move(estimator)) {
    detail::check_estimator<Estimator, Sampler, Theory>();
    static_assert(!given || Numbers::steady,
                  "lanes: training a Conditional draws a coupling at each step, and given "
                  "configurations are of one: use Reinforce, Reparameterization or PathGradient.");
    options_.check();
    if constexpr (!Numbers::steady)
      require(options_.evaluate_every == 0, "train: evaluate_every", options_.evaluate_every,
              "0 for a Conditional: an ESS is of one coupling");
    if constexpr (given)
      require(options_.annealing_steps == 0 && options_.annealing_decay == 0, "train: annealing",
              "set", "none where configurations are given: their loss has no action");
    numbers_.start();
    state_.moments.resize(count());
    moments_.reset(moment_count * count());
    next_.reset(count());
    next_moments_.reset(moment_count * count());
    report_.reset(2 * std::size_t(options_.batch) + std::size_t(OptimizerReport<Optimizer>::size));
  }

  const State& state() const {
    if (!moments_are_noted_) state_.moments.assign(moments_.host());
    moments_are_noted_ = true;
    return state_;
  }
  /// Goes on from there; all or nothing.
  void set_state(State state) {
    require(state.moments.size() == moment_count * count(), "Trainer: numbers in the moments",
            state.moments.size(), "as many as the optimizer remembers of what is trained");
    moments_.assign(state.moments.flat());
    state_ = std::move(state);
    moments_are_noted_ = true;
    last_.clear();
    numbers_.start();
    start_clock();
  }
  /// Seconds count from now on, between steps too, after those of the state.
  void start_clock() { clock_ = {}, seconds_before_ = state_.seconds; }
  const History& history() const { return state_.history; }
  const Options& options() const { return options_; }
  const Theory& theory() const { return numbers_.theory(); }
  Sampler& sampler() { return numbers_.sampler(); }
  Numbers& numbers() { return numbers_; }
  /// Why no step is left, if none is.
  std::optional<TrainingEnd> end() const { return detail::end_of(options_, state_); }
  bool finished() const { return end().has_value(); }
  /// Launches that the backend has noted and repeats; 0 where it does the work anew.
  std::size_t repeated_launches() const { return recording_.size(); }

  /// One update of the parameters.
  StepRecord step() {
    leave_best();
    const Stage stage(*this);
    StepRecord record;
    record.step = state_.step;
    const double factor = options_.schedule.factor(state_.step, options_.steps);
    record.learning_rate = factor * options_.optimizer.learning_rate;
    const std::size_t batch = std::size_t(options_.batch);
    note_step(factor);
    const WorkKey key = key_of_step();
    const auto work = [&] {
      accumulate_gradient();
      propose_step<Optimizer>(backend(), &step_.data()->rule, options_.clip_value,
                              options_.clip_norm, std::size_t(Model::parameters),
                              std::as_const(gradient_.value()).data(), count(),
                              numbers_.gradient(std::as_const(gradient_.value()).data()),
                              numbers_.values().data(), std::as_const(moments_).data(),
                              next_.data(), next_moments_.data(), report_.data() + 2 * batch);
    };
    if constexpr (Numbers::steady)
      backend().repeat(recording_, key, work);
    else
      work();
    const std::span<const double> report = std::as_const(report_).host();
    const auto log_q = report.first(batch), action = report.subspan(batch, batch);
    const OptimizerReport<Optimizer> update{report.data() + 2 * batch};
    if constexpr (given)
      measure_given(log_q, record);
    else
      measure_batch(log_q, action, record);
    record.gradient_norm = update.norm();
    if (!std::isfinite(record.gradient_norm) || !std::isfinite(record.loss))
      detail::stop_with_reason(sampler(), given, record, numbers_.place(), log_q, action);
    if (const char* bad = update.not_finite())
      stop(std::string("the update makes ") + bad + " not finite; the norm of the gradient is " +
           detail::to_text(record.gradient_norm));
    if (options_.evaluate_every > 0 && (state_.step + 1) % options_.evaluate_every == 0)
      evaluate();
    else
      numbers_.exchange(next_);
    std::swap(moments_, next_moments_);
    moments_are_noted_ = false;
    state_.history.add(record);
    ++state_.step;
    record.seconds = clock_.seconds();
    state_.seconds = seconds_before_ + record.seconds;
    return record;
  }

  /// The sampler takes the parameters of the best evaluation, if there was one; another step goes
  /// on from the last ones.
  void restore_best() {
    if (state_.best_parameters.empty() || !last_.empty()) return;
    const std::span<const Real> now = numbers_.values().host();
    last_.assign(now.begin(), now.end());
    numbers_.assign(state_.best_parameters);
  }
  /// Those that the next step goes on from.
  std::span<const Real> parameters_of_training() const {
    return last_.empty() ? numbers_.values().host() : std::span<const Real>(last_);
  }

  /// ESS of the parameters of the best evaluation, on draws that had no part in the choice; NaN of
  /// 0 draws if there was none.
  EffectiveSampleSize measure_best() {
    if (state_.best_parameters.empty()) return detail::no_ess;
    const bool there = !last_.empty();
    const std::size_t n = std::max(detail::draws_of_best, std::size_t(options_.evaluate_samples));
    restore_best();
    const detail::Evaluation fresh(sampler(), theory(),
                                   detail::first_of_best + state_.best_evaluation() * n, n);
    if (!there) leave_best();
    return fresh.finite() ? fresh.ess() : EffectiveSampleSize{NAN, NAN, n, {}};
  }

  /// The gradient of the present step at the present parameters, in external order (what step would
  /// use, unclipped).
  std::vector<Real> compute_gradient() {
    const Stage stage(*this);
    note_step(options_.schedule.factor(state_.step, options_.steps));
    accumulate_gradient();
    const auto gradient = std::as_const(gradient_.value()).host();
    return {gradient.begin(), gradient.end()};
  }

 private:
  template <class T>
  using Vector = typename Sampler::Backend::template Vector<T>;
  static_assert(Parametrisation<Numbers>);
  using StepNumbers = detail::StepNumbers<RuleOf<Optimizer, Real>>;
  static constexpr std::size_t moment_count = Optimizer::moments.size();
  static constexpr bool given = GivenEstimator<Estimator>;

  // While it lives, sampler and theory are those of the present step.
  struct Stage {
    explicit Stage(Trainer& t) : of(t) { of.numbers_.begin(of.state_.step, of.annealing()); }
    ~Stage() { of.numbers_.end(); }
    Trainer& of;
  };
  auto& backend() { return sampler().backend(); }
  std::size_t count() const { return numbers_.values().size(); }
  double annealing() const { return options_.annealing(state_.step); }

  // Back from the best parameters to the last ones, unless the sampler has been given others.
  void leave_best() {
    if (last_.empty()) return;
    const auto now = numbers_.values().host();
    if (std::equal(now.begin(), now.end(), state_.best_parameters.begin())) numbers_.assign(last_);
    last_.clear();
  }

  void note_step(double rate_factor) {
    backend().for_each(
        1, SetTo<StepNumbers>{{static_cast<std::uint64_t>(state_.step), annealing(),
                               options_.optimizer.template rule<Real>(state_.step, rate_factor)},
                              step_.data()});
  }

  // What a step writes, and of what it reads what others write: asked for at every step, so that a
  // Vector knows that its view on the host is old.
  WorkKey key_of_step() {
    return {{numbers_.values().data(), std::as_const(moments_).data(), next_.data(),
             next_moments_.data(), report_.data(), gradient_.value().data()},
            annealing() == 1};
  }

  // Fills gradient_, and report_ with ln q and S of the batch.
  void accumulate_gradient() {
    double* log_q = report_.data();
    double* action = log_q + options_.batch;
    const StepNumbers* now = std::as_const(step_).data();
    const Annealed<Theory> annealed{theory(), &now->annealing, annealing() == 1};
    const RandomStream stream =
        RandomStream(sampler().seed(), Purpose::base).with_step_at(&now->step);
    gradient_.accumulate(sampler(), estimator_, annealed, stream, options_.batch, log_q, action);
  }

  // Moves the sampler to the next parameters and measures their ESS, or throws and moves nothing.
  void evaluate() {
    History& history = state_.history;
    const std::size_t n = std::size_t(options_.evaluate_samples),
                      number = history.evaluation_ess.size();
    const std::uint64_t first = detail::first_of_evaluations + number * n;
    numbers_.exchange(next_);
    EffectiveSampleSize ess;
    try {
      numbers_.end();
      const detail::Evaluation fresh(sampler(), theory(), first, n);
      const RandomStream stream(sampler().seed(), Purpose::proposal);
      const auto bad = detail::find_bad_lane(sampler(), &stream, first, fresh.log_q, fresh.action);
      if (bad.lane >= 0) stop("evaluation, ", bad);
      ess = fresh.ess();
    } catch (...) {
      numbers_.exchange(next_);
      throw;
    }
    history.evaluation_step.push_back(double(state_.step + 1));
    history.evaluation_ess.push_back(ess.value);
    history.evaluation_ess_error.push_back(ess.error);
    ++state_.evaluations_since_best;
    state_.trusted_evaluations = ess.trusted() ? state_.trusted_evaluations + 1 : 0;
    if (number == 0 ||
        history.lower_bound(number) > history.lower_bound(state_.best_evaluation())) {
      state_.evaluations_since_best = 0;
      const std::span<const Real> now = numbers_.values().host();
      state_.best_parameters.assign(now.begin(), now.end());
    }
  }

  [[noreturn]] void stop(const std::string& what, const detail::BadLane& bad = {}) const {
    detail::stop_training(state_.step, numbers_.place(), what, bad);
  }

  Numbers numbers_;
  Options options_;
  Estimator estimator_;
  mutable State state_;
  mutable bool moments_are_noted_ = true;  // in state_.moments; else they are in moments_ alone
  detail::BatchGradient<Sampler> gradient_;
  std::vector<Real> last_;  // where training goes on, while the sampler has the best parameters
  Vector<Real> moments_, next_, next_moments_;  // next_...: what an update is about to be
  Vector<double> report_;                       // ln q [batch], S [batch], OptimizerReport
  Vector<StepNumbers> step_{1};
  typename Sampler::Backend::Recording recording_;
  Stopwatch clock_;
  double seconds_before_ = 0;
};

}  // namespace lanes
