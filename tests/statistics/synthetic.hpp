// SPDX-License-Identifier: BSD-3-Clause
//
// Synthetic data with known answers, for the tests of lanes/analysis.
//
// Pulls (value - truth) / error of M independent data sets: their mean square is 1 if errors are
// right, with a standard deviation of sqrt(2 / M) plus what the errors' own scatter adds.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace synthetic {

using Generator = std::mt19937_64;

/// AR(1): x' = a x + sqrt(1 - a^2) noise, stationary from the first value, unit variance, mean 0.
/// tau_int = (1 + a) / (2 (1 - a)), so a = (2 tau - 1) / (2 tau + 1).
inline std::vector<double> autoregressive(double tau_int, std::size_t n, Generator& generator) {
  const double a = (2 * tau_int - 1) / (2 * tau_int + 1), b = std::sqrt(1 - a * a);
  std::normal_distribution<double> normal;
  std::vector<double> x(n);
  double last = normal(generator);
  for (double& value : x) {
    value = last;
    last = a * last + b * normal(generator);
  }
  return x;
}

/// Mean, mean square and count of what is added.
struct Pulls {
  double sum = 0, squares = 0;
  int count = 0;

  void add(double pull) {
    sum += pull;
    squares += pull * pull;
    ++count;
  }
  double mean() const { return sum / count; }
  double mean_square() const { return squares / count; }
};

}  // namespace synthetic
