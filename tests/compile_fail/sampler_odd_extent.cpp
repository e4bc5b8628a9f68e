// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Checkerboard needs even extents in every direction, or neighbours across the boundary have equal parity.
#include <lanes/lanes.hpp>

using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::LeakyRelu>;
using Flow = lanes::Repeat<2, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
template <class Geometry>
int parameters = lanes::Sampler<lanes::Scalar, Geometry, Flow>(lanes::Seed{1}).parameter_count();

#ifdef LANES_COMPILE_FAIL_CONTROL
int n = parameters<lanes::Lattice<4, 4>>;
#else
int n = parameters<lanes::Lattice<4, 7>>;
#endif
