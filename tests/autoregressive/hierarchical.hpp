// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of Hierarchical, and its sum over the spins of each level.
#pragma once

#include "autoregressive/laws.hpp"

namespace autoregressive_laws {

TEST_CASE("laws of a hierarchy of levels") {
  check_laws<Lattice<8, 8>, Published>(6);
  check_laws<Lattice<16, 16>, DeepLevels>(7);
}

// The sum over what is drawn last leaves the density of what was drawn before: exact, and a
// function of earlier parameters alone. With the sum over all configurations of MaskedDense, which
// the skeleton is, the hierarchy's q sums to one.
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
