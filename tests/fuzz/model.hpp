// SPDX-License-Identifier: BSD-3-Clause
//
// The smallest model, whose files are small too.
#pragma once

#include <lanes/estimator/reinforce.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/io/checkpoint.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/theory/phi4.hpp>

namespace fuzz {

using Geometry = lanes::Lattice<2, 2>;
using Sampler = lanes::Sampler<lanes::Scalar, Geometry, lanes::Rescaling, lanes::Single>;
using Theory = lanes::Phi4<Geometry>;
using Trainer = lanes::Trainer<lanes::Reinforce, Sampler, Theory, lanes::Adam, lanes::ConstantRate>;

inline Theory theory() { return Theory::from_mass_coupling(-4.0, 6.975); }
inline Trainer::Options options() {
  return {.steps = 8, .batch = 32, .evaluate_every = 2, .evaluate_samples = 32, .progress = false};
}

}  // namespace fuzz
