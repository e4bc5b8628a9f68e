// SPDX-License-Identifier: BSD-3-Clause
//
// One step of the training of a model for a range of a coupling (training/conditional.hpp): a batch
// at a coupling drawn for it, and the optimizer's rule for every coefficient with the gradient
// tau^k g, g clipped as in training/update.hpp. A step that fails changes nothing.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/core/random.hpp>
#include <lanes/estimator/estimator.hpp>
#include <lanes/training/failure.hpp>
#include <lanes/training/gradient.hpp>
#include <lanes/training/history.hpp>
#include <lanes/training/options.hpp>
#include <lanes/training/update.hpp>

namespace lanes::detail {

/// What run (training/train.hpp) needs of a training: a step, and how far it is.
template <class Estimator, class Model, class TheoryAt, class OptimizerPolicy, class SchedulePolicy>
class ConditionalTrainer {
  static_assert(estimator_fits<Estimator>());
  using Options = TrainOptions<OptimizerPolicy, SchedulePolicy>;
  using Optimizer = typename Options::Optimizer;
  using Sampler = typename Model::Sampler;
  using Real = typename Sampler::Real;
  using Theory = std::remove_cvref_t<std::invoke_result_t<const TheoryAt&, double>>;
  static constexpr std::size_t moments = Optimizer::moments.size();

 public:
  struct State {
    long step = 0;
    History history;
  };

  ConditionalTrainer(Model& model, const TheoryAt& theory_at, const Options& options,
                     Estimator estimator)
      : model_(model),
        theory_at_(theory_at),
        options_(options),
        estimator_(std::move(estimator)),
        seed_(model.at(model.lowest()).seed()),
        remembered_(model.coefficients().size() * moments) {
    check_estimator<Estimator, Sampler, Theory>();
    static_assert(
        !GivenEstimator<Estimator>,
        "lanes: train_conditional draws a coupling at each step, and given configurations "
        "are of one: use Reinforce, Reparameterization or PathGradient.");
    options_.check();
    require(options_.annealing_steps == 0, "train_conditional: annealing_steps",
            options_.annealing_steps, "0");
    require(options_.annealing_decay == 0, "train_conditional: annealing_decay",
            options_.annealing_decay, "0");
    require(options_.evaluate_every == 0, "train_conditional: evaluate_every",
            options_.evaluate_every, "0");
    report_.reset(2 * std::size_t(options_.batch));
    model_.follow(theory_at_);
  }

  const State& state() const { return state_; }
  const Options& options() const { return options_; }
  bool finished() const { return state_.step >= options_.steps; }
  /// Of the last step.
  double coupling() const { return coupling_; }

  StepRecord step() {
    const auto number = static_cast<std::uint64_t>(state_.step);
    const auto words = RandomStream(seed_, Purpose::coupling, number).words(0, 0);
    const double u = uniform_pair<double>(words).first;
    coupling_ = model_.lowest() + u * (model_.highest() - model_.lowest());
    const Theory theory = theory_at_(coupling_);
    Sampler& sampler = model_.at(coupling_);
    sampler.follow(theory);
    const std::size_t batch = std::size_t(options_.batch);
    const RandomStream stream(seed_, Purpose::base, number);
    gradient_.accumulate(sampler, estimator_, theory, stream, options_.batch, report_.data(),
                         report_.data() + batch);
    const auto values = std::as_const(report_).host();
    const auto log_q = values.first(batch), action = values.subspan(batch, batch);
    StepRecord record;
    record.step = state_.step;
    measure_batch(log_q, action, record);
    update(record, std::as_const(gradient_.value()).host(),
           [&] { return find_bad_lane(sampler, &stream, 0, log_q, action); });
    state_.history.add(record);
    ++state_.step;
    return record;
  }

 private:
  // The rule of the optimizer for every coefficient: g clipped, times tau^k.
  template <class Find>
  void update(StepRecord& record, std::span<const Real> g, const Find& bad_lane) {
    const Real most = static_cast<Real>(options_.clip_value);
    double square = 0, clipped = 0;
    for (Real v : g) {
      square += double(v) * double(v);
      clipped += double(clamped(v, most)) * double(clamped(v, most));
    }
    record.gradient_norm = std::sqrt(square);
    if (!std::isfinite(record.loss) || !std::isfinite(record.gradient_norm)) stop(bad_lane());
    const double factor = options_.schedule.factor(state_.step, options_.steps);
    record.learning_rate = factor * options_.optimizer.learning_rate;
    const auto rule = options_.optimizer.template rule<Real>(state_.step, factor);
    const double norm = std::sqrt(clipped), limit = options_.clip_norm;
    const double shrink = limit > 0 && norm > limit ? limit / norm : 1;
    std::vector<Real> theta(model_.coefficients().begin(), model_.coefficients().end()),
        remembered = remembered_;
    bool finite = true;
    const double tau = model_.position(coupling_);
    const auto move = [&](std::size_t i, Real gradient, double power) {
      Real m[moments > 0 ? moments : 1];
      for (std::size_t k = 0; k < moments; ++k) m[k] = remembered[i * moments + k];
      theta[i] =
          rule(static_cast<Real>(shrink * power * double(clamped(gradient, most))), theta[i], m);
      finite = finite && std::isfinite(theta[i]);
      for (std::size_t k = 0; k < moments; ++k) {
        remembered[i * moments + k] = m[k];
        finite = finite && std::isfinite(m[k]);
      }
    };
    std::size_t i = 0;
    for (; i < g.size(); ++i) move(i, g[i], 1);
    double power = 1;
    for (int k = 1; k <= model_.degree(); ++k) {
      power *= tau;
      for (std::size_t of : model_.conditioned()) move(i++, g[of], power);
    }
    if (!finite) stop({-1, -1, "the update makes the coefficients or moments not finite"});
    model_.set_coefficients(theta);
    remembered_ = std::move(remembered);
  }

  [[noreturn]] void stop(const BadLane& bad) const {
    const std::string where = bad.lane >= 0 ? "lane " + std::to_string(bad.lane) + ": " : "";
    throw TrainingError("lanes: training stopped at step " + std::to_string(state_.step) +
                            ", coupling " + to_text(coupling_) + ": " + where +
                            (bad.reason.empty() ? "the gradient is not finite" : bad.reason) +
                            "; the coefficients are those before this step",
                        state_.step, bad.lane, bad.layer);
  }

  Model& model_;
  const TheoryAt& theory_at_;
  Options options_;
  Estimator estimator_;
  Seed seed_;
  double coupling_ = 0;
  State state_;
  std::vector<Real> remembered_;
  BatchGradient<Sampler> gradient_;
  typename Sampler::Backend::template Vector<double> report_;
};

}  // namespace lanes::detail
