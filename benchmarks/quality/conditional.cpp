// SPDX-License-Identifier: BSD-3-Clause
//
// What one model for a range of couplings costs in quality: phi^4 on 8 x 8 sites, m2 = -4, lambda
// from --lowest to --highest; a conditional flow (training/conditional.hpp) after --steps steps
// beside flows that were trained at one lambda each, with as many steps. Prints lambda, and the ESS
// of 16384 fresh samples of both; writes OUTPUT/conditional.npy [couplings][lambda, ESS, error, ESS
// of the single flow, error].
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <lanes/io/npy.hpp>
#include <lanes/lanes.hpp>

namespace {

using namespace lanes;
using G = Lattice<8, 8>;
using Theory = Phi4<G>;
using Level = Repeat<8, Coupling<Checkerboard, Cubic, ConvNet<Channels<12>, Kernel<3>, LeakyRelu>>>;
using Flowing = Sampler<Scalar, G, Chain<FreeFieldBase, Multiscale<2, Level, Level, LongWaves>>>;

Theory theory_at(double lambda) { return Theory::from_mass_coupling(-4, lambda); }

EffectiveSampleSize ess_at(Flowing& sampler, double lambda) {
  return effective_sample_size(
      sample_log_weights(sampler, theory_at(lambda), {.configurations = 16384}));
}

}  // namespace

int main(int count, char** arguments) {
  double lowest = 5, highest = 8, rate = 3e-3;
  long steps = 3000;
  int degree = 2, batch = 64, couplings = 4, threads = 0;
  std::string output = "results/quality";
  CLI::App app{"ESS over a range of couplings: one conditional flow, and a flow for each"};
  app.add_option("--lowest", lowest)->capture_default_str();
  app.add_option("--highest", highest)->capture_default_str();
  app.add_option("--couplings", couplings, "where the ESS is measured, ends included")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--degree", degree, "of the polynomials in the coupling")->capture_default_str();
  app.add_option("--steps", steps)->capture_default_str();
  app.add_option("--batch", batch)->capture_default_str();
  app.add_option("--rate", rate, "learning rate at the start")->capture_default_str();
  app.add_option("--threads", threads, "0: all");
  app.add_option("--output", output)->capture_default_str();
  CLI11_PARSE(app, count, arguments);
  try {
    const TrainOptions<Adam, CosineRate> options{
        .steps = steps, .batch = batch, .optimizer = {.learning_rate = rate}, .clip_norm = 50};
    Flowing sampler{Seed{7}, Cpu(threads)};
    Conditional model(sampler, lowest, highest, degree);
    train<PathGradient, Adam, CosineRate>(model, theory_at, options);
    std::printf("lambda  ESS, conditional  ESS, trained there (degree %d, %ld steps)\n", degree,
                steps);
    std::vector<double> table;
    for (int i = 0; i < couplings; ++i) {
      const double lambda = lowest + (highest - lowest) * i / (couplings - 1);
      Flowing single{Seed{7}, Cpu(threads)};
      train<PathGradient, Adam, CosineRate>(single, theory_at(lambda), options);
      const auto both = ess_at(model.at(lambda), lambda), alone = ess_at(single, lambda);
      std::printf("%6.3f  %.3f(%.3f)      %.3f(%.3f)\n", lambda, both.value, both.error,
                  alone.value, alone.error);
      std::fflush(stdout);
      table.insert(table.end(), {lambda, both.value, both.error, alone.value, alone.error});
    }
    std::filesystem::create_directories(output);
    save_npy(output + "/conditional.npy", table.data(), {couplings, 5});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quality_conditional: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
