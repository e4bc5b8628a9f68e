// SPDX-License-Identifier: BSD-3-Clause
//
// fit: the parameters p of a model f(t; p) that are closest to correlated values y_t,
//
//   T^2 = min_p (y - f(p))^T C^-1 (y - f(p)),    t = first .. last: P values, k parameters
//
//   struct Line { auto operator()(double t, const auto* p) const { return p[0] + p[1] * t; } };
//   const lanes::Fit f = lanes::fit(values, Line{}, {1.0, 0.0}, {.first = 2, .last = 8});
//
// The model is written once, unqualified exp and so on; its derivatives follow (core/dual.hpp).
//
// C is estimated from M blocks (correlated_estimates.hpp), n = M - 1, and C^-1 is too large: of P
// numbers by n / (n - P - 1), in words N / (N - P - 2). What is left of them after k parameters are
// dF = P - k numbers, so what is given is
//
//   chi_square = T^2 (n - dF - 1) / n          mean dF, as of chi^2
//   p_value    of T^2, Hotelling's              exact for any n (hotelling.hpp)
//   covariance = (J^T C^-1 J)^-1 n / (n - dF) (n - 1) / (n - dF - 1),   J = df/dp
//
// all exact for linear models of Gaussian values: the last factors undo that (J^T C^-1 J)^-1 is too
// small, and add what the noise of C gives to p. Known C: n infinite. Errors of parameters are from
// this covariance, by derivatives: no fit is repeated.
//
// Verdicts: those of the values in the window; no_value where it did not converge or parameters are
// not determined (errors NaN); poor_fit where p_value < 1e-4. tau_int is not estimated: NaN.
// Errors: std::invalid_argument for a window out of range, fewer values than parameters, values
// that are not finite, a covariance that is singular, and where it is estimated M <= P + 1.
// Sources: C. R. Rao 1967 (generalised least squares with an estimated covariance); J. Hartlap,
// P. Simon, P. Schneider, astro-ph/0608064; W. J. Percival et al., 1312.4841.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <Eigen/QR>

#include <lanes/core/dual.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/statistics/correlated_estimates.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/hotelling.hpp>
#include <lanes/statistics/least_squares.hpp>

namespace lanes {

/// What is fitted, both ends included; t is the number of a value.
struct FitWindow {
  int first = 0;
  int last = -1;  // -1: the last there is
};

struct Fit {
  std::vector<Estimate> parameters;  // [k]
  Eigen::MatrixXd covariance;        // [k][k]
  double chi_square = 0;
  int degrees = 0;                 // dF = P - k
  double p_value = Estimate::nan;  // probability of a larger T^2; NaN: no degree is left
  bool converged = false;          // else errors are NaN
};

namespace detail {

inline constexpr double least_p_value = 1e-4;
inline constexpr double least_own_part = 1e-13;  // of a variance; below it is rounding

/// Values of a window in units in which their covariance is one.
class WhitenedWindow {
 public:
  WhitenedWindow(const CorrelatedEstimates& data, FitWindow window, int parameters)
      : first_(window.first) {
    const int size = int(data.estimates.size()), last = window.last == -1 ? size - 1 : window.last;
    const std::string range = "first <= last, within 0 to " + std::to_string(size - 1);
    require(first_ >= 0 && first_ < size, "fit: first", first_, range.c_str());
    require(last >= first_ && last < size, "fit: last", last, range.c_str());
    points_ = last - first_ + 1;
    require(points_ >= parameters, "fit: values in the window", points_,
            (">= " + std::to_string(parameters) + ", the number of parameters").c_str());
    require(data.degrees > points_, "fit: blocks that the covariance is from", data.degrees + 1,
            ("above " + std::to_string(points_ + 1) +
             ", the values in the window and one: take fewer of them, or more configurations")
                .c_str());
    values_.resize(points_);
    for (int i = 0; i < points_; ++i) {
      const Estimate& e = data.estimates[std::size_t(first_ + i)];
      require(std::isfinite(e.value), ("fit: value " + std::to_string(first_ + i)).c_str(), e.value,
              "finite");
      values_[i] = e.value;
      verdict_.add(e.verdict);
    }
    factorise(data.covariance.block(first_, first_, points_, points_));
    values_ = whitened(values_);
  }

  int first() const { return first_; }
  int points() const { return points_; }
  Verdict verdict() const { return verdict_; }
  const Eigen::VectorXd& values() const { return values_; }
  /// L^-1 v of v [points][..], C = L L^T.
  Eigen::MatrixXd whitened(Eigen::MatrixXd v) const {
    for (int i = 0; i < points_; ++i) {
      v.row(i) /= scale_[i];
      v.row(i) -= lower_.row(i).head(i) * v.topRows(i);
      v.row(i) /= lower_(i, i);
    }
    return v;
  }

 private:
  void factorise(const Eigen::MatrixXd& covariance) {
    scale_ = covariance.diagonal().cwiseSqrt();
    for (int i = 0; i < points_; ++i)
      require(scale_[i] > 0 && std::isfinite(scale_[i]),
              ("fit: variance of value " + std::to_string(first_ + i)).c_str(), covariance(i, i),
              "finite and > 0");
    lower_ = Eigen::MatrixXd::Zero(points_, points_);  // of the correlations, by Cholesky
    for (int i = 0; i < points_; ++i) {
      for (int j = 0; j < i; ++j)
        lower_(i, j) = (covariance(i, j) / scale_[i] / scale_[j] -
                        lower_.row(i).head(j).dot(lower_.row(j).head(j))) /
                       lower_(j, j);
      const double own = 1 - lower_.row(i).squaredNorm();
      require(
          own > least_own_part,
          ("fit: part of the variance of value " + std::to_string(first_ + i) +
           " that the values before it in the window do not have")
              .c_str(),
          own,
          ("above " + to_text(least_own_part) + ": leave it out if it follows from them").c_str());
      lower_(i, i) = std::sqrt(own);
    }
  }

  int first_, points_ = 0;
  Verdict verdict_;
  Eigen::VectorXd values_, scale_;
  Eigen::MatrixXd lower_;
};

/// f [points] and df/dp [points][parameters] of the model.
template <class Model>
void evaluate(const Model& model, const WhitenedWindow& window, const Eigen::VectorXd& p,
              Eigen::VectorXd& f, Eigen::MatrixXd& gradient) {
  using Number = Dual<Pack<double, 1>>;
  std::vector<Number> at(p.begin(), p.end());
  f.resize(window.points());
  gradient.resize(window.points(), p.size());
  for (Eigen::Index k = 0; k < p.size(); ++k) {
    at[std::size_t(k)].derivative = 1;
    for (int i = 0; i < window.points(); ++i) {
      const Number y = model(double(window.first() + i), static_cast<const Number*>(at.data()));
      f[i] = y.value.value;
      gradient(i, k) = y.derivative.value;
    }
    at[std::size_t(k)].derivative = 0;
  }
}

/// chi^2, errors and verdicts of a minimum; n: degrees of freedom of the covariance.
inline Fit judged(const LeastSquares& minimum, double n, Verdict verdict) {
  const Eigen::Index k = minimum.parameters.size();
  Fit fit;
  fit.degrees = int(minimum.residuals.size() - k);
  fit.converged = minimum.converged;
  const double nu = fit.degrees, t_square = minimum.squares();
  const bool known = std::isinf(n);
  fit.chi_square = known ? t_square : t_square * (n - nu - 1) / n;
  if (fit.degrees > 0 && std::isfinite(t_square))
    fit.p_value = hotelling_q(t_square, fit.degrees, n);

  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(minimum.jacobian);
  const bool determined = minimum.converged && qr.rank() == k;
  fit.covariance = Eigen::MatrixXd::Constant(k, k, Estimate::nan);
  if (determined) {
    const Eigen::MatrixXd inverse = qr.solve(Eigen::MatrixXd::Identity(
        minimum.jacobian.rows(), minimum.jacobian.rows()));  // (J^T J)^-1 J^T
    const double noise = known ? 1 : n / (n - nu) * (n - 1) / (n - nu - 1);
    fit.covariance = noise * inverse * inverse.transpose();
  }
  verdict.add(Doubt::no_value, !determined);
  verdict.add(Doubt::poor_fit, fit.p_value < least_p_value);
  for (Eigen::Index i = 0; i < k; ++i) {
    Estimate e;
    e.value = minimum.parameters[i];
    e.error = std::sqrt(fit.covariance(i, i));
    e.error_error = known ? 0 : e.error * std::sqrt(0.5 / (n - nu));
    e.tau_int = e.tau_int_error = Estimate::nan;
    e.verdict = verdict;
    fit.parameters.push_back(e);
  }
  return fit;
}

template <class Model>
Fit fit(const WhitenedWindow& window, double degrees, const Model& model,
        const Eigen::VectorXd& start) {
  Eigen::VectorXd f;
  Eigen::MatrixXd gradient;
  const auto residuals = [&](const Eigen::VectorXd& p, Eigen::VectorXd& r, Eigen::MatrixXd& j) {
    evaluate(model, window, p, f, gradient);
    r = window.whitened(f) - window.values();
    j = window.whitened(gradient);
  };
  return judged(minimise_squares(residuals, start), degrees, window.verdict());
}

}  // namespace detail

/// model(double t, const Number* p) -> Number; start [parameters].
template <class Model>
Fit fit(const CorrelatedEstimates& data, const Model& model, const std::vector<double>& start,
        FitWindow window = {}) {
  require(!start.empty(), "fit: parameters", 0, ">= 1");
  for (double p : start) require(std::isfinite(p), "fit: start of a parameter", p, "finite");
  const detail::WhitenedWindow whitened(data, window, int(start.size()));
  return detail::fit(whitened, data.degrees, model,
                     Eigen::Map<const Eigen::VectorXd>(start.data(), Eigen::Index(start.size())));
}

}  // namespace lanes
