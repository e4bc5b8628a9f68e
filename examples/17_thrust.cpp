// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 17, Thrust: the same program on another backend, by one header and one type.
//
// On a GPU this source is a .cu, compiled by nvcc and linked to lanes::cuda. Here it runs on this
// machine's threads (lanes::thrust): all lanes at once, every kernel one for_each_n. Both backends
// draw the same base samples bit for bit and agree in all else to rounding.
// Builds on: 2.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <lanes/backend/thrust.hpp>
#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<8, 8>;
  using Network = lanes::ConvNet<lanes::Channels<8>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Flow = lanes::Repeat<4, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
  using Theory = lanes::Phi4<Geometry>;
  const Theory theory = Theory::from_mass_coupling(-1.0, 3.0);

  lanes::Sampler<lanes::Scalar, Geometry, Flow, lanes::Single, lanes::Thrust> device{
      lanes::Seed{7}};
  lanes::train<lanes::PathGradient>(
      device, theory,
      {.steps = lesson.brief_or(20L, 200L), .batch = 128, .optimizer = {.learning_rate = 2e-3}});

  lanes::Sampler<lanes::Scalar, Geometry, Flow, lanes::Single, lanes::Cpu> host{lanes::Seed{7}};
  host.set_parameters(device.parameters());
  const auto a = lanes::sample_reweighted(device, theory, {.configurations = 4096});
  const auto b = lanes::sample_reweighted(host, theory, {.configurations = 4096});
  double apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    apart = std::max(apart, std::abs(a.log_weights[i] - b.log_weights[i]));
  std::printf("%s and %s: log weights of 4096 draws differ by at most %.1e\nESS %s\n",
              device.backend().name().c_str(), host.backend().name().c_str(), apart,
              to_string(effective_sample_size(a)).c_str());
  lesson.claim(apart < 1e-3, "both backends draw the same");
  return lesson.end();
}
