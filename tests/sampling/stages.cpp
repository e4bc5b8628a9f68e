// SPDX-License-Identifier: BSD-3-Clause
//
// Stages of a flow: the base samples, which have no correlation length, every layer, and last what
// the sampler draws; after a free-field base the correlation length of that field.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/observable/correlation_length.hpp>
#include <lanes/sampling/stages.hpp>
#include <lanes/transform/cubic.hpp>

using namespace lanes;

namespace {

using G = Lattice<8, 8>;
using Level = Repeat<2, Coupling<Checkerboard, Cubic, ConvNet<Channels<2>, Kernel<3>, Tanh>>>;
using Flow = Chain<FreeFieldBase, Multiscale<2, Level, Level, LongWaves>>;
using Flowing = Sampler<Scalar, G, Flow>;

}  // namespace

TEST_CASE("from the base samples to what is drawn") {
  Flowing sampler{Seed{3}};
  std::vector<float> p(sampler.parameters().begin(), sampler.parameters().end());
  p[0] = float(std::log(0.25));  // m^2
  sampler.set_parameters(p);
  const std::size_t n = 3000;
  const auto stages = draw_stages(sampler, n);
  REQUIRE(stages.size() == 1 + 1 + 1 + 2);  // base, free field, coarse level, two couplings
  REQUIRE(stages.back().configurations == sampler.draw(n).fields);
  const auto at = [&](std::size_t k) {
    return analyse(CorrelationLength{Subtraction::none}, stages[k])[0];
  };
  const auto free = at(1);
  CHECK(std::abs(free.value - 2) < 5 * free.error);
  CHECK(free.error < 0.2);
  const auto noise = analyse(SquaredCorrelationLength{Subtraction::none}, stages[0])[0];
  CHECK(std::abs(noise.value) < 5 * noise.error);
  CHECK(noise.error < 0.2);
  double square = 0;
  for (float z : stages[0].configurations) square += double(z) * double(z);
  square /= double(stages[0].configurations.size());
  CHECK(std::abs(square - 1) < 5 * std::sqrt(2.0 / double(n * G::volume)));
  CHECK_THROWS_AS(draw_stages(sampler, 0), std::invalid_argument);
}
