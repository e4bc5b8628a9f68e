// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of autoregressive models on a backend: TestBackend. bits_of_a_lane: whether the bits of a draw do not
// depend on the number of lanes beside it (a GPU's products of matrices may choose another order).
#pragma once

#include <doctest/doctest.h>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/autoregressive/symmetric.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/autoregressive_laws.hpp>

namespace autoregressive_laws {

using namespace lanes;

// Widths, depths and activations; 18 and 30 spins are more than one block, the last not whole.
using Logistic = MaskedDense<Depth<1>, Width<1>, Tanh>;
using Plain = MaskedDense<Depth<2>, Width<1>, Tanh>;
using Wide = MaskedDense<Depth<2>, Width<3>, PRelu>;
using Deep = MaskedDense<Depth<3>, Width<2>, PRelu, NoBias>;
using Smooth = MaskedDense<Depth<3>, Width<1>, Gelu>;
using Published = Hierarchical<Depth<2>, Width<1>, PRelu>;
using DeepLevels = Hierarchical<Depth<3>, Width<2>, Tanh>;

template <class Geometry, class Model>
void check_laws(int seed) {
  const auto d =
      laws::check_autoregressive<Double, Geometry, Model, TestBackend>(Seed{std::uint64_t(seed)});
  CHECK(d.density < Double::agreement);
  CHECK(d.score < Double::gradient);
  CHECK((!bits_of_a_lane || d.depends_on_batch == 0));
  const auto s = laws::check_autoregressive<Single, Geometry, Model, TestBackend>(
      Seed{std::uint64_t(seed)}, 0.3, 0);
  CHECK(s.density < Single::agreement);
  CHECK((!bits_of_a_lane || s.depends_on_batch == 0));
}

TEST_CASE("ln q as drawn and as of given spins; score against differences of ln q") {
  check_laws<Lattice<3, 3>, Logistic>(1);
  check_laws<Lattice<2, 9>, Plain>(2);
  check_laws<Lattice<5, 6>, Wide>(3);
  check_laws<Lattice<30>, Deep>(4);
  check_laws<Lattice<2, 3, 4>, Smooth>(5);
  check_laws<Lattice<8, 8>, Published>(6);
  check_laws<Lattice<16, 16>, DeepLevels>(7);
}

template <class Group, class Inner>
void check_symmetry(int seed) {
  using Geometry = Lattice<8, 8>;
  auto sampler = laws::generic_spin_sampler<Double, Geometry, Symmetric<Group, Inner>, TestBackend>(
      Seed{std::uint64_t(seed)});
  const auto batch = sampler.draw(24);
  for (int g = 0; g < Group::template order<Geometry>; ++g) {
    auto image = batch.fields;
    for (int i = 0; i < 24; ++i)
      for (int site = 0; site < 64; ++site)
        image[std::size_t(i * 64 + site)] =
            Group::template sign<Geometry>(g) *
            batch.fields[std::size_t(i * 64 + Group::template source<Geometry>(g, site))];
    const auto log_q = sampler.log_density(image);
    for (std::size_t i = 0; i < 24; ++i)
      CHECK(std::abs(log_q[i] - batch.log_q[i]) < 64 * Double::agreement);
  }
}

TEST_CASE("a symmetric model is symmetric, and everything else that a model is") {
  check_symmetry<Z2, Wide>(11);
  check_symmetry<Both<Z2, Translations<1>>, Published>(12);
  check_laws<Lattice<3, 4>, Symmetric<Z2, Wide>>(13);
  check_laws<Lattice<8, 8>, Symmetric<Both<Translations<0>, Z2>, Published>>(14);
  CHECK(laws::check_total_probability<Double, Lattice<3, 4>, Symmetric<Translations<1>, Plain>,
                                      TestBackend>(Seed{15}) < Double::agreement);
}

TEST_CASE("q sums to one over all configurations") {
  CHECK(laws::check_total_probability<Double, Lattice<4, 4>, Wide, TestBackend>(Seed{8}) <
        Double::agreement);
  CHECK(laws::check_total_probability<Single, Lattice<4, 4>, Deep, TestBackend>(Seed{9}) <
        Single::agreement);
  CHECK(laws::check_total_probability<Double, Lattice<2, 9>, Plain, TestBackend>(Seed{10}) <
        Double::agreement);
}

}  // namespace autoregressive_laws
