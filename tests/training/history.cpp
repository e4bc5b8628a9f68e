// SPDX-License-Identifier: BSD-3-Clause
//
// What a training step measures, by hand and against the definition.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/training/history.hpp>

using namespace lanes;

namespace {

bool close(double a, double b) {
  return std::abs(a - b) <= Double::agreement * std::max(1.0, std::abs(b));
}

StepRecord measured(const std::vector<double>& log_q, const std::vector<double>& action) {
  StepRecord record;
  measure_batch(log_q, action, record);
  return record;
}

}  // namespace

TEST_CASE("three lanes of weights 4, 2, 1, by hand") {
  // s = -ln 4, -ln 2, 0;  sum w = 7, sum w^2 = 21;  sum_ij min = 4 + 2 + 1 + 2 (2 + 1 + 1) = 15
  const double ln2 = std::log(2.0);
  const StepRecord r = measured({-2 * ln2, 1, 3}, {0, -ln2 - 1, -3});
  CHECK(close(r.loss, -ln2));
  CHECK(close(r.loss_error, ln2 / std::sqrt(3.0)));
  CHECK(close(r.ess, 49.0 / (3 * 21)));
  CHECK(close(r.acceptance, 15.0 / (3 * 7)));
}

TEST_CASE("equal weights") {
  const StepRecord r = measured({1, 2, 3, 4}, {4, 3, 2, 1});
  CHECK(close(r.loss, 5));
  CHECK(close(r.loss_error, 0));
  CHECK(close(r.ess, 1));
  CHECK(close(r.acceptance, 1));
}

TEST_CASE("one lane") {
  const StepRecord r = measured({-1}, {3});
  CHECK(close(r.loss, 2));
  CHECK(r.loss_error == 0);
  CHECK(close(r.ess, 1));
  CHECK(close(r.acceptance, 1));
}

TEST_CASE("acceptance is the double sum over pairs, and no constant in S matters") {
  std::vector<double> log_q(200), action(200);
  for (std::size_t i = 0; i < 200; ++i) {
    log_q[i] = 3 * std::sin(17.0 * double(i));
    action[i] = 2 * std::cos(0.3 * double(i * i));
  }
  double pairs = 0, sum = 0, squares = 0;
  const auto w = [&](std::size_t i) { return std::exp(-log_q[i] - action[i]); };
  for (std::size_t i = 0; i < 200; ++i) {
    sum += w(i);
    squares += w(i) * w(i);
    for (std::size_t j = 0; j < 200; ++j) pairs += std::min(w(i), w(j));
  }
  for (const double shift : {0.0, 5000.0, -5000.0}) {
    auto shifted = action;
    for (double& s : shifted) s += shift;
    const StepRecord r = measured(log_q, shifted);
    CHECK(close(r.acceptance, pairs / (200 * sum)));
    CHECK(close(r.ess, sum * sum / (200 * squares)));
  }
}

TEST_CASE("one lane carries all the weight") {
  const StepRecord r = measured({0, 0, 0, 0}, {-2000, 0, 1, 2});
  CHECK(close(r.ess, 0.25));
  CHECK(close(r.acceptance, 0.25));
}

TEST_CASE("a lane that is not finite makes all of it not finite") {
  const double bad[] = {std::nan(""), std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity()};
  for (const double b : bad) {
    std::vector<double> log_q(1000, 0.5), action(1000, 1);
    for (std::size_t i = 0; i < 1000; i += 3) action[i] = b;
    const StepRecord r = measured(log_q, action);
    for (const double v : {r.loss, r.loss_error, r.ess, r.acceptance}) CHECK(!std::isfinite(v));
  }
}

TEST_CASE("the mean of the last evaluations, by hand") {
  History history;
  history.evaluation_ess = {0.9, 0.2, 0.4, 0.6, 0.8};
  history.evaluation_ess_error = {0.1, 0.01, 0.01, 0.01, 0.01};
  // scatter: squares 0.09 + 0.01 + 0.01 + 0.09 = 0.2, so 0.2 / (4 * 3); draws: 4 * 1e-4 / 16
  CHECK(close(history.mean_ess().value, 0.5));
  CHECK(close(history.mean_ess().error, std::sqrt(0.2 / 12)));
  CHECK(close(history.mean_ess().lower_bound(), 0.5 - 2 * std::sqrt(0.2 / 12)));
  CHECK(close(history.mean_ess(2).value, 0.7));
  CHECK(close(history.mean_ess(2).error, 0.1));
  history.evaluation_ess_error = {0.1, 0.3, 0.3, 0.3, 0.5};
  CHECK(close(history.mean_ess().error, std::sqrt(3 * 0.09 + 0.25) / 4));
  history.evaluation_ess_error.back() = std::numeric_limits<double>::infinity();
  CHECK(history.mean_ess().lower_bound() == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(history.mean_ess(6).lower_bound()));
}

TEST_CASE("a history has one row a step") {
  History history;
  history.add({.step = 0,
               .loss = 1,
               .loss_error = 2,
               .ess = 3,
               .acceptance = 4,
               .gradient_norm = 5,
               .learning_rate = 6});
  history.add({.step = 1, .loss = 7});
  std::vector<double> first;
  for (const auto& [name, values] : history.columns()) {
    if (values->empty()) continue;
    CHECK(values->size() == 2);
    first.push_back(values->front());
  }
  CHECK(first == std::vector<double>{1, 2, 3, 4, 5, 6});
}
