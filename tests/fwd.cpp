// SPDX-License-Identifier: BSD-3-Clause
//
// fwd.hpp alone names the public types with their default arguments; with the rest of the library
// they are the same.
#include <type_traits>

#include <lanes/fwd.hpp>

namespace {

struct Flow;
template <class... Arguments>
using Sampled = lanes::Sampler<lanes::Scalar, lanes::Lattice<8, 8>, Flow, Arguments...>;
using Theory = lanes::Phi4<lanes::Lattice<8, 8>>;

static_assert(std::is_same_v<Sampled<>, Sampled<lanes::Single, lanes::Cpu>>);
static_assert(
    std::is_same_v<lanes::TrainOptions<>, lanes::TrainOptions<lanes::Adam, lanes::ConstantRate>>);
static_assert(std::is_same_v<lanes::WarmUp<>, lanes::WarmUp<lanes::ConstantRate>>);
static_assert(std::is_same_v<lanes::CheckpointEvery<>, lanes::CheckpointEvery<lanes::NoCallback>>);
static_assert(std::is_same_v<lanes::HybridMonteCarlo<Theory>,
                             lanes::HybridMonteCarlo<Theory, lanes::Double, lanes::Omelyan>>);
static_assert(
    std::is_same_v<lanes::HeatBath<Theory>, lanes::HeatBath<Theory, lanes::Double, lanes::Cpu>>);

}  // namespace

#include <doctest/doctest.h>

#include <lanes/io/checkpoint.hpp>
#include <lanes/lanes.hpp>

TEST_CASE("what was declared is what there is") {
  using Network = lanes::ConvNet<lanes::Channels<2>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Small = lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>;
  lanes::Sampler<lanes::Scalar, lanes::Lattice<4, 4>, Small> sampler(lanes::Seed{1});
  static_assert(std::is_same_v<decltype(sampler)::Real, float>);
  static_assert(std::is_same_v<decltype(sampler)::Backend, lanes::Cpu>);
  static_assert(
      std::is_same_v<lanes::HybridMonteCarlo<lanes::Phi4<lanes::Lattice<4, 4>>>::Real, double>);
  lanes::TrainOptions<>{}.check();
  CHECK(sampler.draw(3).log_q.size() == 3);
}
