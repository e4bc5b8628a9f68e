// SPDX-License-Identifier: BSD-3-Clause
//
// The Gamma method on series whose tau_int and error are known, and whose errors must cover the
// truth.
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/statistics/gamma_method.hpp>
#include <support/near.hpp>

#include "synthetic.hpp"

using lanes::Estimate;
using lanes::gamma_method;
using lanes::Series;
using synthetic::autoregressive;
using synthetic::Generator;
using synthetic::Pulls;

TEST_CASE("tau_int and error of AR(1), several tau") {
  // M chains: the mean of the estimated tau_int has the error tau_int_error / sqrt(M). Cutting the
  // sum at W loses a fraction exp(-W / tau_exp) of tau_int, the bias that the window trades for
  // noise.
  for (double tau : {0.5, 1.0, 5.0, 20.0, 50.0}) {
    CAPTURE(tau);
    Generator generator(17);
    const int chains = 20;
    const std::size_t n = 40000;
    const double tau_exp = -1 / std::log((2 * tau - 1) / (2 * tau + 1));
    double sum = 0, error_of_tau = 0, squared_error = 0, cut = 0;
    Pulls pulls;
    for (int c = 0; c < chains; ++c) {
      const Estimate e = gamma_method(Series(1, autoregressive(tau, n, generator)));
      sum += e.tau_int / chains;
      error_of_tau += e.tau_int_error / chains;
      squared_error += e.error * e.error / chains;
      cut += tau > 0.5 ? std::exp(-e.window / tau_exp) / chains : 0;
      pulls.add((e.tau_int - tau) / e.tau_int_error);
      CHECK(std::abs(e.value) < 6 * e.error);
    }
    const double noise = 5 * error_of_tau / std::sqrt(chains);
    CHECK(sum > tau * (1 - cut) - noise);
    CHECK(sum < tau + noise);
    CHECK(error_of_tau > 0);
    // error^2 = 2 tau / N, with the same relative noise and bias as tau plus that of the variance
    const double exact = 2 * tau / static_cast<double>(n);
    const double variance_noise =
        5 * std::sqrt(4 * tau / static_cast<double>(n) / chains);  // of the variance, relative
    CHECK(std::abs(squared_error / exact - 1) < noise / tau + cut + variance_noise);
    // one chain's tau_int scatters by its tau_int_error: the bias adds at most (cut tau / error)^2
    const double bias = cut * tau / error_of_tau;
    CHECK(pulls.mean_square() < 1 + bias * bias + 2 * bias + 5 * std::sqrt(2.0 / chains));
  }
}

TEST_CASE("against the formulae of hep-lat/0306017, written out") {
  Generator generator(3);
  const std::vector<double> x = autoregressive(4, 300, generator);
  const double n = 300;
  double mean = 0;
  for (double v : x) mean += v / n;
  std::vector<double> gamma;
  for (std::size_t t = 0; t <= 150; ++t) {
    double sum = 0;
    for (std::size_t i = 0; i + t < 300; ++i) sum += (x[i] - mean) * (x[i + t] - mean);
    gamma.push_back(sum / (n - static_cast<double>(t)));
  }
  int w = 0;
  double g = 0;
  do {
    ++w;
    g += gamma[static_cast<std::size_t>(w)] / gamma[0];
  } while (std::exp(-w / (1.5 / std::log((g + 1) / g))) -
               1.5 / std::log((g + 1) / g) / std::sqrt(w * n) >=
           0);
  double c = gamma[0];
  for (int t = 1; t <= w; ++t) c += 2 * gamma[static_cast<std::size_t>(t)];
  double corrected = gamma[0] + c / n, rho = 0;
  for (int t = 1; t <= w; ++t) {
    corrected += 2 * (gamma[static_cast<std::size_t>(t)] + c / n);
    rho += (gamma[static_cast<std::size_t>(t)] + c / n) / (gamma[0] + c / n);
  }
  const double tau = 0.5 + rho;

  const Estimate e = gamma_method(Series(1, x));
  CHECK(e.window == w);
  CHECK(w > 5);
  CHECK(e.value == near(mean));
  CHECK(e.error == near(std::sqrt(corrected / n)));
  CHECK(e.error_error == near(e.error * std::sqrt((w + 0.5) / n)));
  CHECK(e.tau_int == near(tau));
  CHECK(e.tau_int_error == near(tau * std::sqrt(4 * (w + 0.5 - tau) / n)));
  CHECK(std::isnan(e.replica_q));
}

TEST_CASE("the bias of the variance is removed") {
  // S = 0, independent data: N <error^2> = (1 - 1/N)(1 + 1/N), without the correction 1 - 1/N.
  Generator generator(5);
  const int sets = 40000;
  const std::size_t n = 16;
  double sum = 0;
  for (int i = 0; i < sets; ++i) {
    const Estimate e = gamma_method(Series(1, autoregressive(0.5, n, generator)), 0, {.S = 0});
    sum += n * e.error * e.error / sets;
    CHECK(e.window == 0);
    CHECK(e.tau_int == 0.5);
    CHECK(e.tau_int_error == 0);
  }
  const double noise = 5 * std::sqrt(2.0 / (n - 1) / sets);  // 0.009; the correction is 0.0625
  CHECK(std::abs(sum - (1 - 1.0 / (n * n))) < noise);
}

TEST_CASE("errors cover the truth: mean, ratio, logarithm; replicas of different lengths") {
  // a = 3 + x, b = 2 + (x + y) / 2: correlated with each other, tau_int 4 and 1.
  // var(pull) scatters by sqrt(2 / M) = 0.058 and is raised by 4 (W + 1/2) / N ~ 0.03 by the
  // errors' own scatter; nonlinear terms are of order error^2 ~ 1e-3.
  Generator generator(11);
  const int sets = 600;
  const std::array<std::size_t, 3> lengths = {800, 2000, 1200};
  Pulls mean, ratio, logarithm;
  double q_sum = 0, q_square = 0;
  for (int i = 0; i < sets; ++i) {
    std::vector<double> values;
    for (std::size_t length : lengths) {
      const std::vector<double> x = autoregressive(4, length, generator);
      const std::vector<double> y = autoregressive(1, length, generator);
      for (std::size_t j = 0; j < length; ++j)
        values.insert(values.end(), {3 + x[j], 2 + 0.5 * (x[j] + y[j])});
    }
    const Series series(2, std::move(values), lengths);
    const Estimate m = gamma_method(series, 1);
    const Estimate r = gamma_method(series, [](const double* a) { return a[0] / a[1]; });
    const Estimate l = gamma_method(series, [](const double* a) { return std::log(a[0]); });
    mean.add((m.value - 2) / m.error);
    ratio.add((r.value - 1.5) / r.error);
    logarithm.add((l.value - std::log(3.0)) / l.error);
    q_sum += l.replica_q / sets;
    q_square += l.replica_q * l.replica_q / sets;
  }
  const double scatter = 5 * std::sqrt(2.0 / sets) + 0.03;
  for (const Pulls& pulls : {mean, ratio, logarithm}) {
    CHECK(std::abs(pulls.mean_square() - 1) < scatter);
    CHECK(std::abs(pulls.mean()) < 5 / std::sqrt(sets));
  }
  // replica_q is flat on [0, 1]: mean 1/2, mean square 1/3; 5 sigma, and 0.03 for autocorrelation
  // times that are estimated themselves
  CHECK(std::abs(q_sum - 0.5) < 5 * std::sqrt(1.0 / 12 / sets) + 0.03);
  CHECK(std::abs(q_square - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / sets) + 0.03);
}

TEST_CASE("the replicas' bias correction") {
  // <x> = 1: the square of the mean is too large by 2 tau / N = 1 / 40, which replicas cancel.
  Generator generator(23);
  const int sets = 40000;
  double sum = 0;
  const std::array<std::size_t, 4> lengths = {10, 10, 10, 10};
  for (int i = 0; i < sets; ++i) {
    std::vector<double> x = autoregressive(0.5, 40, generator);
    for (double& v : x) v += 1;
    sum += gamma_method(Series(1, x, lengths), [](const double* a) { return a[0] * a[0]; }).value /
           sets;
  }
  const double noise = 5 * 2 / std::sqrt(40.0) / std::sqrt(sets);  // 0.008: 5 sigma of the mean
  CHECK(std::abs(sum - 1) < noise);
  // and exactly: f = a^2 on two replicas with means 1 and 3 is 2 * 4 - 5 = 3
  const std::array<std::size_t, 2> two = {4, 4};
  const Series series(1, {1, 1, 0, 2, 3, 3, 2, 4}, two);
  CHECK(gamma_method(series, [](const double* a) { return a[0] * a[0]; }).value == near(3));
}

TEST_CASE("replicas that disagree are seen") {
  Generator generator(29);
  std::vector<double> x = autoregressive(2, 4000, generator);
  const std::array<std::size_t, 2> lengths = {2000, 2000};
  for (std::size_t i = 2000; i < 4000; ++i) x[i] += 1;
  // the shift itself adds 1/4 to every Gamma(t), so C is too large and chi^2 too small
  CHECK(gamma_method(Series(1, x, lengths)).replica_q < 1e-3);
}

TEST_CASE("several results at once agree with one at a time") {
  Generator generator(31);
  const Series series(1, autoregressive(3, 2000, generator));
  const auto both = gamma_method(series, 2, [](const double* a, double* out) {
    out[0] = a[0];
    out[1] = std::exp(a[0]);
  });
  REQUIRE(both.size() == 2);
  const Estimate exponential = gamma_method(series, [](const double* a) { return std::exp(a[0]); });
  CHECK(both[0].error == near(gamma_method(series).error));
  CHECK(both[1].value == exponential.value);
  CHECK(both[1].error == exponential.error);
  // error propagation, to the gradient's third-order term (error^2 / 6)
  CHECK(both[1].error == doctest::Approx(both[1].value * both[0].error).epsilon(1e-3));
}

TEST_CASE("Fourier lags agree with direct sums") {
  Generator generator(37);
  const std::array<std::size_t, 3> lengths = {1500, 700, 2049};
  const std::vector<double> x = autoregressive(10, 4249, generator);
  lanes::Autocovariance covariance(x, lengths, 340);
  const double scale = covariance.lag_sum(0);
  for (std::size_t t : {257u, 258u, 300u, 340u}) {
    double sum = 0;
    std::size_t first = 0;
    for (std::size_t length : lengths) {
      for (std::size_t i = first; i + t < first + length; ++i) sum += x[i] * x[i + t];
      first += length;
    }
    CHECK(std::abs(covariance.lag_sum(t) - sum) < lanes::Double::agreement * scale);
  }
}

TEST_CASE("a drift of a million measurements ends, and quickly") {
  std::vector<double> x(1'000'000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i);
  const Estimate e = gamma_method(Series(1, x));
  CHECK(e.tau_int > 1e4);
  CHECK(e.value == near(499999.5));
}

TEST_CASE("no fluctuation: no error, and a verdict that says so") {
  const auto check = [](const Estimate& e, double value) {
    CHECK(e.value == near(value));
    CHECK(std::isnan(e.error));
    CHECK(std::isnan(e.error_error));
    CHECK(std::isnan(e.tau_int));
    CHECK(std::isnan(e.tau_int_error));
    CHECK(e.window == 0);
    CHECK(to_string(e.verdict) == "no fluctuation");
  };
  check(gamma_method(Series(1, std::vector<double>(100, 0.1))), 0.1);
  const std::array<std::size_t, 2> lengths = {40, 60};
  check(gamma_method(Series(1, std::vector<double>(100, -0.3), lengths)), -0.3);
  // fluctuations that cancel in the result, to rounding: a / (3 a)
  Generator generator(41);
  Series series(2);
  for (double x : autoregressive(2, 1000, generator)) series.append({10 + x, 3 * (10 + x)});
  const Estimate e = gamma_method(series, [](const double* a) { return 3 * a[0] - a[1]; });
  CHECK(std::abs(e.value) < lanes::Double::agreement);
  CHECK(std::isnan(e.error));
  CHECK(e.verdict.has(lanes::Doubt::no_fluctuation));
}

TEST_CASE("an alternating series keeps a finite, too large error") {
  std::vector<double> x(100);
  for (std::size_t i = 0; i < 100; ++i) x[i] = i % 2 ? 1 : -1;
  const Estimate e = gamma_method(Series(1, x));
  CHECK(e.window == 0);
  CHECK(e.error == near(0.1 * std::sqrt(1.01)));
}

TEST_CASE("a scale neither overflows nor underflows") {
  Generator generator(43);
  const std::vector<double> x = autoregressive(2, 1000, generator);
  const Estimate unit = gamma_method(Series(1, x));
  for (double scale : {1e-200, 1e200}) {
    std::vector<double> y(x);
    for (double& v : y) v *= scale;
    const Estimate e = gamma_method(Series(1, y));
    CHECK(e.error / scale == near(unit.error));
    CHECK(e.tau_int == near(unit.tau_int));
  }
}

TEST_CASE("no value, no error") {
  Generator generator(47);
  const Series series(1, autoregressive(1, 100, generator));
  const Estimate e = gamma_method(series, [](const double* a) { return std::log(a[0] - 10); });
  CHECK(std::isnan(e.value));
  CHECK(std::isnan(e.error));
  CHECK(std::isnan(e.tau_int));
  const double mean = series.means()[0];  // a value, but no gradient: the edge of the domain
  const Estimate edge =
      gamma_method(series, [mean](const double* a) { return std::sqrt(a[0] - mean); });
  CHECK(edge.value == 0);
  CHECK(std::isnan(edge.error));
}

TEST_CASE("what is refused") {
  CHECK_THROWS_WITH_AS(gamma_method(Series(1, {1, 2, 3})),
                       "lanes: gamma_method: measurements in a replica is 3 (allowed: >= 4)",
                       std::invalid_argument);
  const std::array<std::size_t, 2> lengths = {5, 3};
  CHECK_THROWS_AS(gamma_method(Series(1, {1, 2, 3, 4, 5, 6, 7, 8}, lengths)),
                  std::invalid_argument);
  CHECK_THROWS_AS(gamma_method(Series(1)), std::invalid_argument);
  CHECK_THROWS_AS(gamma_method(Series(1, {1, 2, 3, 5}), 0, {.S = -1}), std::invalid_argument);
  CHECK_THROWS_AS(gamma_method(Series(1, {1, 2, 3, 5}), 1), std::invalid_argument);
}

TEST_CASE("chi_square_q: tables") {
  CHECK(lanes::chi_square_q(3.841458820694124, 1) == near(0.05));
  CHECK(lanes::chi_square_q(18.307038053275146, 10) == near(0.05));
  CHECK(lanes::chi_square_q(3, 2) == near(std::exp(-1.5)));
  CHECK(lanes::chi_square_q(0.5, 2) == near(std::exp(-0.25)));
  CHECK(lanes::chi_square_q(0, 3) == 1);
}
