// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of autoregressive models on a backend: TestBackend. The models; cases are in
// masked_dense.hpp, hierarchical.hpp and symmetric.hpp. bits_of_a_lane: whether the bits of a draw
// do not depend on the number of lanes beside it (a GPU's products of matrices may choose another
// order).
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

}  // namespace autoregressive_laws
