// SPDX-License-Identifier: BSD-3-Clause
//
// Cpu and Thrust agree: base samples bit for bit, everything else to the precision's tolerance.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/thrust.hpp>
#include <lanes/core/precision.hpp>

#include "thrust/numbers.hpp"

namespace agreement {

using namespace lanes;
using testing::Numbers;
using testing::NumbersLattice;

template <class Precision>
void check_agreement(const Numbers& found, const Numbers& expected) {
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, values] : expected) {
    CAPTURE(name);
    REQUIRE(found.count(name) == 1);
    const auto& other = found.at(name);
    REQUIRE(other.size() == values.size());
    double size = 1, difference = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      size = std::max(size, std::abs(values[i]));
      difference =
          std::max(difference, std::isfinite(other[i]) ? std::abs(other[i] - values[i]) : INFINITY);
    }
    if (name == "base")
      CHECK(difference == 0);
    else
      CHECK(difference < size * Precision::agreement);
  }
}

TEST_CASE("Single: the numbers of Cpu") {
  check_agreement<Single>(testing::NumbersOf<Single, Thrust>::run(),
                          testing::numbers_of_cpu_single());
}
TEST_CASE("Double: the numbers of Cpu") {
  check_agreement<Double>(testing::NumbersOf<Double, Thrust>::run(),
                          testing::numbers_of_cpu_double());
}
TEST_CASE("Mixed: the numbers of Cpu, and close to those of Single but not the same") {
  using Half = Mixed<bfloat16>;
  const auto found = testing::NumbersOf<Half, Thrust>::run_model();
  check_agreement<Half>(found, testing::numbers_of_cpu_mixed());
  const auto single = testing::NumbersOf<Single, Thrust>::run_model();
  for (const std::string name : {"base", "fields", "log_q", "action"})
    check_agreement<Half>({{name, found.at(name)}}, {{name, single.at(name)}});
  CHECK(found.at("fields") != single.at("fields"));
  const auto &there = found.at("log_q"), &back = found.at("log_density");
  for (std::size_t i = 0; i < there.size(); ++i)
    CHECK(std::abs(there[i] - back[i]) < NumbersLattice::volume * Half::round_trip);
}
TEST_CASE("twice the same bits") {
  CHECK(testing::NumbersOf<Single, Thrust>::run() == testing::NumbersOf<Single, Thrust>::run());
}

TEST_CASE("the data of ForwardKL is copied to the device once, and other data anew") {
  std::vector<double> data(7 * NumbersLattice::volume);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = std::sin(1.3 * double(i));
  using Model = Sampler<Scalar, NumbersLattice,
                        Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh>>,
                        Double, Thrust>;
  Model sampler{Seed{12}};
  const auto theory = Phi4<NumbersLattice>::textbook(0.6, 1.5);
  using Estimator = ForwardKL<double>;
  const auto trainer = [&](const Estimator& estimator) {
    return Trainer<Estimator, Model, Phi4<NumbersLattice>, Adam, ConstantRate>(
        sampler, theory, {.steps = 9, .batch = 96}, estimator);
  };
  const auto gradient = [](auto& of) {
    const auto g = of.compute_gradient();
    return std::vector<double>(g.begin(), g.end());
  };
  auto first = trainer(Estimator(data, NumbersLattice::volume));
  const auto before = gradient(first);
  for (double& v : data) v *= 2;  // which the copy does not see
  CHECK(gradient(first) == before);
  auto second = trainer(Estimator(data, NumbersLattice::volume));
  CHECK(gradient(second) != before);
}

}  // namespace agreement
