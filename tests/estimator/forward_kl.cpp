// SPDX-License-Identifier: BSD-3-Clause
//
// ForwardKL: minus the mean score of given configurations; every configuration is picked equally
// often.
#include <lanes/estimator/forward_kl.hpp>

#include "estimator/estimator_bench.hpp"

using namespace lanes;
using namespace lanes::testing;

namespace {

constexpr int rows = SmallLattice::volume, directions = 8;

std::vector<float> configurations(int count) {
  std::vector<float> x(std::size_t(count * rows));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = normal_pair<float>(RandomStream(Seed{77}, Purpose::user).words(i, 0)).first;
  return x;
}

// Derivatives of -mean ln q.
std::vector<double> exact(SmallSampler& sampler, const std::vector<float>& x) {
  return along_directions(sampler, directions, [&](auto& at) {
    const auto q = at.log_density(x);
    double sum = 0;
    for (double v : q) sum -= v / double(q.size());
    return sum;
  });
}

}  // namespace

TEST_CASE("one configuration: the exact gradient at every step") {
  auto sampler = generic_sampler();
  const auto x = configurations(1);
  const auto want = exact(sampler, x);
  for (long step : {0L, 1L}) {
    const auto g = gradient(sampler, small_theory(), 64, step, ForwardKL<float>(x, rows));
    CHECK(relative(projections(g, directions), want) < Double::gradient);
  }
}

TEST_CASE("several configurations: on average the gradient of their mean") {
  constexpr int steps = 200;
  constexpr double sigmas = 5;
  auto sampler = generic_sampler();
  const auto x = configurations(5);
  const auto want = exact(sampler, x);
  std::vector<std::vector<double>> values(directions);
  for (long step = 0; step < steps; ++step) {
    const auto g = projections(
        gradient(sampler, small_theory(), 128, step, ForwardKL<float>(x, rows)), directions);
    for (std::size_t d = 0; d < directions; ++d) values[d].push_back(g[d]);
  }
  const auto without_last = exact(sampler, configurations(4));
  double power = 0;
  for (std::size_t d = 0; d < directions; ++d) {
    const Mean m = mean_of(values[d]);
    CHECK(std::abs(m.value - want[d]) < sigmas * m.error);
    power = std::max(power, std::abs(m.value - without_last[d]) / m.error);
  }
  CHECK(power > 2 * sigmas);  // a configuration that is never picked would be noticed
}

TEST_CASE("configurations of the wrong size are refused") {
  const std::vector<float> none, odd(33);
  CHECK_THROWS_WITH_AS(ForwardKL<float>(none, rows),
                       "lanes: ForwardKL: size of the configurations is 0 (allowed: a positive "
                       "multiple of the degrees of freedom)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ForwardKL<float>(odd, rows),
                       doctest::Contains("ForwardKL: size of the configurations is 33"),
                       std::invalid_argument);
}
