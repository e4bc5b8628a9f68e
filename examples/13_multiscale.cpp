// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 13, multiscale: long waves first. The base density is a free field whose mass is learnt;
// levels of couplings then work on long waves, each seen on a coarser lattice, and last on all
// sites. Cubic is a transform for sites with a quartic potential.
//
// draw_stages shows what each layer makes of the field.
// Builds on: 2.
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<16, 16>;
  using Network = lanes::ConvNet<lanes::Channels<12>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Level = lanes::Repeat<6, lanes::Coupling<lanes::Checkerboard, lanes::Cubic, Network>>;
  using Flow =
      lanes::Chain<lanes::FreeFieldBase, lanes::Multiscale<3, Level, Level, lanes::LongWaves>>;
  using Theory = lanes::Phi4<Geometry>;
  const Theory theory = Theory::from_mass_coupling(-4.0, 5.4);

  lanes::Sampler<lanes::Scalar, Geometry, Flow> sampler{lanes::Seed{7}};
  lanes::train<lanes::PathGradient, lanes::Adam, lanes::CosineRate>(
      sampler, theory,
      {.steps = lesson.brief_or(60L, 800L),
       .batch = 128,
       .optimizer = {.learning_rate = 4e-3},
       .clip_norm = 10});

  for (const auto& stage : lanes::draw_stages(sampler, 4096))
    std::printf("stage: squared correlation length %s\n",
                to_string(analyse(lanes::SquaredCorrelationLength{}, stage)[0]).c_str());

  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = lesson.brief_or(10'000u, 50'000u)});
  const auto hmc = lanes::sample_hmc(
      theory, {.chains = 32, .trajectories = lesson.brief_or(500, 4000), .thermalisation = 300});
  std::printf("acceptance %.3f\n\n%-28s%-18s%s\n", flow.acceptance(), "", "flow", "HMC");
  lesson.agree("susceptibility", analyse(lanes::Susceptibility{}, flow)[0],
               analyse(lanes::Susceptibility{}, hmc)[0]);
  lesson.agree("correlation length", analyse(lanes::CorrelationLength{}, flow)[0],
               analyse(lanes::CorrelationLength{}, hmc)[0]);
  lesson.claim(flow.acceptance() > lesson.brief_or(0.02, 0.4), "proposals are accepted");
  return lesson.end();
}
