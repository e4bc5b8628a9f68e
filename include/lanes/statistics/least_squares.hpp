// SPDX-License-Identifier: BSD-3-Clause
//
// minimise_squares: the parameters p at which |r(p)|^2 is smallest, by Levenberg and Marquardt:
// steps (J^T J + lambda D^2) step = -J^T r, J = dr/dp, D the norms of its columns, lambda a tenth
// after a step that goes down and ten times as large where it would not. Solved by QR of the
// stacked J and sqrt(lambda) D: the normal equations would square the condition of J.
//
// residuals(const Eigen::VectorXd& p, Eigen::VectorXd& r, Eigen::MatrixXd& J) fills r [points] and
// J [points][parameters]; what is not finite is a step too far.
// converged: the undamped step is below 1e-12 of the parameters, or below 1e-6 where rounding lets
// none go down. Errors: none; what did not converge says so.
// Sources: K. Levenberg 1944; D. Marquardt 1963; J. J. More 1978 (scaling by the columns).
#pragma once

#include <cmath>
#include <utility>

#include <Eigen/Core>
#include <Eigen/QR>

#include <lanes/core/finite_math.hpp>

namespace lanes {

/// Where it ended.
struct LeastSquares {
  Eigen::VectorXd parameters;
  Eigen::VectorXd residuals;  // [points]
  Eigen::MatrixXd jacobian;   // [points][parameters]
  int steps = 0;
  bool converged = false;

  /// |r|^2.
  double squares() const { return residuals.squaredNorm(); }
};

namespace detail {

inline Eigen::VectorXd damped_step(const LeastSquares& at, const Eigen::VectorXd& scale,
                                   double lambda) {
  const Eigen::Index n = at.jacobian.rows(), k = at.jacobian.cols();
  Eigen::MatrixXd stacked = Eigen::MatrixXd::Zero(n + k, k);
  stacked.topRows(n) = at.jacobian;
  stacked.bottomRows(k) = (std::sqrt(lambda) * scale).asDiagonal();
  Eigen::VectorXd right = Eigen::VectorXd::Zero(n + k);
  right.head(n) = -at.residuals;
  return stacked.colPivHouseholderQr().solve(right);
}

}  // namespace detail

template <class Residuals>
LeastSquares minimise_squares(const Residuals& residuals, Eigen::VectorXd start) {
  constexpr int most = 500;
  LeastSquares here;
  here.parameters = std::move(start);
  residuals(here.parameters, here.residuals, here.jacobian);
  LeastSquares there = here;
  double lambda = 1e-3;
  while (here.steps < most && std::isfinite(here.squares()) && here.jacobian.allFinite()) {
    const Eigen::VectorXd scale = here.jacobian.colwise().norm();
    const double size = scale.cwiseProduct(here.parameters).norm();
    const double undamped = scale.cwiseProduct(detail::damped_step(here, scale, 0)).norm();
    here.converged = undamped <= 1e-12 * size;
    if (here.converged) break;
    bool down = false;
    for (; !down && lambda < 1e12; lambda *= 10) {
      there.parameters = here.parameters + detail::damped_step(here, scale, lambda);
      residuals(there.parameters, there.residuals, there.jacobian);
      down = there.squares() < here.squares() && there.jacobian.allFinite();
      if (down) break;
    }
    if (!down) {
      here.converged = undamped <= 1e-6 * size;
      break;
    }
    there.steps = here.steps + 1;
    std::swap(here, there);
    lambda /= 10;
  }
  return here;
}

}  // namespace lanes
