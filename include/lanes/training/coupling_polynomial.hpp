// SPDX-License-Identifier: BSD-3-Clause
//
// Parameters as polynomials of tau in [-1, 1], where a coupling lies in its range, for Conditional
// (training/conditional.hpp): kernels from coefficients to parameters, and from the gradient of
// parameters to that of coefficients. Coefficients are
//
//   theta_0 [parameters];  theta_k, k = 1 .. degree, of those that depend on the coupling,
//   [degree][conditioned];  those that are the theory's own, [Chebyshev points][own]
#pragma once

#include <cmath>
#include <cstddef>

#include <lanes/core/macros.hpp>
#include <lanes/training/optimizer_step.hpp>

namespace lanes {

namespace detail {

/// The polynomial through the values at nine Chebyshev points (barycentric form, Berrut and
/// Trefethen 2004): sum_j weight_j value_j / sum.
struct Interpolation {
  static constexpr int points = 9;
  double weight[points] = {}, sum = 1;

  explicit Interpolation(double tau) {
    sum = 0;
    for (int j = 0; j < points; ++j) {
      if (tau == point(j)) {
        *this = Interpolation();
        weight[j] = 1;
        return;
      }
      const bool end = j == 0 || j == points - 1;
      weight[j] = (j % 2 ? -1 : 1) * (end ? 0.5 : 1) / (tau - point(j));
      sum += weight[j];
    }
  }
  static double point(int j) { return std::cos(3.141592653589793 * j / (points - 1)); }

 private:
  Interpolation() = default;
};

/// Parameter i of the coefficients' polynomials; those of the theory's own are interpolated.
template <class Real>
struct AtCoupling {
  const Real* coefficients;
  const int* place;  // [parameters], among those that depend on the coupling; -1: it does not
  int parameters, own, degree, conditioned;
  Real tau;
  Interpolation interpolation;
  Real* theta;
  LANES_HD void operator()(std::size_t at) const {
    const int i = static_cast<int>(at), first_of_own = parameters - own;
    if (i >= first_of_own) {
      const Real* values = coefficients + parameters + degree * conditioned + i - first_of_own;
      double sum = 0;
      for (int j = 0; j < Interpolation::points; ++j)
        sum += interpolation.weight[j] * double(values[j * own]);
      theta[i] = static_cast<Real>(sum / interpolation.sum) + Real(0);  // no -0
      return;
    }
    Real value = coefficients[i], power = 1;
    if (place[i] >= 0)
      for (int k = 0; k < degree; ++k) {
        power *= tau;
        value += power * coefficients[parameters + k * conditioned + place[i]];
      }
    theta[i] = value;
  }
};

/// d loss / d coefficient i = tau^k d loss / d theta; 0 of what is not trained.
template <class Real>
struct GradientOfCoefficient {
  const Real* gradient;
  const int* which;  // [conditioned], the parameters that depend on the coupling
  int parameters, degree, conditioned;
  Real tau;
  LANES_HD Real operator()(std::size_t at, Real most) const {
    int i = static_cast<int>(at);
    if (i < parameters) return clamped(gradient[i], most);
    i -= parameters;
    if (i >= degree * conditioned) return 0;
    Real power = tau;
    for (int k = 0; k < i / conditioned; ++k) power *= tau;
    return power * clamped(gradient[which[i % conditioned]], most);
  }
};

}  // namespace detail

}  // namespace lanes
