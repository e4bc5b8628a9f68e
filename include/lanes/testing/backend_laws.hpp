// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of a backend, for anybody's: whatever it computes, Serial computes too (backend/serial.hpp).
//
//   const double d = laws::check_backend<MyBackend, Double, Scalar, Geometry, Flow>(seed);
//   CHECK(d < lanes::Double::agreement);
//
// check_backend: base samples, a flow and its inverse, both adjoints with their gradients, of the
// same parameters, lane by lane. check_spin_backend: draws, ln q, and the gradient of an
// autoregressive model. Given is the largest difference relative to the largest number, so that the
// flow decides what is looked at: one of ConvNets looks at convolutions. Use layers whose
// parameters are not at their start values (both do).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <lanes/backend/serial.hpp>
#include <lanes/testing/autoregressive_laws.hpp>
#include <lanes/testing/workbench.hpp>

namespace lanes::laws {

/// Largest difference, relative to the largest of b; infinite where one is not finite. period: of
/// points of a circle.
inline double relative_difference(const std::vector<double>& a, const std::vector<double>& b,
                                  double period = 0) {
  double difference = a.size() == b.size() ? 0 : INFINITY, size = 1e-300;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double d = period > 0 ? std::remainder(a[i] - b[i], period) : a[i] - b[i];
    difference = std::max(difference, std::isfinite(d) ? std::abs(d) : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}

namespace detail {

/// 0 of a line.
template <class F>
inline constexpr double period_of = 0;
template <PeriodicField F>
inline constexpr double period_of<F> = F::period;

}  // namespace detail

template <class Backend, class Precision, class Field, class Geometry, class Flow>
double check_backend(Seed seed, double scale = 0.3) {
  Workbench<Precision, Field, Geometry, Flow, Backend> bench(seed, scale);
  Workbench<Precision, Field, Geometry, Flow, Serial> serial(seed, scale);
  constexpr std::size_t lanes = std::size_t(bench.lanes), rows = std::size_t(bench.field_rows);
  const auto column = [](const std::vector<double>& all, std::size_t k) {
    std::vector<double> one;
    for (std::size_t r = 0; r < all.size() / lanes; ++r) one.push_back(all[r * lanes + k]);
    return one;
  };
  double worst = 0;
  const auto compare = [&](const std::vector<double>& a, const std::vector<double>& b) {
    worst = std::max(worst, relative_difference(a, b));
  };
  const auto compare_fields = [&](const std::vector<double>& a, const std::vector<double>& b) {
    worst = std::max(worst, relative_difference(a, b, detail::period_of<Field>));
  };
  const auto add = [](std::vector<double>& sum, const std::vector<double>& more) {
    sum.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
  };

  const auto z = bench.base();
  compare_fields(column(z, 0), serial.base());  // of the lane that is numbered 0
  std::vector<double> d(rows * lanes), weight(lanes);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = std::sin(0.7 * double(i));
  for (std::size_t k = 0; k < lanes; ++k) weight[k] = std::cos(0.9 * double(k));
  const auto there = bench.from_base(z);
  const auto back = bench.density(there.field);
  const auto score = bench.score(there.field, weight), pull = bench.pullback(z, d, weight);
  std::vector<double> score_gradient, pull_gradient;
  for (std::size_t k = 0; k < lanes; ++k) {
    const auto zk = column(z, k), xk = column(there.field, k);
    const auto there_k = serial.from_base(zk);
    compare_fields(xk, there_k.field);
    compare(column(there.log_q, k), there_k.log_q);
    const auto back_k = serial.density(xk);
    compare_fields(column(back.field, k), back_k.field);
    compare(column(back.log_q, k), back_k.log_q);
    const auto score_k = serial.score(xk, {weight[k]});
    const auto pull_k = serial.pullback(zk, column(d, k), {weight[k]});
    compare(column(score.field, k), score_k.field);
    compare(column(pull.field, k), pull_k.field);
    add(score_gradient, score_k.gradient);
    add(pull_gradient, pull_k.gradient);
  }
  compare(score.gradient, score_gradient);
  compare(pull.gradient, pull_gradient);
  return worst;
}

template <class Backend, class Precision, class Geometry, class Model>
double check_spin_backend(Seed seed, double scale = 0.3) {
  auto sampler = generic_spin_sampler<Precision, Geometry, Model, Backend>(seed, scale);
  auto serial = generic_spin_sampler<Precision, Geometry, Model, Serial>(seed, scale);
  const auto a = sampler.draw(37), b = serial.draw(37);
  const auto numbers = [](const auto& v) { return std::vector<double>(v.begin(), v.end()); };
  double worst = relative_difference(numbers(a.fields), numbers(b.fields));
  worst = std::max(worst, relative_difference(a.log_q, b.log_q));
  std::vector<double> weight(37);
  for (std::size_t k = 0; k < weight.size(); ++k) weight[k] = std::cos(0.9 * double(k));
  return std::max(worst, relative_difference(weighted_score(sampler, a.fields, weight),
                                             weighted_score(serial, b.fields, weight)));
}

}  // namespace lanes::laws
