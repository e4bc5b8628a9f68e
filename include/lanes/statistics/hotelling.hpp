// SPDX-License-Identifier: BSD-3-Clause
//
// hotelling_q: the probability that Hotelling's T^2 exceeds x,
//
//   T^2 = d^T S^-1 d,  d ~ N(0, Sigma) of nu numbers,  S an estimate of Sigma with n degrees
//   of freedom (n S ~ Wishart(Sigma, n));   Q = I_{n / (n + x)}((n - nu + 1) / 2, nu / 2)
//
// n infinite (Sigma is known): chi^2 with nu degrees of freedom. The mean is n nu / (n - nu - 1).
// incomplete_beta: the regularised I_x(a, b), by its continued fraction (modified Lentz).
// Sources: H. Hotelling 1931; Abramowitz and Stegun 26.5.8.
#pragma once

#include <cmath>
#include <limits>

#include <lanes/core/error.hpp>
#include <lanes/statistics/chi_square.hpp>

namespace lanes {

/// I_x(a, b) of a, b > 0 and x in [0, 1]; relative accuracy 1e-12.
inline double incomplete_beta(double x, double a, double b) {
  require(x >= 0 && x <= 1, "incomplete_beta: x", x, "0 to 1");
  require(a > 0, "incomplete_beta: a", a, "> 0");
  require(b > 0, "incomplete_beta: b", b, "> 0");
  if (x == 0 || x == 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(1 - x, b, a);  // converges fast there
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x)) /
                       a;
  constexpr double eps = std::numeric_limits<double>::epsilon(), tiny = 1e-300;
  constexpr int most = 100000;
  const auto not_zero = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < most; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                 odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    h *= c * d;
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    h *= c * d;
    if (std::abs(c * d - 1) < eps) break;
  }
  return front * h;
}

/// n: degrees of freedom of the covariance, infinite where it is known; nu: those of T^2.
inline double hotelling_q(double t_square, int nu, double n) {
  if (std::isinf(n)) return chi_square_q(t_square, nu);
  require(t_square >= 0, "hotelling_q: t_square", t_square, ">= 0");
  require(nu >= 1, "hotelling_q: nu", nu, ">= 1");
  require(n >= nu, "hotelling_q: n", n, ">= nu");
  return incomplete_beta(n / (n + t_square), 0.5 * (n - nu + 1), 0.5 * nu);
}

}  // namespace lanes
