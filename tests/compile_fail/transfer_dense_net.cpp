// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: transfer needs layers whose parameters do not depend on the lattice: convolutions, not dense networks.
#include <lanes/lanes.hpp>

template <class Network>
using Flow = lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Network = lanes::ConvNet<lanes::Channels<2>, lanes::Kernel<3>, lanes::Tanh>;
#else
using Network = lanes::DenseNet<lanes::Channels<2>, lanes::Tanh>;
#endif

int main() {
  lanes::Sampler<lanes::Scalar, lanes::Lattice<4, 4>, Flow<Network>> small{lanes::Seed{1}};
  lanes::Sampler<lanes::Scalar, lanes::Lattice<8, 8>, Flow<Network>> large{lanes::Seed{1}};
  lanes::transfer(small, large);
}
