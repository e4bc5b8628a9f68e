// SPDX-License-Identifier: BSD-3-Clause
//
// What the fragments of the READMEs may name without saying so (blocks.cmake).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include <lanes/io.hpp>
#include <lanes/lanes.hpp>
#include <lanes/testing/autoregressive_laws.hpp>
#include <lanes/testing/backend_laws.hpp>
#include <lanes/testing/field_laws.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/testing/network_laws.hpp>
#include <lanes/testing/theory_laws.hpp>
#include <lanes/testing/transform_laws.hpp>
#include <lanes/testing/update_laws.hpp>

using Geometry = lanes::Lattice<8, 8>;
using Network = lanes::ConvNet<lanes::Channels<8, 8>, lanes::Kernel<3>, lanes::LeakyRelu>;
using Flow = lanes::Repeat<8, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
using Theory = lanes::Phi4<Geometry>;
extern lanes::Sampler<lanes::Scalar, Geometry, Flow> sampler;
extern const Theory theory;
extern const lanes::Ensemble<lanes::Scalar, Geometry, float> ensemble;
