// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of autoregressive models on a backend: TestBackend. bits_of_a_lane: whether the bits of a draw do not
// depend on the number of lanes beside it (a GPU's products of matrices may choose another order).
#pragma once

#include <cmath>
#include <vector>

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

// The sum over what is drawn last leaves the density of what was drawn before: exact, and a function of
// earlier parameters alone. With the sum over all configurations of MaskedDense, which the skeleton is, the
// hierarchy's q sums to one.
TEST_CASE("the levels of a hierarchy sum to the density of earlier levels") {
  using Geometry = Lattice<8, 8>;
  using Cross = detail::Crosses<8, 4>;
  using Sites = detail::Singles<8>;
  constexpr std::size_t skeleton = 2 * (28 * 28 + 28) + 28;  // parameters of level 0
  auto sampler = laws::generic_spin_sampler<Double, Geometry, Published, TestBackend>(Seed{16});
  const auto x = sampler.draw(1).fields;
  std::vector<double> p(sampler.parameters().begin(), sampler.parameters().end());
  const auto ratio = [&](const std::vector<double>& other) {  // q(other) / q(x)
    auto both = x;
    both.insert(both.end(), other.begin(), other.end());
    const auto log_q = sampler.log_density(both);
    return std::exp(log_q[1] - log_q[0]);
  };
  const auto before_singles = [&] {
    double log_q = sampler.log_density(x)[0];
    for (int i = 0; i < Sites::spins; ++i) {
      auto flipped = x;
      flipped[std::size_t(Sites::site(i))] *= -1;
      log_q += std::log1p(ratio(flipped));
    }
    return log_q;
  };
  const auto before_crosses = [&] {  // with single spins that are fair coins
    double log_q = sampler.log_density(x)[0] + Sites::spins * std::log(2.0);
    for (int square = 0; square < Cross::squares; ++square) {
      double sum = 0;
      for (int c = 0; c < 1 << Cross::spins; ++c) {
        auto other = x;
        for (int i = 0; i < Cross::spins; ++i)
          other[std::size_t(Cross::site(square, Cross::border + i))] = c >> i & 1 ? 1 : -1;
        sum += ratio(other);
      }
      log_q += std::log(sum);
    }
    return log_q;
  };

  const double with_field = before_singles();
  p[p.size() - 2] = 0.7;
  p[p.size() - 1] = -0.4;
  sampler.set_parameters(p);
  CHECK(std::abs(before_singles() - with_field) < 64 * Double::agreement);

  p[p.size() - 2] = p[p.size() - 1] = 0;
  sampler.set_parameters(p);
  const double with_level = before_crosses();
  for (std::size_t i = skeleton; i < p.size() - 2; ++i) p[i] += 0.3 * std::sin(double(i));
  sampler.set_parameters(p);
  CHECK(std::abs(before_crosses() - with_level) < 64 * Double::agreement);
  p[0] += 0.1;  // bias and slopes of level 0 do matter
  p[skeleton - 3] += 0.1;
  sampler.set_parameters(p);
  CHECK(std::abs(before_crosses() - with_level) > 1e-3);
}

}  // namespace autoregressive_laws
