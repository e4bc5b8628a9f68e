// SPDX-License-Identifier: BSD-3-Clause
//
// tail_index: how slowly the largest of N weights fall off, the shape k of a generalised Pareto
// density fitted to what exceeds a threshold,
//
//   p(w > u + x | w > u) = (1 + k x / sigma)^(-1 / k),   x >= 0
//
// Moments of order m exist for k < 1 / m: a sum of weights has a variance for k < 1/2, an ESS has
// one for k < 1/4. Up to k = 0.7 an error from N draws is of use; beyond, the largest weight that
// was not drawn matters more than all that were (Vehtari et al.). k < 0: weights with a bound.
//
// The tail is the M = min(N / 5, 3 sqrt(N)) largest weights; k is the weighted mean of profile
// likelihoods over a grid, drawn towards 1/2 by a prior worth 10 draws.
// NaN where there are fewer than 5 weights in the tail, or where they are all equal.
// Shape: log_weights [draws]. Cost: N + M log M, and M^1.5.
// Source: Zhang, Stephens, Technometrics 51 (2009) 316; Vehtari et al., 1507.02646.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <lanes/core/finite_math.hpp>

namespace lanes {

inline double tail_index(std::span<const double> log_weights) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::size_t n = log_weights.size();
  const std::size_t m =
      std::min(n / 5, static_cast<std::size_t>(std::ceil(3 * std::sqrt(static_cast<double>(n)))));
  if (m < 5) return nan;
  std::vector<double> l(log_weights.begin(), log_weights.end());
  const auto falling = [](double a, double b) { return a > b; };
  const auto last = l.begin() + static_cast<std::ptrdiff_t>(m);
  std::nth_element(l.begin(), last, l.end(), falling);
  const double threshold = *last, top = *std::max_element(l.begin(), last);
  std::vector<double> x;  // exceedances in units of the largest weight, rising
  x.reserve(m);
  for (auto i = l.begin(); i != last; ++i) {
    const double above = std::exp(*i - top) - std::exp(threshold - top);
    if (above > 0) x.push_back(above);
  }
  if (x.size() < 5) return nan;
  std::sort(x.begin(), x.end());

  const double count = static_cast<double>(x.size());
  const int grid = 30 + static_cast<int>(std::sqrt(count));
  const double quartile = x[static_cast<std::size_t>(count / 4 + 0.5) - 1], largest = x.back();
  const auto shape = [&](double b) {  // k at b = -k / sigma
    double sum = 0;
    for (double value : x) sum += std::log1p(-b * value);
    return sum / count;
  };
  std::vector<double> b, likelihood;
  for (int i = 1; i <= grid; ++i) {
    b.push_back(1 / largest + (1 - std::sqrt(grid / (i - 0.5))) / (3 * quartile));
    const double k = shape(b.back());
    likelihood.push_back(count * (std::log(-b.back() / k) - k - 1));
  }
  const double best = *std::max_element(likelihood.begin(), likelihood.end());
  double sum = 0, mean = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double p = std::exp(likelihood[i] - best);
    sum += p;
    mean += p * b[i];
  }
  const double k = shape(mean / sum);
  return (count * k + 10 * 0.5) / (count + 10);
}

}  // namespace lanes
