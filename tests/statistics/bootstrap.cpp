// SPDX-License-Identifier: BSD-3-Clause
//
// The bootstrap of reweighted ratios: exact answers, coverage, streams, what is refused.
//
// x ~ N(0, 1) under q and ln w = s x + c: under p, x ~ N(s, 1), so <x>_p = s, <x^2>_p = 1 + s^2.
#include <atomic>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/statistics/bootstrap.hpp>
#include <support/near.hpp>
#include <support/team.hpp>

#include "synthetic.hpp"

using lanes::bootstrap;
using lanes::Estimate;
using lanes::Series;
using synthetic::Generator;
using synthetic::Pulls;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double variance(const double* means) { return means[1] - means[0] * means[0]; }

}  // namespace

TEST_CASE("reweighted mean, variance and ratio cover the truth") {
  // N = 1000, s = 0.6: ESS = exp(-0.36). Terms of order 1 / (N ESS) ~ 1.5e-3 and the resampling
  // noise of the error, 1 / (2 B) = 2.5e-3, are below the scatter of the pulls.
  const double s = 0.6;
  Generator generator(3);
  std::normal_distribution<double> normal;
  const int sets = 500;
  Pulls mean, spread, ratio;
  for (int i = 0; i < sets; ++i) {
    Series series(2);
    std::vector<double> l;
    for (int j = 0; j < 1000; ++j) {
      const double x = normal(generator);
      series.append({x, x * x});
      l.push_back(s * x + 800);
    }
    const auto e = bootstrap(series, l, 3,
                             [](const double* a, double* out) {
                               out[0] = a[0];
                               out[1] = variance(a);
                               out[2] = a[0] / a[1];
                             },
                             {.resamples = 200, .seed = static_cast<std::uint64_t>(i)});
    mean.add((e[0].value - s) / e[0].error);
    spread.add((e[1].value - 1) / e[1].error);
    ratio.add((e[2].value - s / (1 + s * s)) / e[2].error);
  }
  for (const Pulls& pulls : {mean, spread, ratio}) {
    CHECK(std::abs(pulls.mean_square() - 1) < 5 * std::sqrt(2.0 / sets));
    CHECK(std::abs(pulls.mean()) < 5 / std::sqrt(sets));
  }
}

TEST_CASE("equal weights: the standard error of the mean") {
  Generator generator(5);
  const std::vector<double> x = synthetic::autoregressive(0.5, 5000, generator);
  double mean = 0, square = 0;
  for (double v : x) mean += v / 5000;
  for (double v : x) square += (v - mean) * (v - mean) / 5000;
  const Series series(1, x);
  const Estimate e = bootstrap(series, {}, 0, {.resamples = 4000});
  CHECK(e.value == near(mean));
  const double noise = 5 / std::sqrt(2 * 4000.0);  // of the resampling
  CHECK(std::abs(e.error / std::sqrt(square / 5000) - 1) < noise);
  CHECK(e.tau_int == 0.5);
  // the same, given weights
  const Estimate weighted =
      bootstrap(series, std::vector<double>(5000, -7.0), 0, {.resamples = 4000});
  CHECK(weighted.error == near(e.error));
}

TEST_CASE("blocks see autocorrelation") {
  Generator generator(7);
  const std::vector<double> x = synthetic::autoregressive(4, 40000, generator);
  const Series series(1, x);
  const double exact = std::sqrt(2 * 4 / 40000.0);
  const Estimate e = bootstrap(series, {}, 0, {.resamples = 2000, .block = 200});
  // 200 blocks: 5 / sqrt(2 * 200); a block of 200 loses tau / 200 = 2 %
  CHECK(std::abs(e.error / exact - 1) < 5 / std::sqrt(400.0) + 0.02);
  CHECK(bootstrap(series, {}, 0, {.resamples = 2000}).error < 0.5 * exact);
}

TEST_CASE("weights of zero, weights that overflow") {
  const Series series(1, {1, 2, 3, 1000});
  const std::vector<double> l = {5000, 5000 + std::log(2), 5000, -infinity};
  CHECK(bootstrap(series, l).value == near(2));
  CHECK(std::isfinite(bootstrap(series, std::vector<double>{-1e5, -1e5, -1e5, -1e5}).error));
  // a resample of zero weights only has no value: (9/10)^10 of them are too many
  std::vector<double> one(10, -infinity);
  one[3] = 0;
  const Estimate e = bootstrap(Series(1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), one);
  CHECK(e.value == 4);
  CHECK(std::isnan(e.error));
}

TEST_CASE("a seed is a stream") {
  Generator generator(11);
  const Series series(1, synthetic::autoregressive(0.5, 300, generator));
  const Estimate a = bootstrap(series, {}), b = bootstrap(series, {});
  const Estimate c = bootstrap(series, {}, 0, {.seed = 2});
  CHECK(a.error == b.error);
  CHECK(a.error != c.error);
  CHECK(std::abs(a.error - c.error) < 5 * std::sqrt(2.0) * a.error / std::sqrt(2 * 1000.0));
}

TEST_CASE("on as many threads as asked for, with the same bits") {
  Generator generator(12);
  const Series series(1, synthetic::autoregressive(0.5, 300, generator));
  for (int threads : {1, 2, 3}) {
    std::atomic<int> in_team = 0;
    const auto cube = [&](const double* mean) {
      in_team += team() == team_of(threads);
      return *mean * *mean * *mean;
    };
    const Estimate e = bootstrap(series, {}, cube, {.resamples = 200, .threads = threads});
    CHECK(in_team == (team_of(threads) == 1 ? 201 : 200));  // the value itself on one thread
    static const Estimate of_one = e;
    CHECK(e.value == of_one.value);
    CHECK(e.error == of_one.error);
    CHECK(e.error > 0);
  }
}

TEST_CASE("resampled indices are even") {
  std::vector<double> counts(7, 0.0);
  for (std::uint32_t b = 0; b < 10; ++b) {
    lanes::detail::ResampleIndices indices(99, b, 7);
    for (int i = 0; i < 7000; ++i) counts.at(indices.next()) += 1;
  }
  for (double count : counts) CHECK(std::abs(count - 10000) < 5 * std::sqrt(10000.0 * 6 / 7));
}

TEST_CASE("what is refused") {
  const Series series(1, {1, 2, 3, 4});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(
      bootstrap(series, std::vector<double>{0, 0, nan, 0}),
      "lanes: log weights: ln w is nan (allowed: finite, or -infinity for a weight of zero)",
      std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, std::vector<double>{0, 0, infinity, 0}), std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, std::vector<double>(4, -infinity)), std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, std::vector<double>{0, 0}), std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, {}, 0, {.resamples = 1}), std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, {}, 0, {.block = 0}), std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, {}, 0, {.block = 4}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(bootstrap(series, {}, 0, {.threads = -1}),
                       "lanes: bootstrap: threads is -1 (allowed: >= 0)", std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(series, {}, 1), std::invalid_argument);
  CHECK_THROWS_AS(bootstrap(Series(1), {}), std::invalid_argument);
}
