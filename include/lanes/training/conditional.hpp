// SPDX-License-Identifier: BSD-3-Clause
//
// Conditional: one model for a range of a coupling c, for any flow and backend. All parameters of the
// flow are polynomials of the coupling,
//
//   theta(c) = sum_k tau^k theta_k,   tau = (2c - lowest - highest) / (highest - lowest) in [-1, 1]
//
// (what a constant input channel with the coupling does to the biases of a network's first layer, done
// to every weight and bias; and a theta(c) is a plain sampler, as fast as any).
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
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

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
    coefficients_.assign(start.begin(), start.end());
    coefficients_.resize(start.size() * (static_cast<std::size_t>(degree) + 1));
  }

  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  int degree() const { return static_cast<int>(coefficients_.size() / count()) - 1; }

  /// theta_k, [degree + 1][parameters]
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
    std::vector<Real> theta(count());
    for (std::size_t i = 0; i < theta.size(); ++i)
      for (int k = degree(); k >= 0; --k)
        theta[i] = theta[i] * tau + coefficients_[static_cast<std::size_t>(k) * count() + i];
    sampler_.set_parameters(theta);
    return sampler_;
  }

 private:
  std::size_t count() const { return static_cast<std::size_t>(Sampler::parameter_count()); }

  Sampler& sampler_;
  double lowest_, highest_;
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
      const double weight = shrink * std::pow(tau, double(i / n));
      theta[i] = rule(static_cast<Real>(weight * double(g[i % n])), theta[i], m);
      for (std::size_t k = 0; k < moments; ++k) remembered[i * moments + k] = m[k];
    }
    model.set_coefficients(theta);
    history.add(record);
    if constexpr (requires { callback(record, coupling); }) callback(record, coupling);
  }
  return history;
}

}  // namespace lanes
