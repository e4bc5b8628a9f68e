// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <cstdio>

#include <lanes/io/safetensors.hpp>
#include <lanes/lanes.hpp>

#if defined(USER_WANTS_THRUST)
#include <lanes/backend/thrust.hpp>
using Backend = lanes::Thrust;
#else
using Backend = lanes::Cpu;
#endif

int main() {
  using Geometry = lanes::Lattice<4, 4>;
  using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::LeakyRelu>;
  using Flow = lanes::Repeat<2, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
  lanes::Sampler<lanes::Scalar, Geometry, Flow, lanes::Single, Backend> sampler{lanes::Seed{7}};
  const auto theory = lanes::Phi4<Geometry>::from_mass_coupling(-4.0, 8.0);
  lanes::train<lanes::Reinforce>(sampler, theory, {.steps = 5, .batch = 64});
  const auto ensemble = lanes::sample_exact(sampler, theory, {.configurations = 1000});
  const double m = lanes::analyse(lanes::Magnetization{}, ensemble)[0].value;
  std::printf("magnetization %g, parameters %d\n", m, sampler.parameter_count());
  return std::isfinite(m) && lanes::TensorFile{}.tensors.empty() ? 0 : 1;
}
