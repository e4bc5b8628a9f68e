// SPDX-License-Identifier: BSD-3-Clause
//
// Conditional: one model for a range of a coupling c, for any flow and backend. The networks have
// tau, tau^2, .. as constant input channels,
//
//   tau = (2c - lowest - highest) / (highest - lowest) in [-1, 1]
//
// which on a periodic lattice is bias(c) = sum_k tau^k bias_k of their first contractions; so are
// the few parameters of layers without a network (core/parts.hpp says which). A theta(c) is thus a
// plain sampler, as fast as any. To let every weight be a polynomial is worse: after 2000 steps of
// phi^4, 8 x 8, lambda = 5 to 8, the ESS is then 0.3 to 0.6 instead of 0.65 to 0.92.
//
//   lanes::Conditional model(sampler, 4.5, 7.0);  // starts as the sampler, for every coupling
//   lanes::train<lanes::PathGradient>(
//       model, [](double c) { return Theory::from_mass_coupling(-4, c); }, {.steps = 5000});
//   auto ensemble = lanes::sample_exact(model.at(5.2), Theory::from_mass_coupling(-4, 5.2));
//
// Each step draws a coupling c, uniform in the range; it is a function of the seed and the step.
// What is trained are the coefficients, with the gradient tau^k d loss / d theta for that of tau^k:
// one more parametrisation (training/parametrisation.hpp) of the one training loop, so that
// callbacks, checkpoints, annealing and signals are those of train. Parameters that are the
// theory's own (Hierarchical's heat bath) are never trained: they go through the theories' at nine
// Chebyshev points of the range, as polynomials in between; exact where they are such functions of
// c, as a rule to 1e-9.
//
// Errors: std::invalid_argument for a coupling outside the range, and for evaluations, whose ESS
// would be of one coupling; TrainingError as of train, with the coupling.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/core/random.hpp>
#include <lanes/training/coupling_polynomial.hpp>
#include <lanes/training/parametrisation.hpp>
#include <lanes/training/train.hpp>

namespace lanes {

template <class SamplerType>
class Conditional {
 public:
  using Sampler = SamplerType;
  using Real = typename Sampler::Real;
  template <class T>
  using Vector = typename Sampler::Backend::template Vector<T>;

  /// The sampler is used to work with, and must outlive this.
  Conditional(Sampler& sampler, double lowest, double highest, int degree = 2)
      : sampler_(sampler), lowest_(lowest), highest_(highest), degree_(degree) {
    require(std::isfinite(lowest) && std::isfinite(highest) && lowest < highest,
            "Conditional: lowest", lowest, "finite and below highest");
    require(degree >= 1 && degree <= 8, "Conditional: degree", degree, "[1, 8]");
    const auto start = sampler.parameters();
    const auto marks = std::make_unique<bool[]>(start.size());
    Sampler::Model::conditioned(marks.get());
    std::vector<int> place(start.size(), -1);
    for (std::size_t i = 0; i < start.size() - own; ++i)
      if (marks[i]) {
        place[i] = static_cast<int>(conditioned_.size());
        conditioned_.push_back(static_cast<int>(i));
      }
    require(!conditioned_.empty(), "Conditional: number of biases and parameters that see it", 0,
            "at least 1: networks without biases do not");
    std::vector<Real> values(start.begin(), start.end());
    values.resize(first_of_own());
    for (int j = 0; j < detail::Interpolation::points; ++j)
      values.insert(values.end(), start.end() - own, start.end());
    coefficients_.assign(values);
    place_.assign(place);
    which_.assign(conditioned_);
  }

  Sampler& sampler() { return sampler_; }
  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  /// Highest power of tau.
  int degree() const { return degree_; }

  /// The parameters that depend on the coupling.
  std::span<const int> conditioned() const { return conditioned_; }
  /// theta_0 [parameters]; theta_k of those that depend on the coupling, [degree][conditioned];
  /// those that are the theory's own, [Chebyshev points from the highest coupling down][own]
  std::span<const Real> coefficients() const { return coefficients_.host(); }
  /// Sets all of them; the layout is of coupling_polynomial.hpp.
  void set_coefficients(std::span<const Real> values) {
    require(values.size() == coefficients_.size(), "Conditional: number of coefficients",
            values.size(), detail::to_text(coefficients_.size()).c_str());
    coefficients_.assign(values);
  }
  /// The coefficients in the backend's memory; to be exchanged for others.
  const Vector<Real>& coefficients_in_place() const { return coefficients_; }
  /// Swaps them for others in the backend's memory.
  void exchange_coefficients(Vector<Real>& others) { std::swap(coefficients_, others); }

  /// Where a coupling lies in the range: -1 at the lowest, 1 at the highest.
  double tau(double coupling) const {
    require(coupling >= lowest_ && coupling <= highest_, "Conditional: coupling", coupling,
            (std::string("[") + detail::to_text(lowest_) + ", " + detail::to_text(highest_) + "]")
                .c_str());
    return (2 * coupling - lowest_ - highest_) / (highest_ - lowest_);
  }

  /// The sampler, with the parameters of that coupling.
  Sampler& at(double coupling) {
    const double t = tau(coupling);
    Vector<Real> theta(count);
    sampler_.backend().for_each(
        count,
        detail::AtCoupling<Real>{std::as_const(coefficients_).data(), std::as_const(place_).data(),
                                 int(count), int(own), degree_, int(conditioned_.size()),
                                 static_cast<Real>(t), detail::Interpolation(t), theta.data()});
    sampler_.exchange_parameters(theta);
    return sampler_;
  }

  /// Parameters that are the theory's own become those of theory_at(coupling), over the whole
  /// range.
  template <class TheoryAt>
  void follow(const TheoryAt& theory_at) {
    if constexpr (own > 0) {
      const auto old = coefficients();
      std::vector<Real> values(old.begin(), old.end());
      for (int j = 0; j < detail::Interpolation::points; ++j) {
        const double t = 0.5 * (1 + detail::Interpolation::point(j));
        sampler_.follow(theory_at((1 - t) * lowest_ + t * highest_));
        const auto now = sampler_.parameters();
        std::copy(
            now.end() - own, now.end(),
            values.begin() + static_cast<std::ptrdiff_t>(first_of_own() + std::size_t(j) * own));
      }
      coefficients_.assign(values);
    }
  }

  /// At a coupling in the range, of the gradient of the sampler's parameters.
  detail::GradientOfCoefficient<Real> gradient(const Real* g, double coupling) const {
    return {g,
            which_.data(),
            int(count),
            degree_,
            int(conditioned_.size()),
            static_cast<Real>(tau(coupling))};
  }

 private:
  static constexpr std::size_t count = std::size_t(Sampler::Model::parameters),
                               own = std::size_t(Sampler::Model::untrained);
  std::size_t first_of_own() const { return count + conditioned_.size() * std::size_t(degree_); }

  Sampler& sampler_;
  double lowest_, highest_;
  int degree_;
  std::vector<int> conditioned_;
  Vector<Real> coefficients_;
  Vector<int> place_, which_;
};

namespace detail {

/// The coefficients of a Conditional, at a coupling drawn for each step.
template <class SamplerType, class TheoryAt>
class ConditionalNumbers {
 public:
  using Sampler = SamplerType;
  using Theory = std::remove_cvref_t<std::invoke_result_t<const TheoryAt&, double>>;
  using Real = typename Sampler::Real;
  using Vector = typename Sampler::Backend::template Vector<Real>;
  static constexpr bool steady = false;

  ConditionalNumbers(Conditional<Sampler>& model, const TheoryAt& theory_at)
      : model_(model), theory_at_(theory_at) {
    go_to(model.lowest());
  }

  Sampler& sampler() { return model_.sampler(); }
  const Theory& theory() const { return *theory_; }
  const Vector& values() const { return model_.coefficients_in_place(); }
  void assign(std::span<const Real> values) { model_.set_coefficients(values); }
  void exchange(Vector& next) { model_.exchange_coefficients(next); }
  GradientOfCoefficient<Real> gradient(const Real* g) const {
    return model_.gradient(g, coupling_);
  }
  void start() { model_.follow(theory_at_); }
  void begin(long step, double strength) {
    const RandomStream stream(sampler().seed(), Purpose::coupling,
                              static_cast<std::uint64_t>(step));
    const double u = uniform_pair<double>(stream.words(0, 0)).first;
    go_to(model_.lowest() + u * (model_.highest() - model_.lowest()));
    model_.at(coupling_).follow(theory(), strength);
  }
  void end() {}
  /// Of the last step.
  double coupling() const { return coupling_; }
  std::string place() const { return ", coupling " + to_text(coupling_); }
  template <class F>
  void each_theory(const F& f) const {
    f("theory.lowest", theory_at_(model_.lowest()));
    f("theory.highest", theory_at_(model_.highest()));
  }
  std::array<std::pair<const char*, double>, 3> settings() const {
    return {{{"conditional.lowest", model_.lowest()},
             {"conditional.highest", model_.highest()},
             {"conditional.degree", double(model_.degree())}}};
  }

 private:
  void go_to(double coupling) {
    coupling_ = coupling;
    theory_.emplace(theory_at_(coupling));
  }

  Conditional<Sampler>& model_;
  const std::decay_t<TheoryAt> theory_at_;  // of a function, a pointer
  double coupling_ = 0;
  std::optional<Theory> theory_;
};

template <class Sampler, class TheoryAt>
struct ParametrisationFor<Conditional<Sampler>, TheoryAt> {
  using type = ConditionalNumbers<Sampler, TheoryAt>;
};

}  // namespace detail

}  // namespace lanes
