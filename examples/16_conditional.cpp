// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 16, conditional: one model for a range of couplings, which its networks see as constant
// input channels.
//
// Each step of the training draws a coupling; model.at(coupling) is a sampler like any other. Its
// free energies at several couplings are a curve without a chain for each of them.
// Builds on: 2.
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<6, 6>;
  using Network = lanes::ConvNet<lanes::Channels<8, 8>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Flow = lanes::Repeat<8, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
  const auto theory_at = [](double lambda) {
    return lanes::Phi4<Geometry>::from_mass_coupling(-4.0, lambda);
  };

  lanes::Sampler<lanes::Scalar, Geometry, Flow> sampler{lanes::Seed{7}};
  lanes::Conditional model(sampler, 6.0, 9.0);
  lanes::train<lanes::PathGradient>(model, theory_at,
                                    {.steps = lesson.brief_or(400L, 2000L),
                                     .batch = 256,
                                     .optimizer = {.learning_rate = 2e-3},
                                     .clip_norm = 10});

  std::printf("%-10s%-10s%-18s\n", "lambda", "ESS", "F");
  double last = -1e9;
  for (double lambda : {6.0, 7.0, 8.0, 9.0}) {
    const auto w =
        lanes::sample_log_weights(model.at(lambda), theory_at(lambda), {.configurations = 20'000});
    const double ess = lanes::effective_sample_size(w).value;
    const lanes::Estimate f = lanes::free_energy(w);
    std::printf("%-10g%-10.3f%-18s\n", lambda, ess, to_string(f).c_str());
    lesson.claim(ess > lesson.brief_or(0.02, 0.3), "the model is good at every coupling");
    lesson.claim(f.value > last, "F grows with lambda: dF/dlambda = <phi^4> V > 0");
    last = f.value;
  }
  return lesson.end();
}
