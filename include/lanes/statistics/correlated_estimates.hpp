// SPDX-License-Identifier: BSD-3-Clause
//
// correlated_estimates: functions of means with the covariance of their errors, autocorrelations
// included: what a correlated fit starts from (correlated_fit.hpp).
//
//   F_j = f_j(<a_1>, .., <a_K>),  delta_j(b) = sum_k (df_j/da_k) (a_k(b) - mean a_k)
//   C_ij = sum_b (l_b / N)^2 delta_i(b) delta_j(b) / (1 - sum_b (l_b / N)^2) / (1 - f)
//
// a_k(b): mean over block b = 1 .. M of l_b measurements in a row, all of one replica. Blocks and
// not the Gamma method: a sum of squares is positive (definite for M > F), a Gamma(t) that is cut
// at a window need not be. And M blocks are M draws: (M - 1) C is Wishart's, with M - 1 degrees of
// freedom, so that the bias of its inverse is known.
//
// Block length: the larger of 1 and (2 N tau_b^2)^(1/3), tau_b = tau_int - 1 / (4 tau_int) of the
// slowest F_j by the Gamma method: bias and noise of the error are then of one size. Blocks that
// cut a chain miss what goes on across the cut, the fraction f = tau_b / l of the variance (for one
// exponential, up to exp(-l / tau)): it is put back.
//
// Shapes: estimates [F], covariance [F][F], NaN where an F_j has no value. Errors:
// std::invalid_argument for a block below 4 tau_b or above a quarter of the measurements, for fewer
// than 2 blocks, and what gamma_method refuses. Cost: that of gamma_method.
// Sources: U. Wolff, hep-lat/0306017; H. Flyvbjerg, H. G. Petersen, J. Chem. Phys. 91 (1989) 461.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <lanes/core/error.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/gamma_method.hpp>
#include <lanes/statistics/gradient.hpp>
#include <lanes/statistics/series.hpp>

namespace lanes {

/// How blocks are made.
struct CovarianceOptions {
  std::size_t block = 0;    // >= 4 tau_int, or 0: from tau_int; measurements in a block
  GammaOptions gamma = {};  // S = 0: independent measurements, blocks of one
};

/// Values whose errors are correlated.
struct CorrelatedEstimates {
  std::vector<Estimate> estimates;                           // [F], errors by the Gamma method
  Eigen::MatrixXd covariance;                                // [F][F], of the values
  double degrees = std::numeric_limits<double>::infinity();  // of the covariance; infinite: known
  double block = 0;                                          // mean length [measurements]

  CorrelatedEstimates() = default;
  /// Values whose covariance is known.
  CorrelatedEstimates(const std::vector<double>& values, Eigen::MatrixXd known)
      : covariance(std::move(known)) {
    const auto size = Eigen::Index(values.size());
    require(covariance.rows() == size && covariance.cols() == size,
            "CorrelatedEstimates: rows of the covariance", covariance.rows(),
            "the number of values, as many as columns");
    for (double value : values) {
      Estimate e;
      e.value = value;
      e.error =
          std::sqrt(covariance(Eigen::Index(estimates.size()), Eigen::Index(estimates.size())));
      estimates.push_back(e);
    }
  }
};

namespace detail {

/// Means of the primaries over blocks, less those over all, [blocks][primaries], times l_b / N.
struct Blocks {
  Eigen::MatrixXd fluctuation;
  double uncut = 0;    // part of the blocks' ends that are ends of a replica
  double squares = 0;  // sum of (l_b / N)^2
};

inline Blocks blocks_of(const Series& series, const std::vector<double>& means,
                        std::size_t length) {
  std::size_t count = 0;
  for (std::size_t n : series.lengths()) count += std::max<std::size_t>(1, n / length);
  const double total = double(series.measurements());
  Blocks blocks;
  blocks.fluctuation = Eigen::MatrixXd::Zero(Eigen::Index(count), series.primaries());
  blocks.uncut = double(series.replicas()) / double(count);
  Eigen::Index b = 0;
  std::size_t at = 0;
  for (std::size_t n : series.lengths()) {
    const std::size_t parts = std::max<std::size_t>(1, n / length);
    for (std::size_t part = 0; part < parts; ++part, ++b) {
      const std::size_t size = n / parts + (part < n % parts);
      blocks.squares += double(size) / total * double(size) / total;
      for (const std::size_t end = at + size; at < end; ++at)
        for (int k = 0; k < series.primaries(); ++k)
          blocks.fluctuation(b, k) += (series.row(at)[k] - means[std::size_t(k)]) / total;
    }
  }
  return blocks;
}

/// The largest tau_b.
inline double slowest_time(const std::vector<Estimate>& estimates) {
  double slowest = 0;
  for (const Estimate& e : estimates)
    if (e.tau_int > 0.5) slowest = std::max(slowest, e.tau_int - 0.25 / e.tau_int);
  return slowest;
}

}  // namespace detail

/// derive(const double* means [primaries], double* out [results]).
template <class Function>
CorrelatedEstimates correlated_estimates(const Series& series, int results, const Function& derive,
                                         const CovarianceOptions& options = {}) {
  CorrelatedEstimates all;
  all.estimates = gamma_method(series, results, derive, options.gamma);
  const double n = double(series.measurements()), tau = detail::slowest_time(all.estimates);
  const auto most = std::size_t(n / 4);
  if (options.block > 0)
    require(double(options.block) >= std::min(4 * tau, n / 4) && options.block <= most,
            "correlated_estimates: block", options.block,
            (detail::to_text(std::ceil(std::min(4 * tau, n / 4))) + " to " + std::to_string(most) +
             ": four autocorrelation times to a quarter of the measurements")
                .c_str());
  const auto automatic = std::size_t(std::ceil(std::cbrt(2 * n * tau * tau)));
  const std::size_t length =
      options.block > 0 ? options.block : std::clamp<std::size_t>(automatic, 1, most);

  const std::vector<double> means = series.means();
  const detail::Blocks blocks = detail::blocks_of(series, means, length);
  const std::vector<double> gradient =
      detail::gradient_at(means, detail::spans(series, means).error, std::size_t(results), derive);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> g(gradient.data(), results, series.primaries());
  const Eigen::MatrixXd delta = blocks.fluctuation * g.transpose();

  const double m = double(delta.rows());
  require(m >= 2, "correlated_estimates: blocks", delta.rows(), ">= 2");
  all.block = n / m;
  all.degrees = m - 1;
  const double missing = std::min(0.5, tau / all.block * (1 - blocks.uncut));
  all.covariance = delta.transpose() * delta / ((1 - blocks.squares) * (1 - missing));
  return all;
}

/// The means of the primaries.
inline CorrelatedEstimates correlated_estimates(const Series& series,
                                                const CovarianceOptions& options = {}) {
  const auto means = [&](const double* a, double* out) {
    std::copy(a, a + series.primaries(), out);
  };
  return correlated_estimates(series, series.primaries(), means, options);
}

}  // namespace lanes
