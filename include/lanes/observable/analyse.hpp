// SPDX-License-Identifier: BSD-3-Clause
//
// From configurations to results with errors.
//
//   analyse<Geometry>(observable, configurations, lengths)         exact chains, by gamma_method
//   analyse_reweighted<Geometry>(observable, configurations, log_weights)
//                                                                 draws of q, by bootstrap
//   analyse_reweighted<Geometry>(observable, configurations, log_weights, lengths)
//                                                                 weighted chains, by gamma
//   action_density<Geometry>(actions, lengths)                     <S> / V from S alone
//   action_density_reweighted<Geometry>(actions, log_weights)
//   measure_series<Geometry>(observable, configurations, lengths)  the Series behind the first two
//
// The last argument of the first three and the last, after the options if there are any, says where
// they work: a Backend, or Threads{n} of this machine (core/parallel.hpp), all by default. An
// observable with measure_many runs its kernels on the backend, or on a DefaultBackend of so many
// threads; others are measured, and resamples drawn, on the threads. Their number changes no bit.
//
// Shapes: configurations [configurations][entries] of float or double, contiguous: anything with
// data() and size(), a std::vector, a std::span, an xtensor array (whose first extent is the number
// of configurations). entries is Geometry::volume unless the observable says otherwise; numbers
// alone do not say of which field they are: an Ensemble does (make_ensemble.hpp). actions,
// log_weights [configurations]; lengths [replicas], in configurations, empty: one replica. Results
// [results], in the observable's order.
// Errors: std::invalid_argument for a size that is not entries a configuration, where their number
// is known (lengths, log_weights, first extent), else no multiple of entries; for a measured value
// that is not finite, and what gamma_method and bootstrap refuse. What an observable throws comes
// out as it is: of measure, the exception of the first configuration that has one.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/core/c_order.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/parallel.hpp>
#include <lanes/observable/observable.hpp>
#include <lanes/statistics/bootstrap.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/gamma_method.hpp>
#include <lanes/statistics/reweighting.hpp>
#include <lanes/statistics/series.hpp>

namespace lanes {

/// Primaries of n configurations, out [n][primaries], 0 on entry.
template <class Geometry, class Where, class O, class Real>
void measure_all(Where& where, const O& observable, const Real* configurations, std::size_t n,
                 double* out) {
  if constexpr (!detail::MeasuresMany<O, Geometry>) {
    constexpr std::size_t entries = static_cast<std::size_t>(entry_count<Geometry, O>());
    constexpr std::size_t k = static_cast<std::size_t>(primary_count<Geometry, O>());
    parallel_for(where, n, [&](std::size_t i) {
      observable.template measure<Geometry>(configurations + i * entries, out + i * k);
    });
  } else if constexpr (std::is_same_v<Where, Threads>) {
    auto backend = backend_with(where);
    observable.template measure_many<Geometry>(backend, configurations, n, out);
  } else {
    observable.template measure_many<Geometry>(where, configurations, n, out);
  }
}

namespace detail {

/// Where something is measured if nobody says so: on `threads`, those of an ensemble.
template <class Where>
Where or_threads(Where where, int threads) {
  if constexpr (std::is_same_v<Where, Threads>)
    if (where.count == 0) where.count = threads;
  return where;
}

/// The number of configurations, each with so many entries for the observable; count: what their
/// number is, 0 where nothing says so.
template <class Geometry, class O, class Configurations>
std::size_t count_configurations(const Configurations& configurations, std::size_t count) {
  constexpr std::size_t entries = static_cast<std::size_t>(entry_count<Geometry, O>());
  const std::size_t size = configurations.size();
  require(is_c_order(configurations), "order of the configurations", "another one",
          "C order, contiguous (row_major)");
  if constexpr (detail::ShapedArray<Configurations>)
    if (count == 0 && configurations.shape().size() > 1)
      count = static_cast<std::size_t>(configurations.shape()[0]);
  const std::string name = "observable " + std::string(O::name) + ": how many numbers it is given";
  const std::string each = std::to_string(entries);
  if (count == 0)
    require(size % entries == 0, name.c_str(), size,
            ("a multiple of " + each + ", which it reads of a configuration").c_str());
  else
    require(size == count * entries,
            (name + " in " + std::to_string(count) + " configurations").c_str(), size,
            (std::to_string(count * entries) + ", as it reads " + each +
             " of each: give it configurations of its field and lattice, or take an observable of "
             "theirs")
                .c_str());
  return size / entries;
}

}  // namespace detail

/// count: of configurations, where lengths do not say it; 0: unknown.
template <class Geometry, class O, class Configurations, class Where = Threads>
Series measure_series(const O& observable, const Configurations& configurations,
                      std::span<const std::size_t> lengths = {}, Where where = {},
                      std::size_t count = 0) {
  static_assert(detail::Named<O>, "lanes: an Observable has a static member name (a string).");
  static_assert(
      detail::Measures<O, Geometry> || detail::MeasuresMany<O, Geometry>,
      "lanes: an Observable has measure<Geometry>(const Real* configuration, double* out) "
      "const, for float and for double, or measure_many; see lanes/observable/observable.hpp.");
  static_assert(HasThreads<Where>,
                "lanes: configurations are measured on a Backend, or on lanes::Threads{n}.");
  using Real = std::remove_cv_t<std::remove_pointer_t<decltype(configurations.data())>>;
  static_assert(std::is_same_v<Real, float> || std::is_same_v<Real, double>,
                "lanes: configurations are float or double.");
  constexpr std::size_t k = static_cast<std::size_t>(primary_count<Geometry, O>());

  for (std::size_t length : lengths) count += length;
  const std::size_t n = detail::count_configurations<Geometry, O>(configurations, count);
  std::vector<double> values(n * k, 0.0);
  const Real* data = configurations.data();
  measure_all<Geometry>(where, observable, data, n, values.data());
  return Series(static_cast<int>(k), std::move(values), lengths);
}

template <class Geometry, class O, class Configurations, class Where = Threads>
std::vector<Estimate> analyse(const O& observable, const Configurations& configurations,
                              std::span<const std::size_t> lengths = {},
                              const GammaOptions& options = {}, Where where = {}) {
  const Series series =
      measure_series<Geometry>(observable, configurations, lengths, std::move(where));
  const auto function = [&](const double* means, double* out) {
    derive_results<Geometry>(observable, means, out);
  };
  return gamma_method(series, result_count<Geometry, O>(), function, options);
}

/// options.threads counts where it is given.
template <class Geometry, class O, class Configurations, class Where = Threads>
std::vector<Estimate> analyse_reweighted(const O& observable, const Configurations& configurations,
                                         std::span<const double> log_weights,
                                         BootstrapOptions options = {}, Where where = {}) {
  if (options.threads == 0) options.threads = where.threads();
  const Series series = measure_series<Geometry>(observable, configurations, {}, std::move(where),
                                                 log_weights.size());
  const auto function = [&](const double* means, double* out) {
    derive_results<Geometry>(observable, means, out);
  };
  return bootstrap(series, log_weights, result_count<Geometry, O>(), function, options);
}

template <class Geometry, class O, class Configurations, class Where = Threads>
std::vector<Estimate> analyse_reweighted(const O& observable, const Configurations& configurations,
                                         std::span<const double> log_weights,
                                         std::span<const std::size_t> lengths,
                                         const GammaOptions& options = {}, Where where = {}) {
  const Series series =
      measure_series<Geometry>(observable, configurations, lengths, std::move(where));
  const auto function = [&](const double* means, double* out) {
    derive_results<Geometry>(observable, means, out);
  };
  return gamma_method_reweighted(series, log_weights, result_count<Geometry, O>(), function,
                                 options);
}

namespace detail {

template <class Geometry>
Series action_densities(std::span<const double> actions, std::span<const std::size_t> lengths) {
  std::vector<double> density(actions.begin(), actions.end());
  for (double& s : density) s /= Geometry::volume;
  return Series(1, std::move(density), lengths);
}

}  // namespace detail

template <class Geometry>
Estimate action_density(std::span<const double> actions, std::span<const std::size_t> lengths = {},
                        const GammaOptions& options = {}) {
  return gamma_method(detail::action_densities<Geometry>(actions, lengths), 0, options);
}

namespace detail {

/// Infinite actions have weight zero and are left out.
template <class Geometry>
Series weighted_action_densities(std::span<const double> actions,
                                 std::span<const double> log_weights,
                                 std::span<const std::size_t> lengths) {
  require(actions.size() == log_weights.size(), "action_density_reweighted: number of log weights",
          log_weights.size(), "the number of actions");
  std::vector<double> kept(actions.begin(), actions.end());
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (std::isinf(log_weights[i]) && log_weights[i] < 0) kept[i] = 0;
  return action_densities<Geometry>(kept, lengths);
}

}  // namespace detail

template <class Geometry>
Estimate action_density_reweighted(std::span<const double> actions,
                                   std::span<const double> log_weights,
                                   const BootstrapOptions& options = {}) {
  return bootstrap(detail::weighted_action_densities<Geometry>(actions, log_weights, {}),
                   log_weights, 0, options);
}

template <class Geometry>
Estimate action_density_reweighted(std::span<const double> actions,
                                   std::span<const double> log_weights,
                                   std::span<const std::size_t> lengths,
                                   const GammaOptions& options = {}) {
  const auto mean = [](const double* means, double* out) { *out = *means; };
  return gamma_method_reweighted(
      detail::weighted_action_densities<Geometry>(actions, log_weights, lengths), log_weights, 1,
      mean, options)[0];
}

}  // namespace lanes
