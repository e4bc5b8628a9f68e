// SPDX-License-Identifier: BSD-3-Clause
//
// Conditional: one model for a range of a coupling c, for any flow and backend. The networks have
// tau, tau^2, .. as constant input channels,
//
//   tau = (2c - lowest - highest) / (highest - lowest) in [-1, 1]
//
// which on a periodic lattice is bias(c) = sum_k tau^k bias_k of their first contractions; so are
// the few parameters of layers without a network (network/conditioned.hpp says which). A theta(c)
// is thus a plain sampler, as fast as any. To let every weight be a polynomial is worse: after 2000
// steps of phi^4, 8 x 8, lambda = 5 to 8, the ESS is then 0.3 to 0.6 instead of 0.65 to 0.92.
//
//   lanes::Conditional model(sampler, 4.5, 7.0);          // starts as the sampler, for every coupling
//   lanes::train_conditional<lanes::PathGradient>(
//       model, [](double c) { return Theory::from_mass_coupling(-4, c); }, {.steps = 5000, .batch = 256});
//   auto ensemble = lanes::sample_exact(model.at(5.2), Theory::from_mass_coupling(-4, 5.2), ...);
//
// Each step draws a coupling, uniform in the range, and adds tau^k d loss/d theta to the gradient
// of theta_k. The coupling of step n is a function of the seed and n. Parameters that are the
// theory's own (Hierarchical's heat bath) are never trained: they go through the theories' at nine
// Chebyshev points of the range, as polynomials in between; exact where they are such functions of
// c, as a rule to 1e-9.
//
// The options are those of train without annealing and evaluations. Errors: std::invalid_argument
// for a coupling outside the range, and for options that this training does not have; TrainingError
// when a loss, a gradient or an update is not finite, with step and coupling.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/training/conditional_trainer.hpp>
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
    Sampler::Model::conditioned(marks.get());
    for (std::size_t i = 0; i < start.size() - own; ++i)
      if (marks[i]) conditioned_.push_back(i);
    require(!conditioned_.empty(), "Conditional: number of biases and parameters that see it", 0,
            "at least 1: networks without biases do not");
    degree_ = degree;
    coefficients_.assign(start.begin(), start.end());
    coefficients_.resize(first_of_own());
    for (int j = 0; j < points; ++j)
      coefficients_.insert(coefficients_.end(), start.end() - own, start.end());
  }

  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  int degree() const { return degree_; }

  /// The parameters that depend on the coupling.
  std::span<const std::size_t> conditioned() const { return conditioned_; }
  /// theta_0 [parameters]; theta_k of those that depend on the coupling, [degree][conditioned];
  /// those that are the theory's own, [Chebyshev points from the highest coupling down][own]
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
    const double tau = position(coupling);
    std::vector<Real> theta(coefficients_.begin(),
                            coefficients_.begin() + static_cast<std::ptrdiff_t>(count()));
    Real power = 1;
    auto coefficient = coefficients_.begin() + static_cast<std::ptrdiff_t>(count());
    for (int k = 1; k <= degree(); ++k) {
      power *= static_cast<Real>(tau);
      for (std::size_t i : conditioned_) theta[i] += power * *coefficient++;
    }
    for (std::size_t i = 0; i < own; ++i) theta[count() - own + i] = interpolated(i, tau);
    sampler_.set_parameters(theta);
    return sampler_;
  }

  /// Parameters that are the theory's own become those of theory_at(coupling), over the whole
  /// range.
  template <class TheoryAt>
  void follow(const TheoryAt& theory_at) {
    if constexpr (own > 0)
      for (int j = 0; j < points; ++j) {
        const double t = 0.5 * (1 + point(j));
        sampler_.follow(theory_at((1 - t) * lowest_ + t * highest_));
        const auto now = sampler_.parameters();
        std::copy(now.end() - own, now.end(),
                  coefficients_.begin() +
                      static_cast<std::ptrdiff_t>(first_of_own() + std::size_t(j) * own));
      }
  }

 private:
  static constexpr int points = 9;
  static constexpr std::size_t own = std::size_t(Sampler::Model::untrained);

  static double point(int j) { return std::cos(3.141592653589793 * j / (points - 1)); }
  // The polynomial through the Chebyshev points (barycentric form, Berrut and Trefethen 2004).
  Real interpolated(std::size_t i, double tau) const {
    double sum = 0, weights = 0;
    for (int j = 0; j < points; ++j) {
      const Real value = coefficients_[first_of_own() + std::size_t(j) * own + i];
      if (tau == point(j)) return value;
      const bool end = j == 0 || j == points - 1;
      const double weight = (j % 2 ? -1 : 1) * (end ? 0.5 : 1) / (tau - point(j));
      sum += weight * double(value);
      weights += weight;
    }
    return static_cast<Real>(sum / weights) + Real(0);  // no -0
  }

  static std::size_t count() { return static_cast<std::size_t>(Sampler::parameter_count()); }
  std::size_t first_of_own() const { return count() + conditioned_.size() * std::size_t(degree_); }

  Sampler& sampler_;
  double lowest_, highest_;
  int degree_;
  std::vector<std::size_t> conditioned_;
  std::vector<Real> coefficients_;
};

/// theory_at(coupling) gives the theory. callback(record, coupling), which may return false to
/// stop, is called after each step; the history's losses are those at the couplings that were
/// drawn.
template <class Estimator, class Optimizer = Adam, class Schedule = ConstantRate,
          class Signals = RaiseAgain, class Sampler, class TheoryAt, class Callback = NoCallback>
typename Signals::Result train_conditional(
    Conditional<Sampler>& model, const TheoryAt& theory_at,
    const std::type_identity_t<TrainOptions<Optimizer, Schedule>>& options,
    Callback&& callback = {}, Estimator estimator = {}) {
  detail::ConditionalTrainer<Estimator, Conditional<Sampler>, TheoryAt, Optimizer, Schedule>
      trainer(model, theory_at, options, std::move(estimator));
  return run<Signals>(trainer, [&](auto&, const StepRecord& record) {
    if constexpr (std::is_invocable_v<Callback&, const StepRecord&, double>)
      return callback(record, trainer.coupling());
  });
}

}  // namespace lanes
