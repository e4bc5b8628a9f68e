// SPDX-License-Identifier: BSD-3-Clause
//
// Reinforce, Reparameterization and PathGradient estimate the same gradient: averages over many
// steps, compared step by step (the steps share their base samples), along several directions, at
// generic parameters.
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>

#include "estimator/estimator_bench.hpp"

using namespace lanes;
using namespace lanes::testing;

TEST_CASE("three estimators, one gradient") {
  constexpr int directions = 6, steps = 800, batch = 512;
  constexpr double sigmas = 5;
  auto sampler = generic_sampler();
  const auto theory = small_theory();
  std::vector<std::vector<double>> reinforce(directions), reparameterization(directions),
      path(directions);
  for (long step = 0; step < steps; ++step) {
    const auto re = projections(gradient<Reinforce>(sampler, theory, batch, step), directions);
    const auto rt =
        projections(gradient<Reparameterization>(sampler, theory, batch, step), directions);
    const auto pg = projections(gradient<PathGradient>(sampler, theory, batch, step), directions);
    for (std::size_t d = 0; d < directions; ++d) {
      reinforce[d].push_back(re[d]);
      reparameterization[d].push_back(rt[d]);
      path[d].push_back(pg[d]);
    }
  }
  double best_re = 0, best_rt = 0;
  for (std::size_t d = 0; d < directions; ++d) {
    auto difference = [&](const auto& a, const auto& b) {
      std::vector<double> v;
      for (std::size_t i = 0; i < a.size(); ++i) v.push_back(a[i] - b[i]);
      return mean_of(v);
    };
    const Mean re_pg = difference(reinforce[d], path[d]),
               rt_pg = difference(reparameterization[d], path[d]);
    const Mean re_rt = difference(reinforce[d], reparameterization[d]), pg = mean_of(path[d]);
    CAPTURE(d);
    CAPTURE(pg.value);
    CAPTURE(pg.error);
    CAPTURE(re_pg.error);
    CAPTURE(rt_pg.error);
    CHECK(std::abs(re_pg.value) < sigmas * re_pg.error);
    CHECK(std::abs(rt_pg.value) < sigmas * rt_pg.error);
    CHECK(std::abs(re_rt.value) < sigmas * re_rt.error);
    best_re = std::max(best_re, std::abs(pg.value) / re_pg.error);
    best_rt = std::max(best_rt, std::abs(pg.value) / rt_pg.error);
  }
  // Power: a gradient wrong by 1/31 (a baseline that includes the lane itself) would be seen.
  CAPTURE(best_re);
  CAPTURE(best_rt);
  CHECK(best_re / 31 > sigmas);
  CHECK(best_rt / 31 > sigmas);
}
