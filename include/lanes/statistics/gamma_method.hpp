// SPDX-License-Identifier: BSD-3-Clause
//
// gamma_method: value, error and tau_int of a function of means, by Wolff's Gamma method.
//
//   F = f(<a_1>, .., <a_K>),  d(i) = sum_k (df/da_k) (a_k(i) - mean a_k),  i = 1 .. N, R replicas
//   Gamma(t) = sum_r sum_i d_r(i) d_r(i + t) / sum_r max(N_r - t, 0)
//   C(W) = Gamma(0) + 2 sum_{t = 1}^{W} Gamma(t),  error^2 = C / N,  tau_int = C / (2 Gamma(0))
//
// Gradient: central differences with small steps (gradient.hpp).
// Window: the first W with exp(-W / tau) < tau / sqrt(W N), where tau = S / ln(1 + 1 / G) and
//   G = sum_{t = 1}^{W} rho(t); at most half of the longest replica. A window that is cut there has
//   not seen the correlations die out: the error is then that of the spread between replicas,
//   error^2 = sum_r (N_r / N) (f_r - f)^2 / (R - 1), where there are 8 or more; of fewer the larger
//   of the two.
// Bias: Gamma(t) += C / N (the mean is estimated from the same data); with two or more replicas the
//   O(1/N) bias of f is removed: f - (sum_r N_r f_r / N - f) / (R - 1), f_r on replica r;
//   not where some f_r is not finite.
// Errors of errors: error sqrt((W + 1/2) / N), tau_int sqrt(4 (W + 1/2 - tau_int) / N).
// replica_q: probability of a larger sum_r N_r (f_r - f)^2 / C, chi^2 with R - 1 degrees of
// freedom.
// Where C(W) <= 0 (strong anticorrelation, few data) the window is 0: the error is then too large.
// A series without fluctuation (to rounding) has no error: NaN. Verdicts: verdict.hpp.
// Errors: std::invalid_argument for a replica shorter than 4 measurements, or S < 0.
// Cost: N K per result, plus N W. Source: U. Wolff, hep-lat/0306017 (with its erratum).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/statistics/autocovariance.hpp>
#include <lanes/statistics/chi_square.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/gradient.hpp>
#include <lanes/statistics/series.hpp>

namespace lanes {

/// How the window is chosen.
struct GammaOptions {
  double S = 1.5;  // >= 0 and finite; assumed tau_exp / tau_int; 0: independent data, window 0
};

namespace detail {

inline constexpr std::size_t shortest_replica = 4;

// Below so many tau_int in all, tau_int is too small by more than its error; see
// tests/statistics/coverage.cpp.
inline constexpr double least_tau_int = 100;
inline constexpr double least_replica_q = 1e-4;
inline constexpr std::size_t many_replicas = 8;

inline void check_series(const Series& series, const GammaOptions& options) {
  require(options.S >= 0 && std::isfinite(options.S), "gamma_method: S", options.S,
          "finite and >= 0");
  require(series.replicas() >= 1, "gamma_method: number of measurements", 0, ">= 4");
  for (std::size_t length : series.lengths())
    require(length >= shortest_replica, "gamma_method: measurements in a replica", length, ">= 4");
}

/// C(W) and W, before the bias correction.
struct Window {
  double c = 0;
  double gamma_0 = 0;
  int width = 0;
  bool cut = false;       // no W up to half of the longest replica is large enough
  bool negative = false;  // C(W) <= 0
};

inline Window automatic_window(const std::vector<double>& d, const Series& series, double s) {
  const double n = static_cast<double>(d.size());
  std::size_t longest = 0;
  for (std::size_t length : series.lengths()) longest = std::max(longest, length);
  const std::size_t longest_lag = s > 0 ? longest / 2 : 0;

  Autocovariance covariance(d, series.lengths(), longest_lag);
  const double gamma_0 = covariance.lag_sum(0) / n;
  double sum = 0;  // of Gamma(t) over t = 1 .. W
  std::size_t width = 0;
  bool closed = longest_lag == 0;
  while (width < longest_lag && !closed) {
    ++width;
    std::size_t pairs = 0;
    for (std::size_t length : series.lengths()) pairs += length > width ? length - width : 0;
    sum += covariance.lag_sum(width) / static_cast<double>(pairs);
    const double t = static_cast<double>(width), g = sum / gamma_0;
    const double tau = g > 0 ? s / std::log1p(1 / g) : std::numeric_limits<double>::epsilon();
    closed = std::exp(-t / tau) < tau / std::sqrt(t * n);
  }
  if (gamma_0 + 2 * sum <= 0) return {gamma_0, gamma_0, 0, false, true};
  return {gamma_0 + 2 * sum, gamma_0, static_cast<int>(width), !closed, false};
}

/// From the projected fluctuations d [measurements] to everything but value and replica_q.
/// noise: the size below which d is rounding. spread: of the replicas, error^2 from it; 0: unknown.
inline Estimate error_of_mean(const std::vector<double>& d, const Series& series, double s,
                              double noise, double spread = 0) {
  const double n = static_cast<double>(d.size());
  Estimate e;
  double largest = 0;
  for (double x : d) largest = std::max(largest, std::abs(x));
  if (largest <= noise) {
    e.tau_int = e.tau_int_error = Estimate::nan;
    e.verdict.add(Doubt::no_fluctuation);
    return e;
  }
  std::vector<double> scaled(d);  // squares neither overflow nor underflow
  for (double& x : scaled) x /= largest;

  const Window window = automatic_window(scaled, series, s);
  const double w = window.width;
  const double bias = window.c / n;
  const double gamma_0 = window.gamma_0 + bias;
  double c = window.c + (2 * w + 1) * bias;
  const double c_of_spread = n * spread / largest / largest;
  const bool many = series.replicas() >= many_replicas && c_of_spread > 0;
  if (window.cut && (many || c_of_spread > c)) c = c_of_spread;
  e.window = window.width;
  e.error = largest * std::sqrt(c / n);
  e.error_error = e.error * std::sqrt((w + 0.5) / n);
  e.tau_int = c / (2 * gamma_0);
  e.tau_int_error = e.tau_int * std::sqrt(std::fmax(0.0, 4 * (w + 0.5 - e.tau_int) / n));
  e.verdict.add(Doubt::window_cut, window.cut);
  e.verdict.add(Doubt::anticorrelation, window.negative);
  e.verdict.add(Doubt::short_chain, s > 0 && n < least_tau_int * e.tau_int);
  return e;
}

/// Naive errors of the primaries [primaries], sqrt(Var / N), and their largest sizes.
struct Spans {
  std::vector<double> error, largest;
};

inline Spans spans(const Series& series, const std::vector<double>& means) {
  const std::size_t k = means.size(), n = series.measurements();
  Spans s{std::vector<double>(k, 0.0), std::vector<double>(k, 0.0)};
  std::vector<double> range(k, 0.0), square(k, 0.0);  // max |a - mean a|: no square overflows
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t a = 0; a < k; ++a) {
      s.largest[a] = std::max(s.largest[a], std::abs(series.row(i)[a]));
      range[a] = std::max(range[a], std::abs(series.row(i)[a] - means[a]));
    }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t a = 0; a < k; ++a) {
      if (range[a] == 0) continue;
      const double x = (series.row(i)[a] - means[a]) / range[a];
      square[a] += x * x;
    }
  for (std::size_t a = 0; a < k; ++a)
    s.error[a] = range[a] * std::sqrt(square[a]) / static_cast<double>(n);
  return s;
}

/// Whether result j of derive leaves the line of its gradient within two errors: by more than 3/4
/// of one at the means moved by two of F in either direction, delta a_k = 2 Cov(a_k, F) / error.
template <class Function>
bool leaves_line(const Series& series, const std::vector<double>& means,
                 const std::vector<std::size_t>& active, const std::vector<double>& d, double error,
                 std::size_t results, std::size_t j, const Function& derive) {
  double largest = 0, square = 0;
  for (double x : d) largest = std::max(largest, std::abs(x));
  std::vector<double> shift(active.size(), 0.0);
  for (std::size_t i = 0; i < d.size(); ++i) {
    const double x = d[i] / largest;
    square += x * x;
    for (std::size_t b = 0; b < active.size(); ++b)
      shift[b] += x * (series.row(i)[active[b]] - means[active[b]]);
  }
  std::vector<double> out(results), at = means;
  derive(static_cast<const double*>(at.data()), out.data());
  const double here = out[j];
  for (double way : {2.0, -2.0}) {
    for (std::size_t b = 0; b < active.size(); ++b)
      at[active[b]] = means[active[b]] + way * error / largest * shift[b] / square;
    derive(static_cast<const double*>(at.data()), out.data());
    if (!(std::abs(out[j] - here - way * error) <= 0.75 * error)) return true;
  }
  return false;
}

}  // namespace detail

/// Several results at once: derive(const double* means [primaries], double* out [results]).
template <class Function>
std::vector<Estimate> gamma_method(const Series& series, int results, const Function& derive,
                                   const GammaOptions& options = {}) {
  detail::check_series(series, options);
  require(results >= 1, "gamma_method: results", results, ">= 1");
  const std::size_t k = static_cast<std::size_t>(series.primaries()), n = series.measurements();
  const std::size_t f = static_cast<std::size_t>(results), r = series.replicas();
  const double total = static_cast<double>(n);
  const std::vector<double> means = series.means();
  const detail::Spans spans = detail::spans(series, means);

  std::vector<double> value(f);
  derive(means.data(), value.data());
  const std::vector<double> gradient = detail::gradient_at(means, spans.error, f, derive);

  std::vector<double> of_replica(r * f);
  for (std::size_t q = 0; q < r && r > 1; ++q) {
    const std::vector<double> mean = series.replica_means(q);
    derive(mean.data(), &of_replica[q * f]);
  }

  std::vector<Estimate> estimates(f);
  std::vector<double> d(n);
  std::vector<std::size_t> active;  // primaries that this result depends on
  for (std::size_t j = 0; j < f; ++j) {
    Estimate& e = estimates[j];
    const double* g = &gradient[j * k];
    double scale = 0;
    active.clear();
    for (std::size_t a = 0; a < k; ++a) {
      if (g[a] != 0) active.push_back(a);
      scale += std::abs(g[a]) * spans.largest[a];
    }
    if (!std::isfinite(value[j]) || !std::isfinite(scale)) {
      e.value = value[j];
      e.tau_int = e.tau_int_error = Estimate::nan;
      e.verdict.add(Doubt::no_value);
      continue;
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double* row = series.row(i);
      double sum = 0;
      for (std::size_t a : active) sum += g[a] * (row[a] - means[a]);
      d[i] = sum;
    }
    double mean = 0, spread = 0;  // of the replicas
    for (std::size_t q = 0; q < r && r > 1; ++q)
      mean += static_cast<double>(series.lengths()[q]) / total * of_replica[q * f + j];
    for (std::size_t q = 0; q < r && r > 1; ++q) {
      const double pull = of_replica[q * f + j] - mean;
      spread += static_cast<double>(series.lengths()[q]) / total * pull * pull;
    }
    const bool replicas = r > 1 && std::isfinite(mean) && std::isfinite(spread);
    e = detail::error_of_mean(d, series, options.S,
                              16 * std::numeric_limits<double>::epsilon() * scale,
                              replicas ? spread / static_cast<double>(r - 1) : 0);
    e.value = value[j];
    if (replicas) e.value -= (mean - value[j]) / static_cast<double>(r - 1);
    if (e.verdict.has(Doubt::no_fluctuation)) continue;
    e.verdict.add(Doubt::nonlinear,
                  detail::leaves_line(series, means, active, d, e.error, f, j, derive));
    if (!replicas) continue;
    e.replica_q = chi_square_q(spread / e.error / e.error, static_cast<int>(r) - 1);
    e.verdict.add(Doubt::replicas_disagree, e.replica_q < detail::least_replica_q);
  }
  return estimates;
}

/// One result: f(const double* means [primaries]) -> double.
template <class Function>
Estimate gamma_method(const Series& series, const Function& f, const GammaOptions& options = {}) {
  const auto derive = [&f](const double* means, double* out) { *out = f(means); };
  return gamma_method(series, 1, derive, options)[0];
}

/// The mean of one primary.
inline Estimate gamma_method(const Series& series, int primary = 0,
                             const GammaOptions& options = {}) {
  require(primary >= 0 && primary < series.primaries(), "gamma_method: primary", primary,
          "0 to primaries() - 1");
  return gamma_method(
      series, [primary](const double* means) { return means[primary]; }, options);
}

}  // namespace lanes
