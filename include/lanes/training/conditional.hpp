// SPDX-License-Identifier: BSD-3-Clause
//
// Conditional: one model for a range of a coupling c, for any flow and backend. The networks have tau, tau^2, ..
// as constant input channels,
//
//   tau = (2c - lowest - highest) / (highest - lowest) in [-1, 1]
//
// which on a periodic lattice is bias(c) = sum_k tau^k bias_k of their first contractions; so are the few parameters
// of layers without a network (network/conditioned.hpp says which). A theta(c) is thus a plain
// sampler, as fast as any. To let every weight be a polynomial is worse: README has the numbers.
//
//   lanes::Conditional model(sampler, 4.5, 7.0);          // starts as the sampler, for every coupling
//   lanes::train_conditional<lanes::PathGradient>(
//       model, [](double c) { return Theory::from_mass_coupling(-4, c); }, {.steps = 5000, .batch = 256});
//   auto ensemble = lanes::sample_exact(model.at(5.2), Theory::from_mass_coupling(-4, 5.2), ...);
//
// Each step draws a coupling, uniform in the range, and adds tau^k d loss/d theta to the gradient of theta_k.
// The coupling of step n is a function of the seed and n. Errors: std::invalid_argument for a coupling
// outside the range, and for options that this training does not have; TrainingError when a loss or a
// gradient is not finite, with step and coupling.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/network/conditioned.hpp>
#include <lanes/training/gradient.hpp>
#include <lanes/training/history.hpp>
#include <lanes/training/options.hpp>
#include <lanes/training/train.hpp>

namespace lanes {

template <class SamplerType>
class Conditional {
 public:
  using Sampler = SamplerType;
  using Real = typename Sampler::Real;

  /// The sampler is used to work with, and must outlive this.
  Conditional(Sampler& sampler, double lowest, double highest, int degree = 2)
      : sampler_(sampler), lowest_(lowest), highest_(highest) {
    require(std::isfinite(lowest) && std::isfinite(highest) && lowest < highest,
            "Conditional: lowest", lowest, "finite and below highest");
    require(degree >= 1 && degree <= 8, "Conditional: degree", degree, "[1, 8]");
    const auto start = sampler.parameters();
    const auto marks = std::make_unique<bool[]>(start.size());
    detail::mark_conditioned<typename Sampler::Model>(marks.get());
    for (std::size_t i = 0; i < start.size(); ++i)
      if (marks[i]) conditioned_.push_back(i);
    require(!conditioned_.empty(), "Conditional: number of biases and parameters that see it", 0,
            "at least 1: networks without biases do not");
    coefficients_.assign(start.begin(), start.end());
    coefficients_.resize(start.size() + conditioned_.size() * static_cast<std::size_t>(degree));
  }

  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  int degree() const {
    return static_cast<int>((coefficients_.size() - count()) / conditioned_.size());
  }

  /// The parameters that depend on the coupling.
  std::span<const std::size_t> conditioned() const { return conditioned_; }
  /// theta_0 [parameters], then theta_k of those that depend on the coupling, [degree][conditioned]
  std::span<const Real> coefficients() const { return coefficients_; }
  void set_coefficients(std::span<const Real> values) {
    require(values.size() == coefficients_.size(), "Conditional: number of coefficients",
            values.size(), detail::to_text(coefficients_.size()).c_str());
    coefficients_.assign(values.begin(), values.end());
  }

  /// tau
  double position(double coupling) const {
    require(coupling >= lowest_ && coupling <= highest_, "Conditional: coupling", coupling,
            (std::string("[") + detail::to_text(lowest_) + ", " + detail::to_text(highest_) + "]")
                .c_str());
    return (2 * coupling - lowest_ - highest_) / (highest_ - lowest_);
  }

  /// The sampler, with the parameters of that coupling.
  Sampler& at(double coupling) {
    const Real tau = static_cast<Real>(position(coupling));
    std::vector<Real> theta(coefficients_.begin(),
                            coefficients_.begin() + static_cast<std::ptrdiff_t>(count()));
    Real power = 1;
    auto coefficient = coefficients_.begin() + static_cast<std::ptrdiff_t>(count());
    for (int k = 1; k <= degree(); ++k) {
      power *= tau;
      for (std::size_t i : conditioned_) theta[i] += power * *coefficient++;
    }
    sampler_.set_parameters(theta);
    return sampler_;
  }

 private:
  std::size_t count() const { return static_cast<std::size_t>(Sampler::parameter_count()); }

  Sampler& sampler_;
  double lowest_, highest_;
  std::vector<std::size_t> conditioned_;
  std::vector<Real> coefficients_;
};

/// theory_at(coupling) gives the theory. callback(record, coupling) is called after each step; the
/// history's losses are those at the couplings that were drawn.
template <class Estimator, class Optimizer = Adam, class Schedule = ConstantRate, class Sampler,
          class TheoryAt, class Callback = NoCallback>
History train_conditional(Conditional<Sampler>& model, const TheoryAt& theory_at,
                          const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options,
                          Callback&& callback = {}, Estimator estimator = {}) {
  using Real = typename Sampler::Real;
  options.check();
  require(options.annealing_steps == 0, "train_conditional: annealing_steps",
          options.annealing_steps, "0");
  require(options.evaluate_every == 0, "train_conditional: evaluate_every", options.evaluate_every,
          "0");
  require(options.clip_value == 0, "train_conditional: clip_value", options.clip_value, "0");

  const std::size_t n = static_cast<std::size_t>(Sampler::parameter_count());
  const std::size_t batch = static_cast<std::size_t>(options.batch);
  const auto which = model.conditioned();
  const std::size_t some = which.size();
  constexpr std::size_t moments = Optimizer::moments.size();
  std::vector<Real> theta(model.coefficients().begin(), model.coefficients().end());
  std::vector<Real> remembered(theta.size() * moments);
  detail::BatchGradient<Sampler> gradient;
  typename Sampler::Backend::template Vector<double> report;
  report.reset(2 * batch);
  History history;
  const Seed seed = model.at(model.lowest()).seed();
  for (long step = 0; step < options.steps; ++step) {
    const double u =
        uniform_pair<double>(
            RandomStream(seed, Purpose::coupling, static_cast<std::uint64_t>(step)).words(0, 0))
            .first;
    const double coupling = model.lowest() + u * (model.highest() - model.lowest());
    const double tau = model.position(coupling);
    Sampler& sampler = model.at(coupling);
    gradient.accumulate(sampler, estimator, theory_at(coupling),
                        RandomStream(seed, Purpose::base, static_cast<std::uint64_t>(step)),
                        options.batch, report.data(), report.data() + batch);
    const auto values = std::as_const(report).host();
    const auto g = std::as_const(gradient.value()).host();
    StepRecord record;
    record.step = step;
    measure_batch(values.first(batch), values.subspan(batch, batch), record);
    double square = 0;
    for (Real v : g) square += double(v) * double(v);
    record.gradient_norm = std::sqrt(square);
    if (!std::isfinite(record.loss) || !std::isfinite(record.gradient_norm))
      throw TrainingError("lanes: training stopped at step " + std::to_string(step) +
                              ", coupling " + detail::to_text(coupling) + ": the loss is " +
                              detail::to_text(record.loss) + " and the norm of the gradient " +
                              detail::to_text(record.gradient_norm) +
                              "; the coefficients are those before this step",
                          step, -1, -1);
    const double factor = options.schedule.factor(step, options.steps);
    record.learning_rate = factor * options.optimizer.learning_rate;
    const auto rule = options.optimizer.template rule<Real>(step, factor);
    double shrink = 1;
    if (options.clip_norm > 0 && record.gradient_norm > options.clip_norm)
      shrink = options.clip_norm / record.gradient_norm;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      Real m[moments];
      for (std::size_t k = 0; k < moments; ++k) m[k] = remembered[i * moments + k];
      const std::size_t power = i < n ? 0 : 1 + (i - n) / some,
                        of = i < n ? i : which[(i - n) % some];
      const double weight = shrink * std::pow(tau, double(power));
      theta[i] = rule(static_cast<Real>(weight * double(g[of])), theta[i], m);
      for (std::size_t k = 0; k < moments; ++k) remembered[i * moments + k] = m[k];
    }
    model.set_coefficients(theta);
    history.add(record);
    if constexpr (requires { callback(record, coupling); }) callback(record, coupling);
  }
  return history;
}

}  // namespace lanes
