// SPDX-License-Identifier: BSD-3-Clause
//
// custom_theory: a theory and an observable that the library does not know. The theory is the
// massive sine-Gordon model in two dimensions (the bosonised massive Schwinger model),
//
//   S = sum_x [ (stiffness/2) sum_mu (phi(x+mu) - phi(x))^2 + (mass2/2) phi^2
//     + amplitude (1 - cos phi) ]
//
// and only this density is written down: the force, for the path gradient and for HMC, is derived
// from it at compile time. Without the mass exp(-S) cannot be normalised: S(phi + 2 pi) = S(phi).
// Trains a flow, draws an exact ensemble, compares with HMC; writes result.json into --output. Exit
// status 1 if the output contradicts itself.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <lanes/io/atomic_file.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"

namespace {

template <class Geometry>
struct SineGordon : lanes::LocalTheory<SineGordon<Geometry>, lanes::Scalar, Geometry> {
  double stiffness = 0.5, mass2 = 0.1, amplitude = 0.3;

  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {  // one site and its forward neighbours
    T gradient = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      gradient += square(phi.forward(mu) - phi.here());
    return T(0.5 * stiffness) * gradient + T(0.5 * mass2) * square(phi.here()) +
           T(amplitude) * (T(1) - cos(phi.here()));
  }
};

/// <cos phi>, the order parameter.
struct Cosine {
  static constexpr const char* name = "cos phi";
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    for (int x = 0; x < Geometry::volume; ++x)
      out[0] += std::cos(static_cast<double>(phi[x])) / Geometry::volume;
  }
};

using Geometry = lanes::Lattice<8, 8>;
using Theory = SineGordon<Geometry>;
using Network = lanes::ConvNet<lanes::Channels<8, 8>, lanes::Kernel<3>, lanes::LeakyRelu>;
using Flow = lanes::Repeat<8, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;

int run(const std::string& output, bool brief, std::uint64_t seed) {
  std::filesystem::create_directories(output);
  const Theory theory;
  lanes::Sampler<Theory::Field, Geometry, Flow, lanes::Single> sampler{lanes::Seed{seed}};

  std::printf("massive sine-Gordon on 8 x 8 sites, stiffness %g, mass^2 %g, amplitude %g%s\n",
              theory.stiffness, theory.mass2, theory.amplitude,
              brief ? "" : " (less than a minute on two cores)");
  std::fflush(stdout);
  lanes::train<lanes::PathGradient, lanes::Adam, lanes::CosineRate>(
      sampler, theory,
      {.steps = brief ? 300 : 1500,
       .batch = 256,
       .optimizer = {.learning_rate = 3e-3},
       .clip_norm = 10,
       .progress = true});

  const auto flow =
      lanes::sample_exact(sampler, theory, {.configurations = brief ? 20'000u : 100'000u});
  const auto hmc = lanes::sample_hmc(theory,
                                     {.chains = 64,
                                      .trajectories = brief ? 500 : 3000,
                                      .interval = 2,
                                      .thermalisation = 500,
                                      .acceptance = 0.9},
                                     lanes::Seed{seed + 1});

  std::printf("\n");
  lanes::print(flow);
  std::printf("\n");
  const auto rows =
      example::compare(flow, hmc, Cosine{}, lanes::Magnetization{}, lanes::Susceptibility{},
                       lanes::CorrelationLength{}, lanes::PoleMass{}, lanes::TwoPointFunction{});
  example::print(rows);

  example::Claims claims;
  example::check_agreement(claims, rows, brief ? 15 : 5);
  claims.check(flow.acceptance() > (brief ? 0.01 : 0.5), "the flow's proposals are accepted");
  claims.check(rows[0].hmc.value > 0 && rows[0].hmc.value < 1, "0 < <cos phi> < 1");
  const nlohmann::json result = {
      {"theory",
       {{"name", "massive sine-Gordon"},
        {"lattice", {8, 8}},
        {"stiffness", theory.stiffness},
        {"mass2", theory.mass2},
        {"amplitude", theory.amplitude}}},
      {"seed", seed},
      {"brief", brief},
      {"acceptance", flow.acceptance()},
      {"F", example::json_of(lanes::free_energy(flow.proposal_log_weights))},
      {"observables", example::json_of(rows)},
      {"claims_hold", claims.hold()}};
  lanes::write_file_atomically(output + "/result.json", {lanes::bytes_of(result.dump(2) + "\n")});
  std::printf("\nwritten: %s/result.json\n", output.c_str());
  claims.print();
  return claims.hold() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string output = "results";
  bool brief = false;
  std::uint64_t seed = 7;
  CLI::App app("Trains a flow for a theory of one's own and compares it with HMC.");
  app.add_option("--output", output, "folder for the results")->capture_default_str();
  app.add_flag("--brief", brief, "a run of seconds");
  app.add_option("--seed", seed, "of all random numbers")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(output, brief, seed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "custom_theory: %s\n", error.what());
    return 1;
  }
}
