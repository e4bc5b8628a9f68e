// SPDX-License-Identifier: BSD-3-Clause
//
// Reparameterization is the exact gradient of the mean of ln q + S over the step's own base
// samples.
#include <lanes/estimator/reparameterization.hpp>

#include "estimator/estimator_bench.hpp"

using namespace lanes;
using namespace lanes::testing;

TEST_CASE("the derivative of the same-noise loss") {
  constexpr int directions = 25, batch = 96;
  auto sampler = generic_sampler();
  const auto theory = small_theory();
  for (long step : {0L, 3L}) {
    const auto g =
        projections(gradient<Reparameterization>(sampler, theory, batch, step), directions);
    const auto differences = along_directions(sampler, directions, [&](auto& at) {
      const auto drawn = draw_step(at, theory, batch, step);
      double loss = 0;
      for (std::size_t i = 0; i < drawn.log_q.size(); ++i)
        loss += (drawn.log_q[i] + drawn.action[i]) / batch;
      return loss;
    });
    CHECK(relative(g, differences) < Double::gradient);
  }
}

TEST_CASE("steps draw other samples, threads the same") {
  auto one = generic_sampler(Cpu{1}), three = generic_sampler(Cpu{3});
  const auto theory = small_theory();
  const auto g = gradient<Reparameterization>(one, theory, 256, 1);
  CHECK(gradient<Reparameterization>(one, theory, 256, 2) != g);
  CHECK(gradient<Reparameterization>(three, theory, 256, 1) == g);
}
