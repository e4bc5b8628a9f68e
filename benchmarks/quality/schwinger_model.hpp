// SPDX-License-Identifier: BSD-3-Clause
//
// A flow for the Schwinger model: a GaugeHierarchy whose networks see the rectangles around, and 16
// couplings behind it, which see every plaquette that they leave as it is. The hierarchy alone
// learns most of the theory, at a tenth of the price of a step. study_schwinger.cpp trains the
// flow; schwinger.cpp measures how well it learns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <lanes/lanes.hpp>

namespace schwinger_model {

template <int Extent>
using LevelNetwork =
    lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<Extent>, lanes::LeakyRelu>;
using Hierarchy =
    lanes::GaugeHierarchy<lanes::CircularSpline<13, 300>, LevelNetwork<3>, LevelNetwork<1>>;

constexpr int couplings = 16, knots = 9;
using Coupling = lanes::GaugeCoupling<lanes::SweepMasks, lanes::PlaquettesAndEnclosures,
                                      lanes::CircularSpline<knots, 100>,
                                      lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>,
                                                     lanes::LeakyRelu, lanes::Dilation<1, 2, 3>>>;
using Flow = lanes::Chain<Hierarchy, lanes::Repeat<couplings, Coupling>>;

/// Puts a trained hierarchy in front of couplings that start as the identity: slopes of 1 from the
/// biases of their last convolutions, the rest of which is zero.
template <class First, class Sampler>
void continue_from(const First& hierarchy, Sampler& sampler) {
  using Real = typename Sampler::Real;
  std::vector<Real> p(sampler.parameters().begin(), sampler.parameters().end());
  std::copy(hierarchy.parameters().begin(), hierarchy.parameters().end(), p.begin());
  constexpr std::size_t bins = knots - 1, outputs = 3 * bins + 1;
  const std::size_t front = hierarchy.parameters().size(), each = (p.size() - front) / couplings;
  for (std::size_t l = 1; l <= couplings; ++l) {
    const std::size_t biases = front + l * each - outputs;
    for (std::size_t k = 0; k < bins; ++k) p[biases + 2 * bins + k] = Real(0.5413);  // ln(e - 1)
  }
  sampler.set_parameters(p);
}

}  // namespace schwinger_model
