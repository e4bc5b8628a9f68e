// SPDX-License-Identifier: BSD-3-Clause
//
// The gradient of derived quantities at the means of their primaries, by central differences.
//
//   g_ja = (f_j(a + h_a) - f_j(a - h_a)) / (2 h_a),   h_a = 1e-3 naive errors of primary a
//
// A step is a small part of the naive error: primaries are correlated, and a whole one may leave
// the domain of an arccosh or a logarithm although the correlated error is far smaller. Where f is
// not finite on either side the step shrinks by 10, three times; then the gradient is NaN.
//
// Shapes: means, errors [primaries]; derive(const double* means, double* out [results]).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <lanes/statistics/estimate.hpp>

namespace lanes::detail {

/// [results][primaries]; 0 where a primary does not fluctuate.
template <class Function>
std::vector<double> gradient_at(const std::vector<double>& means, const std::vector<double>& errors,
                                std::size_t results, const Function& derive) {
  const std::size_t k = means.size();
  std::vector<double> gradient(results * k, 0.0), above(results), below(results), at = means;
  for (std::size_t a = 0; a < k; ++a) {
    if (errors[a] == 0) continue;
    const double least = 1e-11 * std::abs(means[a]);  // below it differences are rounding
    for (std::size_t j = 0; j < results; ++j) gradient[j * k + a] = Estimate::nan;
    bool missing = true;
    for (double part = 1e-3; missing && part > 1e-7; part /= 10) {
      const double step = std::max(part * errors[a], least);
      at[a] = means[a] + step;
      const double high = at[a];
      derive(static_cast<const double*>(at.data()), above.data());
      at[a] = means[a] - step;
      const double width = high - at[a];
      derive(static_cast<const double*>(at.data()), below.data());
      missing = false;
      for (std::size_t j = 0; j < results; ++j) {
        double& g = gradient[j * k + a];
        if (!std::isfinite(g)) g = (above[j] - below[j]) / width;
        missing = missing || !std::isfinite(g);
      }
    }
    at[a] = means[a];
  }
  return gradient;
}

}  // namespace lanes::detail
