// SPDX-License-Identifier: BSD-3-Clause
//
// Symmetric<Group, Model> has the symmetry, and is a model as others are.
#pragma once

#include "autoregressive/laws.hpp"

namespace autoregressive_laws {

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

}  // namespace autoregressive_laws
