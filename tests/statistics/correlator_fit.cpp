// SPDX-License-Identifier: BSD-3-Clause
//
// Correlated fits against known answers: exact correlators give their parameters back; of Gaussian
// values chi^2 has its mean, p its even distribution and errors their coverage, with few blocks too
// and with autocorrelations; what is refused.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>

#include <lanes/exact/exact.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/statistics/correlator_fit.hpp>
#include <support/coverage.hpp>
#include <support/near.hpp>
#include <support/refusal.hpp>

#include "synthetic.hpp"

using namespace lanes;
using lanes::testing::Coverage;
using synthetic::Generator;

namespace {

/// Errors that shrink with t and neighbours with correlation 0.9, as of correlators.
Eigen::MatrixXd some_covariance(int points) {
  Eigen::MatrixXd c(points, points);
  for (int i = 0; i < points; ++i)
    for (int j = 0; j < points; ++j)
      c(i, j) = 1e-4 * std::exp(-0.2 * (i + j)) * std::pow(0.9, std::abs(i - j));
  return c;
}

template <class F>
CorrelatedEstimates exact(const F& f, int points) {
  std::vector<double> values;
  for (int t = 0; t < points; ++t) values.push_back(f(t));
  return {values, some_covariance(points)};
}

/// n draws about f(t), each value with covariance n C and autocorrelation tau: the mean has C.
template <class F>
Series draws(const F& f, int points, std::size_t n, double tau, Generator& generator) {
  const Eigen::MatrixXd factor = (double(n) / (2 * tau) * some_covariance(points)).llt().matrixL();
  std::vector<std::vector<double>> noise;
  for (int i = 0; i < points; ++i) noise.push_back(synthetic::autoregressive(tau, n, generator));
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i)
    for (int t = 0; t < points; ++t) {
      double y = f(t);
      for (int k = 0; k <= t; ++k) y += factor(t, k) * noise[std::size_t(k)][i];
      values.push_back(y);
    }
  return Series(points, values);
}

struct Line {
  auto operator()(double t, const auto* p) const { return p[0] + p[1] * t; }
};

double line(int t) { return 1.5 - 0.1 * t; }

}  // namespace

TEST_CASE("an exact correlator gives its energies and amplitudes back") {
  const auto one = fit_correlator(exact([](int t) { return 0.7 * std::exp(-0.35 * t); }, 12),
                                  Exponential{}, {.first = 3, .last = 10});
  REQUIRE(one.converged);
  CHECK(std::abs(one.energies[0].value - 0.35) < 1e-10);
  CHECK(std::abs(one.amplitudes[0].value - 0.7) < 1e-10);
  CHECK(one.degrees == 6);
  CHECK(one.chi_square < 1e-15);
  CHECK(one.p_value == near(1));

  const auto two_states = [](int t) {
    return 0.7 * (std::exp(-0.3 * t) + std::exp(-0.3 * (24 - t))) -
           0.2 * (std::exp(-1.1 * t) + std::exp(-1.1 * (24 - t)));
  };
  const auto two = fit_correlator(exact(two_states, 13), Cosh{24}, {.first = 1, .states = 2});
  REQUIRE(two.converged);
  CHECK(std::abs(two.energies[0].value - 0.3) < 1e-10);
  CHECK(std::abs(two.energies[1].value - 1.1) < 1e-10);
  CHECK(std::abs(two.amplitudes[0].value - 0.7) < 1e-10);
  CHECK(std::abs(two.amplitudes[1].value + 0.2) < 1e-10);

  const auto three_states = [](int t) {
    return std::exp(-0.2 * t) + 0.5 * std::exp(-0.6 * t) + 2 * std::exp(-1.5 * t);
  };
  const auto three =
      fit_correlator(exact(three_states, 16), Exponential{}, {.first = 0, .states = 3});
  REQUIRE(three.converged);
  CHECK(std::abs(three.energies[0].value - 0.2) < 1e-9);
  CHECK(std::abs(three.energies[1].value - 0.6) < 1e-9);
  CHECK(std::abs(three.energies[2].value - 1.5) < 1e-9);

  const ExactFreeField<Lattice<16, 4>> free(0.3);
  const auto pole =
      fit_correlator(exact([&](int t) { return free.two_point(t); }, 9), Cosh{16}, {.first = 0});
  CHECK(std::abs(pole.energies[0].value - free.pole_mass()) < 1e-10);
}

TEST_CASE("a model of one's own; the covariance of its parameters by hand") {
  const Eigen::MatrixXd c = some_covariance(6);
  const auto data = exact([](int t) { return line(t) + 0.01 * (t == 3); }, 6);
  const Fit f = fit(data, Line{}, {0.0, 0.0});
  Eigen::MatrixXd x(6, 2);
  Eigen::VectorXd y(6);
  for (int t = 0; t < 6; ++t) x(t, 0) = 1, x(t, 1) = t, y[t] = data.estimates[std::size_t(t)].value;
  const Eigen::MatrixXd inverse = c.inverse(), covariance = (x.transpose() * inverse * x).inverse();
  const Eigen::VectorXd p = covariance * x.transpose() * inverse * y;
  CHECK(f.parameters[0].value == near(p[0]));
  CHECK(f.parameters[1].value == near(p[1]));
  CHECK(f.parameters[1].error == near(std::sqrt(covariance(1, 1))));
  CHECK(f.covariance(0, 1) == near(covariance(0, 1)));
  const Eigen::VectorXd r = y - x * p;
  CHECK(f.chi_square == near(r.dot(inverse * r)));
  CHECK(f.p_value == near(chi_square_q(f.chi_square, 4)));

  // a curve through as many points as parameters; one that is far off; one that is not determined
  const Fit through = fit(data, Line{}, {0.0, 0.0}, {.first = 2, .last = 3});
  CHECK(through.degrees == 0);
  CHECK(std::isnan(through.p_value));
  CHECK(through.parameters[0].trusted());
  const Fit poor = fit(exact([](int t) { return 0.1 * t * t; }, 6), Line{}, {0.0, 0.0});
  CHECK(poor.parameters[0].verdict.has(Doubt::poor_fit));
  const auto twice = [](double, const auto* q) { return q[0] + q[1]; };
  const Fit undetermined = fit(data, twice, {0.3, 0.0});
  CHECK(undetermined.parameters[0].verdict.has(Doubt::no_value));
  CHECK(std::isnan(undetermined.parameters[0].error));
}

TEST_CASE("few blocks: chi^2, p and errors are exact all the same") {
  // 8 values of 20 draws, 2 parameters. Without the factors chi^2 would be 19 / 12 of its mean, and
  // errors 0.64 of theirs.
  constexpr int points = 8, sets = 2000;
  Generator generator(21);
  double chi = 0, even = 0, small = 0, pulls = 0, variance = 0;
  for (int i = 0; i < sets; ++i) {
    const auto data =
        correlated_estimates(draws(line, points, 20, 0.5, generator), {.gamma = {.S = 0}});
    REQUIRE(data.degrees == 19);
    const Fit f = fit(data, Line{}, {1.0, 0.0});
    chi += f.chi_square / sets;
    even += f.p_value / sets;
    small += f.p_value < 0.1;
    pulls += (f.parameters[1].value + 0.1) * (f.parameters[1].value + 0.1) / sets;
    variance += f.covariance(1, 1) / sets;
  }
  const double n = 19, nu = 6;  // the variance of T^2 of F(nu, n - nu + 1)
  const double second = 2 * nu * (n - 1) / (n - nu - 3);  // of chi_square, about dF
  CHECK(std::abs(chi - nu) < 4 * std::sqrt(second / sets));
  CHECK(std::abs(even - 0.5) < 4 / std::sqrt(12.0 * sets));
  CHECK(std::abs(small / sets - 0.1) < 4 * std::sqrt(0.09 / sets));
  CHECK(std::abs(variance / pulls - 1) < 4 * std::sqrt((2.0 + 1) / sets));
}

TEST_CASE("a correlator with autocorrelations: chi^2 and coverage over seeds") {
  constexpr int points = 6, seeds = 200;
  const auto correlator = [](int t) { return std::exp(-0.4 * t) + std::exp(-0.4 * (16 - t)); };
  for (double tau : {0.5, 5.0}) {
    CAPTURE(tau);
    Generator generator(31);
    Coverage energy, amplitude;
    double chi = 0;
    for (int i = 0; i < seeds; ++i) {
      const Series series = draws(correlator, points, std::size_t(400 * tau), tau, generator);
      const auto f = fit_correlator(correlated_estimates(series), Cosh{16}, {.first = 1});
      energy.add(f.energies[0], 0.4);
      amplitude.add(f.amplitudes[0], 1);
      chi += f.chi_square / seeds;
      REQUIRE(f.degrees == 3);
    }
    energy.check_nominal();
    energy.check_unbiased();
    amplitude.check_nominal();
    CHECK(energy.trusted > 0.9 * seeds);
    CHECK(std::abs(chi - 3) < 4.5 * std::sqrt(2 * 3.0 / seeds));
  }
}

TEST_CASE("the covariance: of independent draws by hand, of blocks, of replicas") {
  const Series series(2, {1, 2, 3, 5, 2, 2, 6, 3});
  const auto c = correlated_estimates(series, {.gamma = {.S = 0}});
  CHECK(c.block == 1);
  CHECK(c.covariance(0, 0) == near((4 + 0 + 1 + 9) / 12.0));
  CHECK(c.covariance(0, 1) == near((2 * 1 + 0 * 2 + 1 * 1 + 3 * 0) / 12.0));
  const auto product = correlated_estimates(
      series, 1, [](const double* a, double* out) { *out = a[0] * a[1]; }, {.gamma = {.S = 0}});
  CHECK(product.covariance(0, 0) ==
        doctest::Approx(9 * c.covariance(0, 0) + 18 * c.covariance(0, 1) + 9 * c.covariance(1, 1)));

  // The mean of n values with tau = 4 has variance 8 / n. Blocks of 28 miss 3.9 / 28 of it; blocks
  // that are replicas miss nothing, three of them have a spread of 1.
  Generator generator(41);
  constexpr int sets = 400;
  double cut = 0, whole = 0;
  for (int i = 0; i < sets; ++i) {
    const Series chain(1, synthetic::autoregressive(4, 3000, generator));
    cut += correlated_estimates(chain, {.block = 28}).covariance(0, 0) / sets;
    Series short_chains(1);
    for (std::size_t length : {110u, 90u, 60u}) {
      short_chains.begin_replica();
      for (double x : synthetic::autoregressive(4, length, generator)) short_chains.append(x);
    }
    const auto of_replicas = correlated_estimates(short_chains, {.block = 65});
    REQUIRE(of_replicas.degrees == 2);
    whole += of_replicas.covariance(0, 0) / sets;
  }
  CHECK(std::abs(cut / (8 / 3000.0) - 1) < 4 * std::sqrt(2 / 107.0 / sets) + 0.01);
  CHECK(std::abs(whole / (8 / 260.0) - 1) < 4 * std::sqrt(1.0 / sets) + 0.05);
}

TEST_CASE("Hotelling's distribution and the incomplete beta function") {
  CHECK(incomplete_beta(0.3, 2, 3) == near(0.3483));
  CHECK(incomplete_beta(0.5, 0.5, 0.5) == near(0.5));
  CHECK(incomplete_beta(0.9, 5, 1) == near(std::pow(0.9, 5)));
  CHECK(incomplete_beta(0.2, 0.5, 0.5) ==
        near(2 / 3.14159265358979324 * std::asin(std::sqrt(0.2))));
  CHECK(hotelling_q(1, 1, 1) == near(0.5));  // Student's t, one degree of freedom
  CHECK(hotelling_q(4.2, 2, 7) == near(std::pow(1 + 4.2 / 7, -3.0)));
  CHECK(hotelling_q(8, 5, 1e9) == doctest::Approx(chi_square_q(8, 5)).epsilon(1e-6));
  CHECK(hotelling_q(8, 5, std::numeric_limits<double>::infinity()) == chi_square_q(8, 5));
  CHECK_THROWS_AS(hotelling_q(-1, 2, 7), std::invalid_argument);
  CHECK_THROWS_AS(hotelling_q(1, 8, 7), std::invalid_argument);
  CHECK_THROWS_AS(incomplete_beta(1.1, 2, 3), std::invalid_argument);
}

TEST_CASE("what is refused") {
  const auto data = exact([](int t) { return std::exp(-0.3 * t); }, 8);
  CHECK(refusal([&] { fit_correlator(data, Cosh{16}, {.first = 3, .last = 8}); }) ==
        "lanes: fit: last is 8 (allowed: first <= last, within 0 to 7)");
  CHECK(refusal([&] { fit_correlator(data, Cosh{16}, {.first = -1}); }) ==
        "lanes: fit: first is -1 (allowed: first <= last, within 0 to 7)");
  CHECK(refusal([&] { fit_correlator(data, Cosh{16}, {.first = 5, .states = 2}); }) ==
        "lanes: fit: values in the window is 3 (allowed: >= 4, the number of parameters)");
  CHECK(refusal([&] { fit_correlator(data, Cosh{16}, {.states = 5}); }) ==
        "lanes: fit_correlator: states is 5 (allowed: 1 to 4)");
  CHECK(refusal([] { Cosh{1}; }) == "lanes: Cosh: T is 1 (allowed: >= 2)");
  CHECK(refusal([&] { fit(data, Line{}, {}); }) == "lanes: fit: parameters is 0 (allowed: >= 1)");

  Generator generator(51);
  const auto few = correlated_estimates(draws(line, 8, 9, 0.5, generator), {.gamma = {.S = 0}});
  CHECK(refusal([&] {
          fit(few, Line{}, {1.0, 0.0});
        }) ==
        "lanes: fit: blocks that the covariance is from is 9 (allowed: above 9, the values in the "
        "window and one: take fewer of them, or more configurations)");
  CHECK(fit(few, Line{}, {1.0, 0.0}, {.last = 6}).converged);
  const auto same = [](const double* a, double* out) {
    out[0] = a[0], out[1] = a[1], out[2] = a[0] + a[1];
  };
  const auto singular =
      correlated_estimates(draws(line, 2, 50, 0.5, generator), 3, same, {.gamma = {.S = 0}});
  CHECK(refusal([&] {
          fit(singular, Line{}, {1.0, 0.0});
        })
            .find("lanes: fit: part of the variance of value 2 that the values before it in the "
                  "window do not have is ") == 0);
  CHECK(refusal([&] {
          fit({{1, std::nan("")}, some_covariance(2)}, Line{}, {1.0, 0.0});
        }) == "lanes: fit: value 1 is nan (allowed: finite)");
  const auto constant = correlated_estimates(Series(2, {1, 2, 1, 3, 1, 4, 1, 5}));
  CHECK(refusal([&] {
          fit(constant, Line{}, {1.0, 0.0});
        }) == "lanes: fit: variance of value 0 is 0 (allowed: finite and > 0)");
  CHECK(refusal([&] {
          CorrelatedEstimates({1, 2}, some_covariance(3));
        }).find("is 3") != std::string::npos);
  const Series slow(1, synthetic::autoregressive(10, 1000, generator));
  CHECK(refusal([&] {
          correlated_estimates(slow, {.block = 2});
        }).find("lanes: correlated_estimates: block is 2 (allowed: ") == 0);
  CHECK(refusal([&] { correlated_estimates(slow, {.block = 251}); }).find("to 250: ") !=
        std::string::npos);
}
