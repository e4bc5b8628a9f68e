// SPDX-License-Identifier: BSD-3-Clause
//
// One step of an optimizer in the memory of a backend: clip, rule of the optimizer, and whether
// all of it is finite. Nothing is written but the proposed parameters and moments and a report, so
// that a step can be refused.
//
//   g -> clamp(g, -clip_value, clip_value),  then times clip_norm / |g| where |g| > clip_norm
//
// Moments: what an optimizer remembers, on the host and by name, as a checkpoint keeps it.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/core/macros.hpp>

namespace lanes {

template <class Real, class Optimizer>
struct Moments {
  static constexpr std::size_t count = Optimizer::moments.size();
  std::array<std::vector<Real>, count> values;  // [moments][parameters]

  /// Zeros, n of each.
  void resize(std::size_t n) {
    for (auto& v : values) v.assign(n, 0);
  }
  std::size_t size() const {
    std::size_t n = 0;
    for (const auto& v : values) n += v.size();
    return n;
  }
  /// All of them, one after the other.
  std::vector<Real> flat() const {
    std::vector<Real> all;
    for (const auto& v : values) all.insert(all.end(), v.begin(), v.end());
    return all;
  }
  void assign(std::span<const Real> all) {
    for (std::size_t k = 0, n = all.size() / (count > 0 ? count : 1); k < count; ++k) {
      const auto part = all.subspan(k * n, n);
      values[k].assign(part.begin(), part.end());
    }
  }
  std::array<std::pair<const char*, std::vector<Real>*>, count> vectors() {
    std::array<std::pair<const char*, std::vector<Real>*>, count> named;
    for (std::size_t k = 0; k < count; ++k) named[k] = {Optimizer::moments[k], &values[k]};
    return named;
  }
};

namespace detail {

template <class Real>
LANES_HD inline Real clamped(Real g, Real most) {
  return most > 0 ? (g < -most ? -most : most < g ? most : g) : g;
}

/// The gradient of parameter i.
template <class Real>
struct ClampedGradient {
  const Real* gradient;
  LANES_HD Real operator()(std::size_t i, Real most) const { return clamped(gradient[i], most); }
};

// g^2, after the clip by value where most > 0
template <class Real>
struct SquareOfGradient {
  const Real* gradient;
  Real most;
  LANES_HD double operator()(std::size_t i) const {
    const double g = double(clamped(gradient[i], most));
    return g * g;
  }
};

// factor = min(1, limit / norm);  limit 0: none
struct ClipFactor {
  const double* square;
  double limit;
  double* factor;
  LANES_HD void operator()(std::size_t) const {
    const double norm = std::sqrt(*square);
    *factor = limit > 0 && norm > limit ? limit / norm : 1.0;
  }
};

template <class Real, class Rule, int Count, class Gradient>
struct ApplyRule {
  const Rule* rule;
  Gradient gradient;
  const Real *parameters, *moments;
  Real most;
  const double* factor;
  Real *next, *next_moments;
  std::size_t n;
  LANES_HD void operator()(std::size_t i) const {
    Real m[std::size_t(Count > 0 ? Count : 1)];
    for (int k = 0; k < Count; ++k) m[k] = moments[std::size_t(k) * n + i];
    const Real g = gradient(i, most) * static_cast<Real>(*factor);
    next[i] = (*rule)(g, parameters[i], m);
    for (int k = 0; k < Count; ++k) next_moments[std::size_t(k) * n + i] = m[k];
  }
};

template <class Real>
struct NotFinite {
  const Real* values;
  LANES_HD double operator()(std::size_t i) const { return std::isfinite(values[i]) ? 0.0 : 1.0; }
};

}  // namespace detail

/// What a step says of itself: numbers in a backend's memory, in this order.
template <class Optimizer>
struct OptimizerReport {
  static constexpr int square = 0, clipped_square = 1, factor = 2, bad = 3;  // places of values
  static constexpr int size = bad + 1 + static_cast<int>(Optimizer::moments.size());

  const double* values;  // [size], on the host

  /// |g|, before it is clipped.
  double norm() const { return std::sqrt(values[square]); }
  /// The name of what is not finite, or null.
  const char* not_finite() const {
    if (values[bad] > 0) return "the parameters";
    for (std::size_t k = 0; k < Optimizer::moments.size(); ++k)
      if (values[bad + 1 + static_cast<int>(k)] > 0) return Optimizer::moments[k];
    return nullptr;
  }
};

/// The rule of an optimizer at one step.
template <class Optimizer, class Real>
using RuleOf =
    std::remove_cv_t<decltype(std::declval<const Optimizer&>().template rule<Real>(0, 1.0))>;

/// next [n], next_moments [moments][n] = what the rule of this step makes of a gradient; report
/// [OptimizerReport::size]. g [count] is the gradient of the sampler's parameters, which is
/// clipped, and gradient(i, most) that of number i (training/parametrisation.hpp). All in the
/// backend's memory, the rule too.
template <class Optimizer, class Backend, class Real, class Gradient>
void propose_step(Backend& backend, const RuleOf<Optimizer, Real>* rule, double clip_value,
                  double clip_norm, std::size_t count, const Real* g, std::size_t n,
                  const Gradient& gradient, const Real* parameters, const Real* moments, Real* next,
                  Real* next_moments, double* report) {
  using Report = OptimizerReport<Optimizer>;
  constexpr int kept = static_cast<int>(Optimizer::moments.size());
  const Real most = static_cast<Real>(clip_value);
  using Square = detail::SquareOfGradient<Real>;
  backend.sum(count, Square{g, Real(0)}, report + Report::square);
  if (clip_value > 0) backend.sum(count, Square{g, most}, report + Report::clipped_square);
  backend.for_each(
      1, detail::ClipFactor{report + (clip_value > 0 ? Report::clipped_square : Report::square),
                            clip_norm, report + Report::factor});
  backend.for_each(n, detail::ApplyRule<Real, RuleOf<Optimizer, Real>, kept, Gradient>{
                          rule, gradient, parameters, moments, most, report + Report::factor, next,
                          next_moments, n});
  backend.sum(n, detail::NotFinite<Real>{next}, report + Report::bad);
  for (int k = 0; k < kept; ++k)
    backend.sum(n, detail::NotFinite<Real>{next_moments + std::size_t(k) * n},
                report + Report::bad + 1 + k);
}

}  // namespace lanes
