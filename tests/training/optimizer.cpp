// SPDX-License-Identifier: BSD-3-Clause
//
// Optimizers against numbers worked out by hand (in exact fractions, then rounded).
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/training/optimizer.hpp>
#include <lanes/training/optimizer_step.hpp>

using namespace lanes;

namespace {

template <class Real, class Optimizer>
std::vector<double> path(const Optimizer& optimizer, double start,
                         const std::vector<double>& gradients, const std::vector<double>& factors) {
  Real theta = static_cast<Real>(start), moments[Optimizer::moments.size()] = {};
  std::vector<double> result;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const auto rule = optimizer.template rule<Real>(static_cast<long>(i), factors[i]);
    theta = rule(static_cast<Real>(gradients[i]), theta, moments);
    result.push_back(double(theta));
  }
  return result;
}

template <class Precision, class Optimizer>
void check_path(const Optimizer& optimizer, const std::vector<double>& factors,
                const std::vector<double>& expected) {
  const auto found = path<typename Precision::Real>(optimizer, 1.0, {2.0, -1.0, 4.0}, factors);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(std::abs(found[i] - expected[i]) < Precision::agreement);
}

}  // namespace

TEST_CASE("Adam: three steps with b1 = 1/2, b2 = 3/4, epsilon = 1/2, rate 1/10") {
  // g = 2, -1, 4:  m = 1, 0, 2;  v = 1, 1, 19/4;  m / (1 - 2^-t) = 2, 0, 16/7;  v / (1 - (3/4)^t) =
  // 4, 16/7, 304/37
  const std::vector<double> steps = {2.0 / 2.5, 0.0, 16.0 / 7 / (std::sqrt(304.0 / 37) + 0.5)};
  const Adam adam{.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.75, .epsilon = 0.5};
  const std::vector<double> expected = {1 - 0.1 * steps[0], 1 - 0.1 * steps[0],
                                        1 - 0.1 * (steps[0] + steps[2])};
  check_path<Double>(adam, {1, 1, 1}, expected);
  check_path<Single>(adam, {1, 1, 1}, expected);
  check_path<Double>(
      adam, {0.5, 1, 2},
      {1 - 0.05 * steps[0], 1 - 0.05 * steps[0], 1 - 0.05 * steps[0] - 0.2 * steps[2]});
}

TEST_CASE("Adam: the first step of the defaults is the learning rate, whatever the gradient") {
  // epsilon / |g| = 1e-5 of the rate at the smallest gradient
  for (const double g : {1e-3, 1.0, 1e5}) {
    CHECK(std::abs(path<double>(Adam{}, 0, {g}, {1})[0] + Adam{}.learning_rate) < 6e-8);
    CHECK(std::abs(path<double>(Adam{}, 0, {-g}, {1})[0] - Adam{}.learning_rate) < 6e-8);
  }
  CHECK(path<double>(Adam{}, 0, {0}, {1})[0] == 0);
}

TEST_CASE("Momentum: velocities 2, 0, 4 at momentum 1/2; gradient descent at 0") {
  check_path<Double>(Momentum{.learning_rate = 0.25, .momentum = 0.5}, {1, 1, 1}, {0.5, 0.5, -0.5});
  check_path<Single>(Momentum{.learning_rate = 0.25, .momentum = 0.5}, {1, 1, 2}, {0.5, 0.5, -1.5});
  check_path<Double>(Momentum{.learning_rate = 0.25, .momentum = 0}, {1, 1, 1}, {0.5, 0.75, -0.25});
}

using Own = lanes::detail::ClampedGradient<double>;

TEST_CASE(
    "an update: each parameter has moments of its own, and nothing is changed but what is "
    "proposed") {
  const Momentum momentum{.learning_rate = 1, .momentum = 0.5};
  using Report = OptimizerReport<Momentum>;
  Cpu cpu(1);
  std::vector<double> theta{0, 0}, velocity{0, 0}, next(2), next_velocity(2), report(Report::size);
  for (long step = 0; step < 2; ++step) {
    const std::vector<double> g{1, step == 0 ? 0.0 : -2.0}, before = theta;
    const auto rule = momentum.rule<double>(step, 1.0);
    propose_step<Momentum>(cpu, &rule, 0.0, 0.0, 2, g.data(), 2, Own{g.data()}, theta.data(),
                           velocity.data(), next.data(), next_velocity.data(), report.data());
    CHECK(theta == before);
    std::swap(theta, next);
    std::swap(velocity, next_velocity);
    CHECK(Report{report.data()}.not_finite() == nullptr);
  }
  CHECK(theta == std::vector<double>{-2.5, 2});
  CHECK(velocity == std::vector<double>{1.5, -2});
  CHECK(Report{report.data()}.norm() == std::sqrt(5.0));
}

TEST_CASE("an update: clipped by value, then by norm; what is not finite is named") {
  const Momentum momentum{.learning_rate = 1, .momentum = 0};
  using Report = OptimizerReport<Momentum>;
  Cpu cpu(1);
  const std::vector<double> g{6, -3, 1}, theta{0, 0, 0}, velocity{0, 0, 0};
  std::vector<double> next(3), next_velocity(3), report(Report::size);
  const auto rule = momentum.rule<double>(0, 1.0);
  const auto update = [&](const std::vector<double>& gradient, double value, double norm) {
    propose_step<Momentum>(cpu, &rule, value, norm, 3, gradient.data(), 3, Own{gradient.data()},
                           theta.data(), velocity.data(), next.data(), next_velocity.data(),
                           report.data());
    return Report{report.data()};
  };
  CHECK(update(g, 2, 0).norm() == std::sqrt(46.0));
  CHECK(next == std::vector<double>{-2, 2, -1});
  update(g, 2, 1.5);
  CHECK(std::abs(next[0] + 1) < Double::agreement);
  CHECK(std::abs(next[2] + 0.5) < Double::agreement);
  update(g, 0, 100);
  CHECK(next == std::vector<double>{-6, 3, -1});
  // Numbers that are trained may be others than those whose gradient is clipped.
  struct Twice {
    const double* g;
    double operator()(std::size_t i, double most) const { return 2 * Own{g}(i / 2, most); }
  };
  std::vector<double> two(6), two_velocity(6);
  const std::vector<double> start(6, 0.0);
  propose_step<Momentum>(cpu, &rule, 2.0, 1.5, 3, g.data(), 6, Twice{g.data()}, start.data(),
                         start.data(), two.data(), two_velocity.data(), report.data());
  CHECK(Report{report.data()}.norm() == std::sqrt(46.0));
  for (std::size_t i = 0; i < 6; ++i)
    CHECK(std::abs(two[i] - std::array{-2, 2, -1}[i / 2]) < Double::agreement);
  CHECK(std::string(update({1, INFINITY, 0}, 0, 0).not_finite()) == "the parameters");
}
