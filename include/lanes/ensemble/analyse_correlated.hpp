// SPDX-License-Identifier: BSD-3-Clause
//
// analyse_correlated: the results of an observable as analyse gives them, with the covariance of
// their errors (statistics/correlated_estimates.hpp), for a correlated fit:
//
//   const auto c = lanes::analyse_correlated(lanes::TwoPointFunction{}, ensemble);
//   const auto fit = lanes::fit_correlator(c, lanes::Cosh{16}, {.first = 2, .last = 8});
//
// Weights of a ReweightedEnsemble are in: ratios <w a> / <w>, along chains in blocks, independent
// draws one by one. Runs on the threads of the ensemble. Errors: those of analyse and of
// correlated_estimates.
#pragma once

#include <lanes/ensemble/ensemble.hpp>
#include <lanes/ensemble/reweighted_ensemble.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/statistics/correlated_estimates.hpp>
#include <lanes/statistics/reweighting.hpp>

namespace lanes {

template <class O, class Field, class Geometry, class Real>
CorrelatedEstimates analyse_correlated(const O& observable,
                                       const Ensemble<Field, Geometry, Real>& ensemble,
                                       const CovarianceOptions& options = {}) {
  check_field_of_observable<O, Field, Geometry>();
  CorrelatedEstimates all = correlated_estimates(
      measure_series<Geometry>(observable, ensemble.configurations, ensemble.lengths(),
                               Threads{ensemble.threads}),
      result_count<Geometry, O>(),
      [&](const double* means, double* out) { derive_results<Geometry>(observable, means, out); },
      options);
  if (ensemble.proposal_log_weights.empty()) return all;
  const Verdict weights = weight_verdict(ensemble.proposal_log_weights);
  for (Estimate& e : all.estimates) e.verdict.add(weights);
  return all;
}

template <class O, class Field, class Geometry, class Real>
CorrelatedEstimates analyse_correlated(const O& observable,
                                       const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                                       CovarianceOptions options = {}) {
  check_field_of_observable<O, Field, Geometry>();
  if (ensemble.lengths.empty()) options.gamma.S = 0;
  const Series series = measure_series<Geometry>(observable, ensemble.configurations,
                                                 ensemble.lengths, Threads{ensemble.threads},
                                                 ensemble.lengths.empty() ? ensemble.size() : 0);
  const auto derive = [&](const double* means, double* out) {
    derive_results<Geometry>(observable, means, out);
  };
  CorrelatedEstimates all = correlated_estimates(
      detail::weighted_series(series, ensemble.log_weights), result_count<Geometry, O>(),
      detail::of_weighted_means(series.primaries(), derive), options);
  const Verdict weights = weight_verdict(ensemble.log_weights);
  for (Estimate& e : all.estimates) e.verdict.add(weights);
  return all;
}

}  // namespace lanes
