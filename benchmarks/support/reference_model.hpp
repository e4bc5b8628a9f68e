// SPDX-License-Identifier: BSD-3-Clause
//
// The reference phi^4 model: 16 affine coupling layers on a checkerboard, networks 1 -> 16 -> 16 ->
// 16 -> 2 (3x3, LeakyReLU, tanh at the end), theory m2 = -4, lambda = 6.008 (no-half spelling). The
// peer, peers/phi4_torch.py, is the same.
#pragma once

#include <string>

#include <lanes/field/scalar.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/transform/affine.hpp>
#include <support/stencil_flops.hpp>

namespace lanes::benchmarks {

template <int L, class Precision, class Backend = Cpu>
struct ReferenceModel {
  using Geometry = Lattice<L, L>;
  using Network = ConvNet<Channels<16, 16, 16>, Kernel<3>, LeakyRelu, Final<Tanh>>;
  using Flow = Repeat<16, Coupling<Checkerboard, Affine, Network>>;
  using Theory = Phi4<Geometry>;
  using Sampler = lanes::Sampler<Scalar, Geometry, Flow, Precision, Backend>;

  static Theory theory() { return Theory::from_mass_coupling(-4.0, 6.008); }

  static std::string name() { return "L=" + std::to_string(L) + "/" + Precision::name; }

  /// Of the convolutions of one forward pass of one lane, counted as direct convolutions.
  static double forward_flops() {
    using Sites = AllSites<Geometry>;
    using Board = Checkerboard::Masks<Geometry>;
    return 16 * (stencil_flops<Stencil<Geometry, 1, 16, 3, 1, true, FrozenSites<Board>, Sites>>() +
                 2 * stencil_flops<Stencil<Geometry, 16, 16, 3, 1, true, Sites, Sites>>() +
                 stencil_flops<Stencil<Geometry, 16, 2, 3, 1, true, Sites, ActiveSites<Board>>>());
  }
};

}  // namespace lanes::benchmarks
