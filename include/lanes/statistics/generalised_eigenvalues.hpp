// SPDX-License-Identifier: BSD-3-Clause
//
// The generalised eigenvalue problem of a matrix of correlators C_ij(t) = <O_i(t) O_j(0)>, for the
// energies of m states,
//
//   C(t) v_n = lambda_n(t) C(t0) v_n,    lambda_n(t0) = 1
//   cosh E_n(t) = (lambda_n(t - 1) + lambda_n(t + 1)) / (2 lambda_n(t))
//
// PrincipalCorrelators  lambda_n(t), t = 0 .. times - 1: a matrix of m states has lambda_n(t) =
//                       g(t, E_n) / g(t0, E_n), with g an exponential or a cosh: fit_correlator
// EffectiveEnergies     E_n(t), t = 1 .. times - 2, exact for either; m = 1 is EffectiveMass
//
// Both are called as derive(const double* means, double* out): of gamma_method, bootstrap,
// correlated_estimates. States are those of the largest lambda first where t > t0, of the smallest
// where t < t0: E_0 < E_1 < ... More states than m leave exp(-(E_m - E_n) t) in E_n(t) where
// t0 >= t / 2. Computed as the eigenvalues of W^T C(t) W, C(t0) = V D V^T, W = V D^(-1/2).
//
// Shapes: C [times][m][m], symmetrised here; lambda [times][m]; E [times - 2][m]. NaN where C(t0)
// is not positive definite, or, of energies, where cosh E < 1. Errors: std::invalid_argument for
// t0 out of range, and from effective_energies and generalised_eigenvalues where C(t0) is not
// positive definite at the means, with its smallest eigenvalue.
// Sources: M. Luescher, U. Wolff, Nucl. Phys. B339 (1990) 222; B. Blossier et al., 0902.1265.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <lanes/core/error.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/gamma_method.hpp>
#include <lanes/statistics/series.hpp>

namespace lanes {

class PrincipalCorrelators {
 public:
  PrincipalCorrelators(int operators, int times, int t0)
      : operators_(operators), times_(times), t0_(t0) {
    require(operators >= 1, "generalised eigenvalues: operators", operators, ">= 1");
    require(times >= 1, "generalised eigenvalues: times", times, ">= 1");
    require(t0 >= 0 && t0 < times, "generalised eigenvalues: t0", t0,
            ("0 to " + std::to_string(times - 1)).c_str());
  }

  int operators() const { return operators_; }
  int times() const { return times_; }
  int t0() const { return t0_; }
  int results() const { return times_ * operators_; }
  std::string label(int result) const {
    return "lambda_" + std::to_string(result % operators_) + "(" +
           std::to_string(result / operators_) + ")";
  }

  /// c [times][m][m] -> lambda [times][m].
  void operator()(const double* c, double* lambda) const {
    std::fill(lambda, lambda + results(), Estimate::nan);
    const Eigen::Map<const Eigen::VectorXd> numbers(c, results() * operators_);
    if (!numbers.allFinite()) return;
    const Solver at_t0(symmetric(c, t0_));
    if (!(at_t0.eigenvalues()[0] > least(at_t0))) return;
    const Eigen::MatrixXd w =
        at_t0.eigenvectors() * at_t0.eigenvalues().cwiseSqrt().cwiseInverse().asDiagonal();
    for (int t = 0; t < times_; ++t) {
      const Eigen::MatrixXd half = symmetric(c, t) * w;
      const Eigen::VectorXd values = Solver(w.transpose() * half).eigenvalues();  // smallest first
      double* out = lambda + t * operators_;
      if (t < t0_)
        std::copy(values.begin(), values.end(), out);
      else
        std::reverse_copy(values.begin(), values.end(), out);
    }
  }

  /// Throws unless C(t0) is positive definite.
  void check(const double* c) const {
    const Solver at_t0(symmetric(c, t0_));
    require(at_t0.eigenvalues()[0] > least(at_t0),
            ("generalised eigenvalues: smallest eigenvalue of C(t0 = " + std::to_string(t0_) + ")")
                .c_str(),
            at_t0.eigenvalues()[0],
            ("above " + detail::to_text(least(at_t0)) +
             ": an earlier t0, or fewer operators that resemble each other")
                .c_str());
  }

 private:
  using Solver = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>;

  /// Rounding of an eigenvalue.
  static double least(const Solver& s) {
    const auto& values = s.eigenvalues();
    return std::numeric_limits<double>::epsilon() * double(values.size()) *
           std::max(values[values.size() - 1], 0.0);
  }
  Eigen::MatrixXd symmetric(const double* c, int t) const {
    const Eigen::Map<const Eigen::MatrixXd> m(c + t * operators_ * operators_, operators_,
                                              operators_);
    return 0.5 * (m + m.transpose());
  }

  int operators_, times_, t0_;
};

class EffectiveEnergies {
 public:
  EffectiveEnergies(int operators, int times, int t0) : correlators_(operators, times, t0) {
    require(times >= 3, "EffectiveEnergies: times", times, ">= 3");
  }

  int results() const { return (correlators_.times() - 2) * correlators_.operators(); }
  std::string label(int result) const {
    const int m = correlators_.operators();
    return "E_" + std::to_string(result % m) + "(" + std::to_string(result / m + 1) + ")";
  }

  /// c [times][m][m] -> E [times - 2][m], of t = 1 .. times - 2.
  void operator()(const double* c, double* energies) const {
    std::vector<double> lambda(std::size_t(correlators_.results()));
    correlators_(c, lambda.data());
    const int m = correlators_.operators();
    for (int i = 0; i < results(); ++i) {
      const double* here = &lambda[std::size_t(i + m)];
      const bool value = here[0] > 0;
      energies[i] = value ? std::acosh((here[-m] + here[m]) / (2 * here[0])) : Estimate::nan;
    }
  }
  void check(const double* c) const { correlators_.check(c); }

 private:
  PrincipalCorrelators correlators_;
};

/// lambda [times][m] of one matrix c [times][m][m].
inline std::vector<double> generalised_eigenvalues(const std::vector<double>& c, int operators,
                                                   int t0) {
  const std::size_t one = std::size_t(std::max(operators, 1)) * std::size_t(std::max(operators, 1));
  require(c.size() % one == 0, "generalised_eigenvalues: numbers", c.size(),
          "a multiple of operators^2");
  const PrincipalCorrelators correlators(operators, int(c.size() / one), t0);
  correlators.check(c.data());
  std::vector<double> lambda(std::size_t(correlators.results()));
  correlators(c.data(), lambda.data());
  return lambda;
}

/// E_n(t) [times - 2][m] with errors, of measurements of C, primaries [times][m][m].
inline std::vector<Estimate> effective_energies(const Series& series, int operators, int t0,
                                                const GammaOptions& options = {}) {
  const int one = std::max(operators, 1) * std::max(operators, 1);
  require(series.primaries() % one == 0, "effective_energies: primaries", series.primaries(),
          "a multiple of operators^2");
  const EffectiveEnergies energies(operators, series.primaries() / one, t0);
  energies.check(series.means().data());
  return gamma_method(series, energies.results(), energies, options);
}

}  // namespace lanes
