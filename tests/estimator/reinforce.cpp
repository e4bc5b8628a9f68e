// SPDX-License-Identifier: BSD-3-Clause
//
// Reinforce against a plain implementation: leave-one-out weights in groups of 32, or of 16 where
// the batch is below 128, times the score.
#include <lanes/estimator/reinforce.hpp>
#include <lanes/testing/workbench.hpp>

#include "estimator/estimator_bench.hpp"

using namespace lanes;
using namespace lanes::testing;

namespace {

// (s_i - mean of the other s of its group) / B
std::vector<double> weights_of(const Drawn& drawn) {
  const std::size_t batch = drawn.log_q.size(), lanes = batch < 128 ? 16 : 32;
  std::vector<double> weight(batch);
  for (std::size_t i = 0; i < batch; ++i) {
    const std::size_t group = i / lanes * lanes;
    double others = 0;
    for (std::size_t j = group; j < group + lanes; ++j)
      if (j != i) others += (drawn.log_q[j] + drawn.action[j]) / double(lanes - 1);
    weight[i] = (drawn.log_q[i] + drawn.action[i] - others) / double(batch);
  }
  return weight;
}

// The action one lane at a time, without a force: all that REINFORCE asks for.
struct ActionOnly {
  using Field = Scalar;
  using Geometry = SmallLattice;
  double action(const auto& phi) const {
    double s = 0, sum = 0;
    for (int x = 0; x < Geometry::volume; ++x) {
      s += 0.5 * double(phi(x)) * double(phi(x));
      sum += double(phi(x));
    }
    return s + 0.1 * sum * sum;  // couples every site with every other
  }
};

struct ShiftedTheory : LocalTheory<ShiftedTheory, Scalar, SmallLattice> {
  template <class T, class Site>
  T density(const Site& phi) const {
    return small_theory().template density<T>(phi) + 0.5;
  }
};

}  // namespace

TEST_CASE("weights times scores") {
  for (const int batch : {96, 128}) {
    auto sampler = generic_sampler();
    const auto theory = small_theory();
    const auto drawn = draw_step(sampler, theory, batch, 2);
    const auto weight = weights_of(drawn);

    using Bench = laws::Workbench<Double, Scalar, SmallLattice, SmallFlow>;
    Bench bench(Seed{1}, 0.1);
    bench.set_external({sampler.parameters().begin(), sampler.parameters().end()});
    std::vector<double> plain(sampler.parameters().size(), 0.0);
    for (std::size_t first = 0; first < std::size_t(batch); first += Bench::lanes) {
      std::vector<double> field(std::size_t(Bench::field_rows * Bench::lanes)), w(Bench::lanes);
      for (int k = 0; k < Bench::lanes; ++k) {
        w[std::size_t(k)] = weight[first + std::size_t(k)];
        for (int row = 0; row < Bench::field_rows; ++row)
          field[std::size_t(row * Bench::lanes + k)] =
              drawn.fields[(first + std::size_t(k)) * Bench::field_rows + std::size_t(row)];
      }
      const auto score = bench.score(field, w).gradient;
      for (std::size_t p = 0; p < plain.size(); ++p) plain[p] += score[p];
    }
    const auto g = gradient<Reinforce>(sampler, theory, batch, 2);
    CHECK(relative(g, plain) < Double::agreement);
  }
}

TEST_CASE(
    "weights times differences of ln q at fixed fields, for an action that cannot be "
    "differentiated") {
  constexpr int batch = 64, directions = 25;
  auto sampler = generic_sampler();
  const ActionOnly theory;
  const auto drawn = draw_step(sampler, theory, batch, 5);
  const auto weight = weights_of(drawn);
  const auto differences = along_directions(
      sampler, directions, [&](auto& at) { return dot(at.log_density(drawn.fields), weight); });
  CHECK(relative(projections(gradient<Reinforce>(sampler, theory, batch, 5), directions),
                 differences) < Double::gradient);
}

TEST_CASE("a constant in the action changes nothing; threads change no bit") {
  auto sampler = generic_sampler(Cpu{1}), three = generic_sampler(Cpu{3});
  const auto g = gradient<Reinforce>(sampler, small_theory(), 256, 1);
  CHECK(relative(gradient<Reinforce>(sampler, ShiftedTheory{}, 256, 1), g) < Double::agreement);
  CHECK(gradient<Reinforce>(three, small_theory(), 256, 1) == g);
  CHECK(gradient<Reinforce>(three, small_theory(), 32, 1) ==
        gradient<Reinforce>(sampler, small_theory(), 32, 1));
}
