// SPDX-License-Identifier: BSD-3-Clause
//
// gamma_method: value, error and tau_int of a function of means, by Wolff's Gamma method.
//
//   F = f(<a_1>, .., <a_K>),  d(i) = sum_k (df/da_k) (a_k(i) - mean a_k),  i = 1 .. N, R replicas
//   Gamma(t) = sum_r sum_i d_r(i) d_r(i + t) / (N - R t)
//   C(W) = Gamma(0) + 2 sum_{t = 1}^{W} Gamma(t),  error^2 = C / N,  tau_int = C / (2 Gamma(0))
//
// Gradient: central differences with steps of one naive error of each primary.
// Window: the first W with exp(-W / tau) < tau / sqrt(W N), where tau = S / ln(1 + 1 / G) and
//   G = sum_{t = 1}^{W} rho(t); at most half of the shortest replica.
// Bias: Gamma(t) += C / N (the mean is estimated from the same data); with two or more replicas the
//   O(1/N) bias of f is removed: f - (sum_r N_r f_r / N - f) / (R - 1), f_r on replica r;
//   not where some f_r is not finite.
// Errors of errors: error sqrt((W + 1/2) / N), tau_int sqrt(4 (W + 1/2 - tau_int) / N).
// replica_q: probability of a larger sum_r N_r (f_r - f)^2 / C, chi^2 with R - 1 degrees of
// freedom.
// Where C(W) <= 0 (strong anticorrelation, few data) the window is 0: the error is then too large.
// A series without fluctuation (to rounding) has error 0, tau_int 0.5; NaN: see estimate.hpp.
// Errors: std::invalid_argument for a replica shorter than 4 measurements, or S < 0.
// Cost: N K per result, plus N W. Source: U. Wolff, hep-lat/0306017 (with its erratum).
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <lanes/analysis/autocovariance.hpp>
#include <lanes/analysis/chi_square.hpp>
#include <lanes/analysis/estimate.hpp>
#include <lanes/analysis/series.hpp>
#include <lanes/core/error.hpp>

namespace lanes {

struct GammaOptions {
  double S = 1.5;  // assumed tau_exp / tau_int; 0: independent data, window 0
};

namespace detail {

inline constexpr std::size_t shortest_replica = 4;

inline void check_series(const Series& series, const GammaOptions& options) {
  require(options.S >= 0 && std::isfinite(options.S), "gamma_method: S", options.S,
          "finite and >= 0");
  require(series.replicas() >= 1, "gamma_method: number of measurements", 0, ">= 4");
  for (std::size_t length : series.lengths())
    require(length >= shortest_replica, "gamma_method: measurements in a replica", length, ">= 4");
}

/// C(W), W and the covariances up to W, all before the bias correction.
struct Window {
  double c = 0;
  double gamma_0 = 0;
  int width = 0;
};

inline Window automatic_window(const std::vector<double>& d, const Series& series, double s) {
  const double n = static_cast<double>(d.size()), r = static_cast<double>(series.replicas());
  std::size_t shortest = d.size();
  for (std::size_t length : series.lengths()) shortest = length < shortest ? length : shortest;
  const std::size_t longest_lag = s > 0 ? shortest / 2 : 0;

  Autocovariance covariance(d, series.lengths(), longest_lag);
  const double gamma_0 = covariance.lag_sum(0) / n;
  double sum = 0;  // of Gamma(t) over t = 1 .. W
  std::size_t width = 0;
  while (width < longest_lag) {
    ++width;
    const double t = static_cast<double>(width);
    sum += covariance.lag_sum(width) / (n - r * t);
    const double g = sum / gamma_0;
    const double tau = g > 0 ? s / std::log1p(1 / g) : std::numeric_limits<double>::epsilon();
    if (std::exp(-t / tau) < tau / std::sqrt(t * n)) break;
  }
  if (gamma_0 + 2 * sum <= 0) return {gamma_0, gamma_0, 0};
  return {gamma_0 + 2 * sum, gamma_0, static_cast<int>(width)};
}

/// From the projected fluctuations d [measurements] to everything but value and replica_q.
/// noise: the size below which d is rounding.
inline Estimate error_of_mean(const std::vector<double>& d, const Series& series, double s,
                              double noise) {
  const double n = static_cast<double>(d.size());
  Estimate e;
  double largest = 0;
  for (double x : d) largest = std::abs(x) > largest ? std::abs(x) : largest;
  if (largest <= noise) {
    e.error = e.error_error = 0;
    return e;
  }
  std::vector<double> scaled(d);  // squares neither overflow nor underflow
  for (double& x : scaled) x /= largest;

  const Window window = automatic_window(scaled, series, s);
  const double w = window.width;
  const double bias = window.c / n;
  const double gamma_0 = window.gamma_0 + bias;
  const double c = window.c + (2 * w + 1) * bias;
  e.window = window.width;
  e.error = largest * std::sqrt(c / n);
  e.error_error = e.error * std::sqrt((w + 0.5) / n);
  e.tau_int = c / (2 * gamma_0);
  e.tau_int_error = e.tau_int * std::sqrt(std::fmax(0.0, 4 * (w + 0.5 - e.tau_int) / n));
  return e;
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

  std::vector<double> step(k, 0.0), largest(k, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t a = 0; a < k; ++a) {
      const double x = series.row(i)[a], size = std::abs(x - means[a]);
      largest[a] = std::fmax(largest[a], std::abs(x));
      step[a] = std::fmax(step[a], size);
    }
  const std::vector<double> span = step;  // max |a - mean a|: scales the squares below
  for (std::size_t a = 0; a < k; ++a) {
    double square = 0;
    for (std::size_t i = 0; i < n && span[a] > 0; ++i) {
      const double x = (series.row(i)[a] - means[a]) / span[a];
      square += x * x;
    }
    step[a] = span[a] * std::sqrt(square) / total;
  }

  std::vector<double> value(f), above(f), below(f), gradient(f * k, 0.0), at = means;
  derive(means.data(), value.data());
  for (std::size_t a = 0; a < k; ++a) {
    if (step[a] == 0) continue;
    at[a] = means[a] + step[a];
    const double high = at[a];
    derive(at.data(), above.data());
    at[a] = means[a] - step[a];
    derive(at.data(), below.data());
    const double width = high - at[a];
    at[a] = means[a];
    for (std::size_t j = 0; j < f && width > 0; ++j)
      gradient[j * k + a] = (above[j] - below[j]) / width;
  }

  std::vector<double> of_replica(r * f);
  for (std::size_t q = 0; q < r; ++q) {
    if (r < 2) break;
    const std::vector<double> mean = series.replica_means(q);
    derive(mean.data(), &of_replica[q * f]);
  }

  std::vector<Estimate> estimates(f);
  std::vector<double> d(n);
  for (std::size_t j = 0; j < f; ++j) {
    Estimate& e = estimates[j];
    const double* g = &gradient[j * k];
    double scale = 0;
    for (std::size_t a = 0; a < k; ++a) scale += std::abs(g[a]) * largest[a];
    if (!std::isfinite(value[j]) || !std::isfinite(scale)) {
      e.value = value[j];
      e.tau_int = e.tau_int_error = Estimate::nan;
      continue;
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double* row = series.row(i);
      double sum = 0;
      for (std::size_t a = 0; a < k; ++a) sum += g[a] * (row[a] - means[a]);
      d[i] = sum;
    }
    e = detail::error_of_mean(d, series, options.S,
                              16 * std::numeric_limits<double>::epsilon() * scale);
    e.value = value[j];
    if (r < 2) continue;

    double mean = 0, chi_square = 0;
    for (std::size_t q = 0; q < r; ++q)
      mean += static_cast<double>(series.lengths()[q]) / total * of_replica[q * f + j];
    if (!std::isfinite(mean)) continue;
    e.value -= (mean - value[j]) / static_cast<double>(r - 1);
    if (e.error <= 0) continue;
    for (std::size_t q = 0; q < r; ++q) {
      const double pull = (of_replica[q * f + j] - mean) / e.error;
      chi_square += static_cast<double>(series.lengths()[q]) / total * pull * pull;
    }
    e.replica_q = chi_square_q(chi_square, static_cast<int>(r) - 1);
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
