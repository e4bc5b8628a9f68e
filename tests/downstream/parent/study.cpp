// SPDX-License-Identifier: BSD-3-Clause
//
// A part of every room, with all warnings as errors and JSON_USE_IMPLICIT_CONVERSIONS=0.
#include <lanes/io.hpp>
#include <lanes/lanes.hpp>
#include <lanes/testing/laws.hpp>

using namespace lanes;
using G = Lattice<8, 8>;

void scalars() {
  using Network = ConvNet<Channels<4>, Kernel<3>, LeakyRelu>;
  using Level = Repeat<2, Coupling<Checkerboard, Affine, Network>>;
  using Flow = Chain<FreeFieldBase, Multiscale<2, Level, Level, LongWaves>>;
  using Theory = Phi4<G>;
  Sampler<Scalar, G, Flow> sampler{Seed{7}};
  const auto theory = Theory::from_mass_coupling(-4.0, 8.0);
  (void)train<PathGradient>(sampler, theory, {.steps = 5, .batch = 64},
                            CheckpointEvery("parent.checkpoint", 5));
  const auto ensemble = sample_exact(sampler, theory, {.configurations = 1000});
  print(ensemble, Magnetization{}, Susceptibility{}, CorrelationLength{});
  print(sample_hmc(theory, {.trajectories = 10}), Magnetization{});
  save_configurations("parent.npy", ensemble);
  save_parameters("parent.safetensors", sampler);
}

void links() {
  using Network = ConvNet<Channels<4>, Kernel<1>, Tanh>;
  Sampler<U1, G, GaugeHierarchy<CircularSpline<5>, Network>> sampler{Seed{7}};
  const U1Gauge<G> theory(1.0);
  print(sample_reweighted(sampler, theory, {.configurations = 100}), Plaquette{});
  print(sample_heat_bath(theory, {.sweeps = 10}), TopologicalChargeSquared{});
}

void spins() {
  Sampler<Ising, G, Symmetric<Z2, MaskedDense<Depth<2>, Width<1>, PRelu>>> sampler{Seed{7}};
  const IsingModel<G> theory(0.4);
  (void)train<Reinforce>(sampler, theory, {.steps = 5, .batch = 64});
  print(sample_wolff(theory), Magnetization{});
}
