// SPDX-License-Identifier: BSD-3-Clause
//
// The target's side of the weights, and the verdict on mode collapse.
//
// Given ln w = -S - ln q on configurations x ~ p (from any exact chain; autocorrelated, in
// replicas), and with E_p[1/w] = E_q[w/Z / w] = 1/Z, E_q[w] = Z, E_q[w^2] = Z E_p[w]:
//
//   ESS        = (E_q w)^2 / E_q w^2 = 1 / (E_p[w] E_p[1/w])
//   F          = -ln Z = ln E_p[1/w]
//   D_KL(p||q) = E_p[ln w] + F
//
// A model that misses a mode of p never draws it: its own ESS and F look good. The target's side
// sees it: there w is huge. The two free energies then differ by the logarithm of the mass that q
// covers,
//
//   covered = mean_q(w) mean_p(1/w) = exp(F_target - F_model),   1 if nothing is missed
//
// ln w = +infinity says that q does not reach x at all: 1/w is then 0 and the ESS is 0.
// Errors by gamma_method (the chain's side) and jackknife (the model's side).
// Errors: std::invalid_argument for a log weight that is NaN or -infinity (p(x) = 0), fewer than 4
// in a replica. Source: Nicoli et al., 2302.14082.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <lanes/analysis/estimate.hpp>
#include <lanes/analysis/gamma_method.hpp>
#include <lanes/analysis/series.hpp>
#include <lanes/analysis/weights.hpp>
#include <lanes/core/error.hpp>

namespace lanes {

/// What x ~ p say about the model q.
struct TargetSide {
  Estimate effective_sample_size;  // of the model, in (0, 1]
  Estimate free_energy;            // F = -ln Z
  Estimate forward_kl;             // D_KL(p||q)
};

/// log_weights: [configurations], x ~ p; lengths: [replicas]; empty: one replica.
inline TargetSide target_side(std::span<const double> log_weights,
                              std::span<const std::size_t> lengths = {},
                              const GammaOptions& options = {}) {
  require(!log_weights.empty(), "target_side: number of configurations", 0, ">= 4");
  double low = INFINITY, high = -INFINITY;  // of the finite ones
  for (double l : log_weights) {
    require(l > -INFINITY, "target_side: ln w", l, "a number, or +infinity");
    low = std::fmin(low, l);
    if (l < INFINITY) high = std::fmax(high, l);
  }
  if (!std::isfinite(low)) {  // q reaches none of them
    TargetSide nothing;
    nothing.effective_sample_size.value = nothing.effective_sample_size.error = 0;
    nothing.free_energy.value = -INFINITY;
    nothing.free_energy.error = 0;
    nothing.forward_kl.value = INFINITY;
    return nothing;
  }
  std::vector<double> values;  // w / max w, min w / w, ln w: all in range
  values.reserve(3 * log_weights.size());
  bool reached = true;
  for (double l : log_weights) {
    reached = reached && l < INFINITY;
    values.insert(values.end(),
                  {std::exp(std::fmin(l, high) - high), std::exp(low - l), std::fmin(l, high)});
  }
  const Series series(3, std::move(values), lengths);
  const auto derive = [low, high](const double* means, double* out) {
    const double f = std::log(means[1]) - low;
    out[0] = std::exp(low - high - std::log(means[0]) - std::log(means[1]));
    out[1] = f;
    out[2] = means[2] + f;
  };
  std::vector<Estimate> e = gamma_method(series, 3, derive, options);
  e[0].value = std::fmax(e[0].value,
                         0.0);  // the bias correction of chains can overshoot where the ESS is tiny
  if (!reached) {
    e[0].value = e[0].error = 0;
    e[2].value = INFINITY;
    e[2].error = Estimate::nan;
  }
  return {e[0], e[1], e[2]};
}

struct CollapseOptions {
  double sigmas = 5;             // significance asked for
  double least_covered = 0.9;    // below it, significantly: collapsed
  double least_ess_ratio = 0.5;  // target's ESS / model's ESS; below it, significantly: collapsed
};

struct ModeCollapse {
  bool collapsed = false;
  bool undecided = false;         // not collapsed, but the error of covered is too large to say so
  Estimate covered;               // mass of p that q covers
  EffectiveSampleSize model_ess;  // from x ~ q
  Estimate target_ess;            // from x ~ p
  double ess_gap = 0;             // least_ess_ratio * model_ess - target_ess, in its error
};

/// Compares the two sides; the target's chain must itself visit every mode.
inline ModeCollapse mode_collapse(std::span<const double> model_log_weights,
                                  const TargetSide& target, const CollapseOptions& options = {}) {
  require(options.sigmas > 0, "mode_collapse: sigmas", options.sigmas, "> 0");
  require(options.least_covered > 0 && options.least_covered <= 1, "mode_collapse: least_covered",
          options.least_covered, "above 0, at most 1");
  require(options.least_ess_ratio > 0 && options.least_ess_ratio <= 1,
          "mode_collapse: least_ess_ratio", options.least_ess_ratio, "above 0, at most 1");

  ModeCollapse verdict;
  verdict.model_ess = effective_sample_size(model_log_weights);
  verdict.target_ess = target.effective_sample_size;
  const Estimate f = free_energy(model_log_weights);

  Estimate& covered = verdict.covered;
  covered = target.free_energy;
  covered.value = std::exp(target.free_energy.value - f.value);
  covered.error = covered.value * std::hypot(target.free_energy.error, f.error);
  covered.error_error = Estimate::nan;

  const double allowed = options.least_ess_ratio * verdict.model_ess.value;
  const double error =
      std::hypot(options.least_ess_ratio * verdict.model_ess.error, verdict.target_ess.error);
  verdict.ess_gap = error > 0 ? (allowed - verdict.target_ess.value) / error : 0;
  const bool mass_missing = options.least_covered - covered.value > options.sigmas * covered.error;
  verdict.collapsed = mass_missing || verdict.ess_gap > options.sigmas;
  verdict.undecided =
      !verdict.collapsed && !(options.sigmas * covered.error < options.least_covered);
  return verdict;
}

}  // namespace lanes
