// SPDX-License-Identifier: BSD-3-Clause
//
// chi_square_q: the probability that chi^2 with n degrees of freedom exceeds x,
//
//   Q(x | n) = Gamma(n/2, x/2) / Gamma(n/2)
//
// By the power series of the lower function below n/2 + 1, by the continued fraction (modified
// Lentz) of the upper one above; relative accuracy 1e-12. Source: Abramowitz and Stegun 6.5.29,
// 6.5.31.
#pragma once

#include <cmath>
#include <limits>

#include <lanes/core/error.hpp>

namespace lanes {

inline double chi_square_q(double chi_square, int degrees) {
  require(chi_square >= 0, "chi_square_q: chi_square", chi_square, ">= 0");
  require(degrees >= 1, "chi_square_q: degrees", degrees, ">= 1");
  const double a = 0.5 * degrees, x = 0.5 * chi_square;
  if (x == 0) return 1;
  if (std::isinf(x)) return 0;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  constexpr double eps = std::numeric_limits<double>::epsilon();
  constexpr int most = 100000;
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < most && term > eps * sum; ++n) sum += term *= x / (a + n);
    return 1 - front * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int n = 1; n < most; ++n) {
    const double numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    h *= factor;
    if (std::abs(factor - 1) < eps) break;
  }
  return front * h;
}

}  // namespace lanes
