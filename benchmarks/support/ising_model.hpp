// SPDX-License-Identifier: BSD-3-Clause
//
// The autoregressive networks that are measured: VAN, MaskedDense<Depth<2>, Width<4>, PRelu>, and
// HAN, Hierarchical<Depth<2>, Width<1>, PRelu>, at beta = 0.44; and what one evaluation of them
// costs.
#pragma once

#include <string>
#include <type_traits>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/ising_model.hpp>

namespace lanes::benchmarks {

using Van = MaskedDense<Depth<2>, Width<4>, PRelu>;
using Han = Hierarchical<Depth<2>, Width<1>, PRelu>;

template <class Model, int L, class Precision, class Backend>
struct SpinModel {
  using Theory = IsingModel<Lattice<L, L>>;
  using Sampler = lanes::Sampler<Ising, Lattice<L, L>, Model, Precision, Backend>;

  static Theory theory() { return Theory(0.44); }
  static std::string name() {
    return std::string(std::is_same_v<Model, Van> ? "VAN" : "HAN") + "/L=" + std::to_string(L) +
           "/" + Precision::name;
  }

  /// Two operations for each weight that the mask leaves, for each use of it.
  static constexpr double forward_flops() {
    if constexpr (std::is_same_v<Model, Van>) {
      const double v = double(L) * L;
      return 2 * 4 * v * v;
    } else {
      const double n = 4.0 * L - 4;
      double sum = 2 * n * n;
      for (int d = L / 2; d >= 4; d /= 2) {
        const double b = 4.0 * (d - 1), c = 2.0 * (d - 1) - 1, squares = double(L / d) * (L / d);
        sum += 2 * squares * (b * (b + c) + b * c + c * c);
      }
      return sum;
    }
  }
};

}  // namespace lanes::benchmarks
