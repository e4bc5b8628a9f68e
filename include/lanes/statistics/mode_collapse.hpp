// SPDX-License-Identifier: BSD-3-Clause
//
// The target's side of the weights, and whether the model covers the target.
//
// Given ln w = -S - ln q on configurations x ~ p (from any exact chain; autocorrelated, in
// replicas), and with E_p[1/w] = E_q[w/Z / w] = 1/Z, E_q[w] = Z, E_q[w^2] = Z E_p[w]:
//
//   ESS        = (E_q w)^2 / E_q w^2 = 1 / (E_p[w] E_p[1/w])
//   F          = -ln Z = ln E_p[1/w]
//   D_KL(p||q) = E_p[ln w] + F
//
// A model that misses a mode of p never draws it: its own ESS and F look good. The target's side
// sees it: there w is huge. But so it is in a far tail without weight, so what counts is a share:
//
//   covered = P_p(p(x) <= N q(x)) = P_p(w <= N Z)
//
// is the part of the target's weight that N draws of q reach; at any other x a draw's weight would
// be above the sum of all. Z is that of both sides, from bounded weights where they overlap,
//
//   mean_q 1 / (1 + Z/w) = mean_p 1 / (1 + w/Z)       (Bennett 1976, sides of equal size)
//
// so it is right though a mode is missed; found = mean_q(w) / Z is what the draws add up to. Three
// outcomes: collapsed, covered, or undecided, and why (few draws carry the weight; chains too short
// for their tau_int; too few configurations; the two sides contradict each other). What the
// target's chain does not visit is not seen: it must itself visit every mode.
//
// ln w = +infinity says that q does not reach x at all: 1/w is then 0 and the ESS is 0.
// Errors by gamma_method (the chain's side) and jackknife (the model's side); of covered at least
// one configuration, 2 tau_int / n.
// Errors: std::invalid_argument for a log weight that is NaN or -infinity (p(x) = 0), fewer than 4
// in a replica. Source: Nicoli et al., 2302.14082.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/gamma_method.hpp>
#include <lanes/statistics/series.hpp>
#include <lanes/statistics/weights.hpp>

namespace lanes {

/// What x ~ p say about the model q.
struct TargetSide {
  Estimate effective_sample_size;    // of the model, in (0, 1]
  Estimate free_energy;              // F = -ln Z
  Estimate forward_kl;               // D_KL(p||q)
  std::vector<double> log_weights;   // [configurations]
  std::vector<std::size_t> lengths;  // [replicas]; empty: one
};

namespace detail {

inline constexpr double fewest_weights = 50;  // that a mean can rest on

/// Of how many equal weights the sum of exp(sign l) has the fluctuations; finite l.
inline double number_of_weights(const std::vector<double>& l, double sign) {
  double top = -INFINITY, sum = 0, squares = 0;
  for (double x : l) top = std::fmax(top, sign * x);
  for (double x : l) {
    const double w = std::exp(sign * x - top);
    sum += w;
    squares += w * w;
  }
  return sum * sum / squares;
}

}  // namespace detail

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
  TargetSide side;
  side.log_weights.assign(log_weights.begin(), log_weights.end());
  side.lengths.assign(lengths.begin(), lengths.end());
  if (!std::isfinite(low)) {  // q reaches none of them
    side.effective_sample_size.value = 0;
    side.free_energy.value = -INFINITY;
    side.forward_kl.value = INFINITY;
    for (Estimate* e : {&side.effective_sample_size, &side.free_energy, &side.forward_kl})
      e->verdict.add(Doubt::no_fluctuation);
    return side;
  }
  std::vector<double> values, finite;  // w / max w, min w / w, ln w: all in range
  values.reserve(3 * log_weights.size());
  for (double l : log_weights) {
    if (l < INFINITY) finite.push_back(l);
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
  const bool few = detail::number_of_weights(finite, -1) < detail::fewest_weights;
  e[0].verdict.add(Doubt::few_weights,
                   few || detail::number_of_weights(finite, 1) < detail::fewest_weights);
  e[1].verdict.add(Doubt::few_weights, few);
  e[2].verdict.add(Doubt::few_weights, few);
  if (finite.size() < log_weights.size()) {
    e[0].value = 0;
    e[2].value = INFINITY;
    for (Estimate* of : {&e[0], &e[2]}) {
      of->error = Estimate::nan;
      of->verdict.add(Doubt::no_value);
    }
  }
  side.effective_sample_size = e[0];
  side.free_energy = e[1];
  side.forward_kl = e[2];
  return side;
}

/// What counts as collapsed.
struct CollapseOptions {
  double sigmas = 3;            // > 0; significance asked for, either way
  double least_covered = 0.99;  // (0, 1); share of the target, below it: collapsed
};

/// Neither collapsed nor undecided: covered.
struct ModeCollapse {
  bool collapsed = false;
  bool undecided = false;
  const char* reason = "";        // of the outcome, in words
  Estimate covered;               // share of p that as many draws of q reach
  Estimate found;                 // mean_q(w) / Z: 1 where the draws have found all weight
  Estimate free_energy;           // -ln Z from both sides
  EffectiveSampleSize model_ess;  // from x ~ q
  Estimate target_ess;            // from x ~ p
};

/// "collapsed: the model's draws do not reach a part of the target; covered 0.9513(34)"
inline std::string to_string(const ModeCollapse& m) {
  return std::string(m.collapsed   ? "collapsed: "
                     : m.undecided ? "undecided: "
                                   : "covered: ") +
         m.reason + "; covered " + to_string(m.covered);
}

namespace detail {

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// ln Z where both sides see the same overlap, mean_q 1 / (1 + Z/w) = mean_p 1 / (1 + w/Z).
inline double bridge(std::span<const double> q, std::span<const double> p) {
  double low = INFINITY, high = -INFINITY;
  for (auto side : {q, p})
    for (double l : side)
      if (std::isfinite(l)) low = std::fmin(low, l), high = std::fmax(high, l);
  const double width = std::fmax(1, high - low);
  low -= width + 50, high += width + 50;
  double c = 0.5 * (low + high);
  // Newton, halving where it leaves the bracket; ln w of a missed mode may be 1e72, so halving
  // alone must get through: it crosses the range of a double in 2100 steps.
  for (int i = 0; i < 4200; ++i) {
    double excess = 0, slope = 0;
    for (double l : q) {
      const double s = logistic(l - c);
      excess += s / double(q.size()), slope += s * (1 - s) / double(q.size());
    }
    for (double l : p) {
      const double s = logistic(c - l);
      excess -= s / double(p.size()), slope += s * (1 - s) / double(p.size());
    }
    (excess > 0 ? low : high) = c;
    double next = c + excess / slope;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::abs(next - c) < 1e-10 * std::fmax(1, std::abs(c))) return next;
    c = next;
  }
  return c;
}

/// The part of p's configurations with ln w <= bound.
inline double share_below(std::span<const double> p, double bound) {
  std::size_t n = 0;
  for (double l : p) n += l <= bound && l < INFINITY;
  return double(n) / double(p.size());
}

/// covered and free_energy, and whether the chains are long enough for the error.
inline bool judge_target(ModeCollapse& m, std::span<const double> q, const TargetSide& target) {
  const std::vector<double>& p = target.log_weights;
  const double c = bridge(q, p), bound = c + std::log(double(q.size()));
  std::vector<double> values;  // reached, and the overlap's weight
  for (double l : p) values.insert(values.end(), {double(l <= bound), logistic(c - l)});
  const Series series(2, std::move(values), target.lengths);
  const std::vector<Estimate> sides = gamma_method(
      series, 2, [](const double* means, double* out) { out[0] = means[0], out[1] = means[1]; });
  const Estimate &reached = sides[0], &overlap = sides[1];

  double mean = 0, square = 0, slope = 0;
  for (double l : q) {
    const double s = logistic(l - c);
    mean += s, square += s * s, slope += s * (1 - s);
  }
  const double n = double(q.size());
  mean /= n, slope /= n;
  for (double l : p) slope += logistic(c - l) * logistic(l - c) / double(p.size());
  const double of_q = std::sqrt(std::fmax(0, square / n - mean * mean) / n);
  m.free_energy.value = -c;
  m.free_energy.error = std::hypot(of_q, std::isnan(overlap.error) ? 0 : overlap.error) / slope;

  const bool constant = std::isnan(reached.error);
  const Estimate& clock = constant ? overlap : reached;
  const double tau = std::isnan(clock.tau_int) ? 0.5 : std::fmax(0.5, clock.tau_int);
  const double shift = 0.5 * (share_below(p, bound + m.free_energy.error) -
                              share_below(p, bound - m.free_energy.error));
  m.covered.value = share_below(p, bound);
  m.covered.error =
      std::fmax(constant ? 0 : std::hypot(reached.error, shift), 2 * tau / double(p.size()));
  m.covered.tau_int = clock.tau_int;
  m.covered.tau_int_error = clock.tau_int_error;
  m.covered.window = clock.window;
  m.covered.replica_q = clock.replica_q;
  m.covered.verdict = clock.verdict.has(Doubt::no_fluctuation) ? Verdict() : clock.verdict;
  // many replicas give an error by their spread, however slow each of them is
  const bool slow = clock.verdict.has(Doubt::window_cut) || clock.verdict.has(Doubt::short_chain);
  return !clock.verdict.has(Doubt::replicas_disagree) && (!slow || series.replicas() >= 8);
}

}  // namespace detail

/// Compares the two sides.
inline ModeCollapse mode_collapse(std::span<const double> model_log_weights,
                                  const TargetSide& target, const CollapseOptions& options = {}) {
  require(options.sigmas > 0, "mode_collapse: sigmas", options.sigmas, "> 0");
  require(options.least_covered > 0 && options.least_covered < 1, "mode_collapse: least_covered",
          options.least_covered, "above 0 and below 1");
  require(!target.log_weights.empty(), "mode_collapse: configurations of the target", 0, ">= 4");

  ModeCollapse m;
  m.model_ess = effective_sample_size(model_log_weights);
  m.target_ess = target.effective_sample_size;
  const Estimate f = free_energy(model_log_weights);
  const auto end = [&m](bool collapsed, bool undecided, const char* reason) {
    m.collapsed = collapsed;
    m.undecided = undecided;
    m.reason = reason;
    return m;
  };

  const double n = double(target.log_weights.size()), s = options.sigmas;
  const double least = options.least_covered;
  const double finite = detail::share_below(target.log_weights, INFINITY);
  if (finite == 0) {  // nothing in common, and no Z
    m.covered.value = 0;
    m.covered.error = 1 / n;
    return s / n < least ? end(true, false, "the model has no density where the target is")
                         : end(false, true, "too few configurations of the target");
  }
  const bool long_enough = detail::judge_target(m, model_log_weights, target);
  const double error = s * m.covered.error;
  m.found.value = std::exp(-f.value + m.free_energy.value);
  m.found.error = m.found.value * std::hypot(f.error, m.free_energy.error);
  const double contradiction = s * m.found.error + 1 - least;

  if (!long_enough)
    return end(false, true, "the target's chains are too short for their autocorrelation");
  if (finite + error < least)
    return end(true, false, "the model has no density at a part of the target");
  if (m.model_ess.value * double(m.model_ess.samples) < detail::fewest_weights)
    return end(false, true, "a few of the model's draws carry all weight");
  if (m.covered.value + error < least)
    return end(true, false, "the model's draws do not reach a part of the target");
  if (m.covered.value - error <= least)
    return end(false, true, "too few configurations of the target");
  if (m.found.value + contradiction < 1)
    return end(false, true, "the model's draws have not found weight that they should have");
  if (m.found.value - contradiction > 1)
    return end(false, true, "the target's chains do not visit what the model draws");
  return end(false, false, "the model's draws reach the target");
}

}  // namespace lanes
