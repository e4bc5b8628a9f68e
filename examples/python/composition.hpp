// SPDX-License-Identifier: BSD-3-Clause
//
// The composition of this folder: a free field on 8 x 8 sites, whose answers are known, and six
// affine couplings with a convolutional network 1 -> 8 -> 2 each. Double, so that Python can be
// held to the last digits.
#pragma once

#include <lanes/lanes.hpp>

namespace example {

using Geometry = lanes::Lattice<8, 8>;
using Network = lanes::ConvNet<lanes::Channels<8>, lanes::Kernel<3>, lanes::Tanh>;
using Flow = lanes::Repeat<6, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
using Theory = lanes::FreeField<Geometry>;
using Sampler = lanes::Sampler<Theory::Field, Geometry, Flow, lanes::Double>;

inline const Theory theory(1.0);  // m2

}  // namespace example
