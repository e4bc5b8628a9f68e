// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 15, transfer: what was learnt on a small lattice is where a larger one starts.
//
// Convolutions do not know how large a lattice is; levels of a Multiscale, of a GaugeHierarchy and
// of a Hierarchical network do not either: a lattice of 2L has one more of them.
// Builds on: 2, 13.
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

template <int L>
using Geometry = lanes::Lattice<L, L>;
using Network = lanes::ConvNet<lanes::Channels<8, 8>, lanes::Kernel<3>, lanes::LeakyRelu>;
using Flow = lanes::Repeat<8, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;

template <int L>
double ess(lanes::Sampler<lanes::Scalar, Geometry<L>, Flow>& sampler, double lambda) {
  const auto theory = lanes::Phi4<Geometry<L>>::from_mass_coupling(-4.0, lambda);
  return lanes::effective_sample_size(
             lanes::sample_log_weights(sampler, theory, {.configurations = 16'384}))
      .value;
}

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  const double lambda = 8;
  lanes::Sampler<lanes::Scalar, Geometry<8>, Flow> small{lanes::Seed{7}};
  lanes::train<lanes::PathGradient>(small,
                                    lanes::Phi4<Geometry<8>>::from_mass_coupling(-4.0, lambda),
                                    {.steps = lesson.brief_or(300L, 1200L),
                                     .batch = 256,
                                     .optimizer = {.learning_rate = 2e-3},
                                     .clip_norm = 10});

  lanes::Sampler<lanes::Scalar, Geometry<12>, Flow> large{lanes::Seed{7}};
  const double before = ess(large, lambda);
  lanes::transfer(small, large);
  const double after = ess(large, lambda);
  std::printf("ESS on 8 x 8 sites %.3f; on 12 x 12, untrained %.2g, transferred %.3f\n",
              ess(small, lambda), before, after);
  lesson.claim(after > 3 * before, "a transferred flow is a better start");
  return lesson.end();
}
