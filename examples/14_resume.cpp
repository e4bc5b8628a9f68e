// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 14, resume: a training that is cut in two ends with the bits of one that is not.
//
// train_with_checkpoint resumes where its file exists, saves every so many steps, at the end, and
// after SIGINT or SIGTERM. Random numbers are counted by seed and step: a checkpoint needs no
// other state. Parameters alone are written by save_parameters.
// Builds on: 2.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <lanes/io/checkpoint.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/lanes.hpp>

#include "lesson.hpp"

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<4, 4>;
  using Network = lanes::ConvNet<lanes::Channels<8>, lanes::Kernel<3>, lanes::Tanh>;
  using Flow = lanes::Repeat<4, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
  using Sampler = lanes::Sampler<lanes::Scalar, Geometry, Flow>;
  const auto theory = lanes::Phi4<Geometry>::from_mass_coupling(-1.0, 3.0);
  const std::string path = lesson.file("run.safetensors");
  std::filesystem::remove(path);

  Sampler whole{lanes::Seed{7}};
  lanes::train<lanes::PathGradient>(whole, theory, {.steps = 200, .batch = 64});

  {
    Sampler first{lanes::Seed{7}};  // stops after 120 steps; its program may end here
    lanes::train_with_checkpoint<lanes::PathGradient>(first, theory, {.steps = 120, .batch = 64},
                                                      path, 50);
  }
  Sampler second{lanes::Seed{7}};
  lanes::train_with_checkpoint<lanes::PathGradient>(second, theory, {.steps = 200, .batch = 64},
                                                    path, 50);
  const auto a = whole.parameters(), b = second.parameters();
  lesson.claim(std::equal(a.begin(), a.end(), b.begin(), b.end()), "both end with the same bits");

  lanes::save_parameters(lesson.file("parameters.safetensors"), second);
  Sampler third{lanes::Seed{8}};
  lanes::load_parameters(lesson.file("parameters.safetensors"), third);
  const auto c = third.parameters();
  lesson.claim(std::equal(a.begin(), a.end(), c.begin(), c.end()), "parameters come back");
  std::printf("200 steps in one piece and in two: the same %zu parameters, bit for bit\n",
              a.size());
  return lesson.end();
}
