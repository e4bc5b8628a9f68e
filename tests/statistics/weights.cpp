// SPDX-License-Identifier: BSD-3-Clause
//
// Free energies, effective sample sizes and the target's side, on Gaussian log weights.
//
// ln w = c + s g, g ~ N(0, 1) under q:  Z = exp(c + s^2/2), F_q = -c, D_KL(q||p) = s^2/2,
// ESS = exp(-s^2). Under p the same log weight is c + s^2 + s g, and D_KL(p||q) = s^2/2.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/statistics/mode_collapse.hpp>
#include <lanes/statistics/weights.hpp>
#include <support/near.hpp>

#include "synthetic.hpp"

using lanes::Estimate;
using synthetic::Generator;
using synthetic::Pulls;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> gaussian(double mean, double s, std::size_t n, Generator& generator) {
  std::normal_distribution<double> normal(mean, s);
  std::vector<double> l(n);
  for (double& x : l) x = normal(generator);
  return l;
}

}  // namespace

TEST_CASE("log_mean_exp is stable") {
  CHECK(lanes::log_mean_exp(std::vector<double>{1e4, 1e4 + std::log(3)}) ==
        near(1e4 + std::log(2)));
  CHECK(lanes::log_mean_exp(std::vector<double>{-1e5, -1e5}) == -1e5);
  CHECK(lanes::log_sum_exp(std::vector<double>{-infinity, 2}) == 2);
  CHECK(lanes::log_sum_exp(std::vector<double>{-infinity, -infinity}) == -infinity);
}

TEST_CASE("F, F_q, D_KL and ESS cover their Gaussian values") {
  // c = 700: mean w overflows a naive sum. The shift by about error^2 / 2 of F (0.003 of an error
  // here) and the skewness of w at s = 0.7 (of the mean of N draws: 3.2 / sqrt(N) = 0.07) are far
  // below the scatter of the pulls, sqrt(2 / M) = 0.058. ESS depends on w^2, whose skewness is 22
  // at s = 0.7 (0.5 for a mean of 2000, plainly seen in its pulls) and 3.7 at s = 0.4: its pulls
  // are taken there, with N = 4000 (0.06); at s = 0.7 its mean over the sets is compared, up to its
  // bias of order exp(4 s^2) / N.
  const double c = 700, s = 0.7, small = 0.4;
  Generator generator(7);
  const int sets = 600;
  const std::size_t n = 2000;
  Pulls f, f_q, kl, kl_known, ess, ess_value;
  for (int i = 0; i < sets; ++i) {
    const std::vector<double> l = gaussian(c, s, n, generator);
    const Estimate a = lanes::free_energy(l), b = lanes::variational_free_energy(l);
    const Estimate d = lanes::reverse_kl(l), k = lanes::reverse_kl(l, -c - s * s / 2);
    const lanes::EffectiveSampleSize e = lanes::effective_sample_size(l);
    CHECK(e.samples == n);
    CHECK(d.value == near(b.value - a.value));
    f.add((a.value + c + s * s / 2) / a.error);
    f_q.add((b.value + c) / b.error);
    kl.add((d.value - s * s / 2) / d.error);
    kl_known.add((k.value - s * s / 2) / k.error);
    ess_value.add(e.value);
    const lanes::EffectiveSampleSize e4 =
        lanes::effective_sample_size(gaussian(c, small, 2 * n, generator));
    ess.add((e4.value - std::exp(-small * small)) / e4.error);
  }
  const double scatter = 5 * std::sqrt(2.0 / sets);
  for (const Pulls& pulls : {f, f_q, kl, kl_known, ess}) {
    CHECK(std::abs(pulls.mean_square() - 1) < scatter);
    CHECK(std::abs(pulls.mean()) < 5 / std::sqrt(sets));
  }
  const double spread = ess_value.mean_square() - ess_value.mean() * ess_value.mean();
  CHECK(std::abs(ess_value.mean() - std::exp(-s * s)) <
        5 * std::sqrt(spread / sets) + std::exp(4 * s * s) / static_cast<double>(n));
}

TEST_CASE("the jackknife, written out") {
  // weights 1, 2, 5: ESS = 64 / (3 * 30); without one of them 49/58, 36/52, 9/10
  const std::vector<double> l = {std::log(1), std::log(2), std::log(5)};
  const lanes::EffectiveSampleSize ess = lanes::effective_sample_size(l);
  const double out[3] = {49. / (2 * 29), 36. / (2 * 26), 9. / (2 * 5)};
  double mean = 0, sum = 0;
  for (double x : out) mean += x / 3;
  for (double x : out) sum += (x - mean) * (x - mean);
  CHECK(ess.value == near(64. / 90));
  CHECK(ess.error == near(std::sqrt(2. / 3 * sum)));

  const Estimate f = lanes::free_energy(l);
  const double f_out[3] = {-std::log(7. / 2), -std::log(6. / 2), -std::log(3. / 2)};
  mean = sum = 0;
  for (double x : f_out) mean += x / 3;
  for (double x : f_out) sum += (x - mean) * (x - mean);
  CHECK(f.value == near(-std::log(8. / 3)));
  CHECK(f.error == near(std::sqrt(2. / 3 * sum)));
}

TEST_CASE("equal weights: ESS 1, no error") {
  const std::vector<double> l(100, -3.7);
  CHECK(lanes::effective_sample_size(l).value == near(1));
  CHECK(lanes::effective_sample_size(l).error < lanes::Double::agreement);
  CHECK(lanes::free_energy(l).value == near(3.7));
  CHECK(lanes::free_energy(l).error < lanes::Double::agreement);
  CHECK(lanes::variational_free_energy(l).error < lanes::Double::agreement);
}

TEST_CASE("a common factor of all weights changes neither ESS nor errors, however large it is") {
  const std::vector<double> small{0, 1, 2, 0.5};
  const auto ess = lanes::effective_sample_size(small);
  const auto f = lanes::free_energy(small);
  for (double shift : {-1e15, 1e15}) {  // + 0.5 is exact there
    std::vector<double> shifted = small;
    for (double& l : shifted) l += shift;
    CHECK(lanes::effective_sample_size(shifted).value == doctest::Approx(ess.value).epsilon(1e-14));
    CHECK(lanes::effective_sample_size(shifted).error == doctest::Approx(ess.error).epsilon(1e-14));
    CHECK(lanes::free_energy(shifted).error == doctest::Approx(f.error).epsilon(1e-14));
    CHECK(std::abs(lanes::free_energy(shifted).value + shift - f.value) < 0.13);  // digits of 1e15
  }
  for (double huge : {9e307, -1e308, 1.7e308}) {
    const std::vector<double> equal(8, huge);
    CHECK(lanes::effective_sample_size(equal).value == doctest::Approx(1).epsilon(1e-14));
    CHECK(lanes::effective_sample_size(equal).error < 1e-7);
    CHECK(lanes::free_energy(equal).value == -huge);
  }
}

TEST_CASE("zero weights and one weight that carries the sum") {
  const std::vector<double> half = {0, -infinity, 0, -infinity};
  CHECK(lanes::effective_sample_size(half).value == near(0.5));
  CHECK(lanes::free_energy(half).value == near(std::log(2)));
  CHECK(std::isfinite(lanes::free_energy(half).error));
  CHECK(lanes::variational_free_energy(half).value == infinity);
  CHECK(std::isnan(lanes::variational_free_energy(half).error));
  CHECK(lanes::reverse_kl(half).value == infinity);

  const std::vector<double> one = {0, -infinity, -infinity, -infinity};
  CHECK(lanes::effective_sample_size(one).value == near(0.25));
  CHECK(lanes::effective_sample_size(one).error == infinity);
  CHECK(lanes::free_energy(one).error == infinity);

  // without the largest weight F jumps by 1000, ESS from 1/4 to 1
  const std::vector<double> heavy = {1000, 0, 0, 0};
  CHECK(lanes::free_energy(heavy).error > 500);
  CHECK(lanes::effective_sample_size(heavy).error > 0.4);
}

TEST_CASE("the target's side covers its Gaussian values") {
  // x ~ p with autocorrelation: ln w = c + s^2 + s g, g an AR(1) chain
  const double c = -900, s = 0.6;
  Generator generator(13);
  const int sets = 400;
  Pulls ess, f, kl;
  for (int i = 0; i < sets; ++i) {
    std::vector<double> l = synthetic::autoregressive(2, 6000, generator);
    for (double& x : l) x = c + s * s + s * x;
    const lanes::TargetSide target = lanes::target_side(l);
    ess.add((target.effective_sample_size.value - std::exp(-s * s)) /
            target.effective_sample_size.error);
    f.add((target.free_energy.value + c + s * s / 2) / target.free_energy.error);
    kl.add((target.forward_kl.value - s * s / 2) / target.forward_kl.error);
  }
  for (const Pulls& pulls : {ess, f, kl}) {
    CHECK(std::abs(pulls.mean_square() - 1) < 5 * std::sqrt(2.0 / sets));
    CHECK(std::abs(pulls.mean()) < 5 / std::sqrt(sets));
  }
}

TEST_CASE("what is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> bad = {0, nan}, plus = {0, infinity}, none = {-infinity, -infinity};
  CHECK_THROWS_WITH_AS(
      lanes::free_energy(bad),
      "lanes: log weights: ln w is nan (allowed: finite, or -infinity for a weight of zero)",
      std::invalid_argument);
  for (const std::vector<double>& l : {bad, plus, none, std::vector<double>{1}}) {
    CHECK_THROWS_AS(lanes::free_energy(l), std::invalid_argument);
    CHECK_THROWS_AS(lanes::variational_free_energy(l), std::invalid_argument);
    CHECK_THROWS_AS(lanes::reverse_kl(l), std::invalid_argument);
    CHECK_THROWS_AS(lanes::effective_sample_size(l), std::invalid_argument);
  }
  CHECK_THROWS_AS(lanes::log_sum_exp({}), std::invalid_argument);
  CHECK_THROWS_AS(lanes::reverse_kl(std::vector<double>{0, 1}, nan), std::invalid_argument);
  CHECK_THROWS_AS(lanes::target_side(std::vector<double>{0, 1, 2, -infinity}),
                  std::invalid_argument);
  CHECK_THROWS_AS(lanes::target_side({}), std::invalid_argument);
  CHECK_THROWS_AS(lanes::target_side(std::vector<double>{0, 1, 2}), std::invalid_argument);
}
