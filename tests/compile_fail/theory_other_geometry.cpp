// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: the Theory and the Sampler have different Geometries.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>;
using Flow = lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>;
using Sampler = lanes::Sampler<lanes::Scalar, Lattice, Flow>;

#ifdef LANES_COMPILE_FAIL_CONTROL
struct Mine {
  using Field = lanes::Scalar;
  using Geometry = Lattice;
  double action(const auto& phi) const { return double(phi(0)) * double(phi(0)); }
};
void run(Sampler& sampler) {
  lanes::train<lanes::Reinforce>(sampler, Mine{}, {.steps = 1, .batch = 32});
}
#else
struct Mine {
  using Field = lanes::Scalar;
  using Geometry = lanes::Lattice<4, 6>;
  double action(const auto& phi) const { return double(phi(0)) * double(phi(0)); }
};
void run(Sampler& sampler) {
  lanes::train<lanes::Reinforce>(sampler, Mine{}, {.steps = 1, .batch = 32});
}
#endif
