// SPDX-License-Identifier: BSD-3-Clause
//
// The generalised eigenvalue problem: systems of 2 and 3 states give their energies exactly, with
// exponentials and with cosines hyperbolic; sampled ones within errors that cover; what is refused.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/statistics/generalised_eigenvalues.hpp>
#include <support/coverage.hpp>
#include <support/near.hpp>
#include <support/refusal.hpp>

#include "synthetic.hpp"

using namespace lanes;
using lanes::testing::Coverage;

namespace {

/// C_ij(t) = sum_n z_in z_jn g(t, E_n), overlaps z that are no symmetric matrix.
template <class Shape>
std::vector<double> matrix(const std::vector<double>& energies, int times, const Shape& g) {
  const std::size_t m = energies.size();
  const auto z = [](std::size_t i, std::size_t n) {
    return std::cos(1.7 * double(i * i + 3 * n)) + 0.2 * double(i);
  };
  std::vector<double> c;
  for (int t = 0; t < times; ++t)
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < m; ++j) {
        c.push_back(0);
        for (std::size_t n = 0; n < m; ++n) c.back() += z(i, n) * z(j, n) * g(t, energies[n]);
      }
  return c;
}

double exponential(int t, double e) { return std::exp(-e * t); }
double periodic(int t, double e) { return std::cosh(e * (12 - t)); }

}  // namespace

TEST_CASE("known systems of 1, 2 and 3 states: lambda and energies at every time") {
  const std::vector<std::vector<double>> systems = {{0.3}, {0.3, 0.9}, {0.25, 0.5, 1.1}};
  for (const auto& energies : systems)
    for (int t0 : {0, 1, 3}) {
      CAPTURE(t0);
      const int m = int(energies.size()), times = 8;
      for (const auto& g : {exponential, periodic}) {
        const auto c = matrix(energies, times, g);
        const auto lambda = generalised_eigenvalues(c, m, t0);
        const EffectiveEnergies effective(m, times, t0);
        std::vector<double> e(std::size_t(effective.results()));
        effective(c.data(), e.data());
        for (int n = 0; n < m; ++n) {
          const double truth = energies[std::size_t(n)];
          for (int t = 0; t < times; ++t)
            CHECK(lambda[std::size_t(t * m + n)] ==
                  doctest::Approx(g(t, truth) / g(t0, truth)).epsilon(1e-9));
          for (int t = 1; t < times - 1; ++t)
            CHECK(std::abs(e[std::size_t((t - 1) * m + n)] - truth) < 1e-7);
        }
      }
    }
  CHECK(EffectiveEnergies(2, 8, 1).label(5) == "E_1(3)");
}

TEST_CASE("sampled: the errors cover, and the second state is found") {
  // two independent oscillations in time of 12 slices, mixed: O_1 = x + y / 2, O_2 = x - y
  constexpr int time = 12, times = 5, seeds = 200;
  const double energies[] = {0.4, 1.0};
  synthetic::Generator generator(17);
  std::normal_distribution<double> normal;
  Coverage ground, excited;
  for (int s = 0; s < seeds; ++s) {
    Series series(times * 4);
    for (int i = 0; i < 500; ++i) {
      double o[2][time] = {};
      for (int n = 0; n < 2; ++n) {  // x' = a x + noise on an open line, stationary
        const double a = std::exp(-energies[n]);
        double x = normal(generator);
        for (int t = 0; t < time; ++t) {
          o[0][t] += n == 0 ? x : 0.5 * x;
          o[1][t] += n == 0 ? x : -x;
          x = a * x + std::sqrt(1 - a * a) * normal(generator);
        }
      }
      std::vector<double> c;
      for (int t = 0; t < times; ++t)
        for (int a = 0; a < 2; ++a)
          for (int b = 0; b < 2; ++b) {
            c.push_back(0);
            for (int u = 0; u + t < time; ++u) c.back() += o[a][u] * o[b][u + t] / (time - t);
          }
      series.append(c);
    }
    const auto e = effective_energies(series, 2, 1, {.S = 0});
    ground.add(e[2], energies[0]);   // t = 2
    excited.add(e[1], energies[1]);  // t = 1
  }
  ground.check_nominal();
  ground.check_unbiased();
  excited.check_nominal();
}

TEST_CASE("what is refused, and where there is no value") {
  auto c = matrix({0.3, 0.9}, 5, exponential);
  CHECK(refusal([&] { generalised_eigenvalues(c, 2, 5); }) ==
        "lanes: generalised eigenvalues: t0 is 5 (allowed: 0 to 4)");
  CHECK(refusal([&] { generalised_eigenvalues(c, 2, -1); }).find("t0 is -1") != std::string::npos);
  CHECK(refusal([&] { generalised_eigenvalues(c, 3, 1); }) ==
        "lanes: generalised_eigenvalues: numbers is 20 (allowed: a multiple of operators^2)");
  CHECK(refusal([&] {
          generalised_eigenvalues(c, 0, 1);
        }).find("generalised eigenvalues: operators is 0") != std::string::npos);
  CHECK(refusal([&] { EffectiveEnergies(2, 2, 1); }) ==
        "lanes: EffectiveEnergies: times is 2 (allowed: >= 3)");

  for (int k = 0; k < 4; ++k) c[std::size_t(4 + k)] = k == 0 || k == 3 ? 1 : -1.25;  // at t0 = 1
  CHECK(refusal([&] { generalised_eigenvalues(c, 2, 1); })
            .find("lanes: generalised eigenvalues: smallest eigenvalue of C(t0 = 1) is -0.25 "
                  "(allowed: above ") == 0);
  Series series(20);
  for (int i = 0; i < 8; ++i) series.append(c);
  CHECK(refusal([&] { effective_energies(series, 2, 1); }).find("is -0.25") != std::string::npos);
  std::vector<double> lambda(10);
  PrincipalCorrelators(2, 5, 1)(c.data(), lambda.data());
  for (double l : lambda) CHECK(std::isnan(l));
  for (int k = 0; k < 4; ++k) c[std::size_t(4 + k)] = 1;  // two operators that are one
  CHECK(refusal([&] { generalised_eigenvalues(c, 2, 1); }).find("smallest eigenvalue") !=
        std::string::npos);
  c[4] = std::nan("");
  CHECK(refusal([&] { generalised_eigenvalues(c, 2, 1); }).find("is nan") != std::string::npos);
}
