// SPDX-License-Identifier: BSD-3-Clause
//
// Quality of a hierarchical autoregressive network against wall-clock: the Ising model on L x L
// sites at beta = 0.44, the published network (Depth<2>, Width<1>, PRelu) with Z2, REINFORCE, Adam
// along a cosine, beta(n) = beta (1 - decay^n). Prints and writes, as NPY [points][6], seconds of
// training (evaluation not counted), steps, D_KL(q|p) = F_q - F exactly by Kaufman's F and its
// error, the ESS of --samples draws and its error; and the parameters. --evaluate: prints this of
// the parameters in FOLDER.
//
//   quality_ising --extent 16 --steps 40000 --batch 1024 --output FOLDER
//
// --start: the levels of a network trained at L/2 (transfer). --likelihood N: N steps of maximum
// likelihood on Wolff clusters before REINFORCE, which are counted as seconds and steps of
// training. ising.sh runs a chain of lattices.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <lanes/io/npy.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/lanes.hpp>

namespace {

struct Settings {
  std::string output = "results", start;
  bool evaluate = false;
  int extent = 16, shifts = 8, batch = 1024, threads = 0, points = 10;
  long likelihood = 0, clusters = 8192;
  long steps = 4000, samples = 16384;
  double beta = 0.44, rate = 5e-3, likelihood_rate = 5e-3, decay = 0.996, clip = 10, seconds = 1e9;
};

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point t) {
  return std::chrono::duration<double>(Clock::now() - t).count();
}

/// Configurations [clusters * shifts][sites]: chains of Wolff clusters, each of their
/// configurations moved by several vectors.
template <class Geometry>
std::vector<signed char> configurations(const lanes::IsingModel<Geometry>& theory, long clusters,
                                        int shifts) {
  constexpr int chains = 32, length = 16;
  std::vector<signed char> spins;
  for (long done = 0; done < clusters; done += chains * length) {
    const std::uint64_t seed = 1000 + std::uint64_t(done);
    const auto some = lanes::sample_wolff(
        theory, {.chains = chains, .updates = length * 10, .interval = 10, .thermalisation = 100},
        lanes::Seed{seed});
    const lanes::RandomStream random(lanes::Seed{seed}, lanes::Purpose::user);
    for (std::size_t i = 0; i < some.size(); ++i)
      for (int k = 0; k < shifts; ++k) {
        const auto words = random.words(i, std::uint32_t(k));
        const int dx = int(words.v[0] % unsigned(Geometry::extent(0)));
        const int dy = int(words.v[1] % unsigned(Geometry::extent(1)));
        for (int x = 0; x < Geometry::volume; ++x)
          spins.push_back(static_cast<signed char>(some.configuration(
              i)[std::size_t(Geometry::shifted(Geometry::shifted(x, 0, dx), 1, dy))]));
      }
  }
  return spins;
}

template <int L>
void curve(const Settings& s) {
  using Geometry = lanes::Lattice<L, L>;
  using Network = lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
  using Model = lanes::Symmetric<lanes::Z2, Network>;
  lanes::Sampler<lanes::Ising, Geometry, Model> sampler(lanes::Seed{7}, lanes::Cpu(s.threads));
  if (!s.start.empty()) {
    if constexpr (L > 8) {
      lanes::Sampler<lanes::Ising, lanes::Lattice<L / 2, L / 2>, Model> half(lanes::Seed{});
      lanes::load_parameters(s.start, half);
      lanes::transfer(half, sampler);
    } else {
      throw std::invalid_argument("quality_ising: there is no network at L = 4 to start from");
    }
  }
  const lanes::IsingModel<Geometry> theory(s.beta);
  const double exact = -lanes::ExactIsing(s.beta, L).log_z();
  std::vector<double> points;
  double evaluating = 0;
  const auto start = Clock::now();
  const std::string path = s.output + "/ising_" + std::to_string(L);
  const auto evaluate = [&](double spent, long step) {
    const auto w = lanes::sample_log_weights(
        sampler, theory, {.configurations = static_cast<std::size_t>(s.samples)});
    const auto f_q = lanes::variational_free_energy(w);
    const auto ess = lanes::effective_sample_size(w);
    const double kl = f_q.value - exact;
    points.insert(points.end(), {spent, double(step), kl, f_q.error, ess.value, ess.error});
    std::printf(
        "%8.1f s  step %6ld  D_KL %.6f +- %.6f  (F_q - F) / |F| %.2e  ESS %.4f +- %.4f of N = "
        "%ld\n",
        spent, step, kl, f_q.error, kl / std::abs(exact), ess.value, ess.error, s.samples);
    std::fflush(stdout);
  };
  if (s.evaluate) {
    lanes::load_parameters(path + ".safetensors", sampler);
    return evaluate(0, 0);
  }
  const auto watch = [&](long before, long steps) {
    return [&, before, steps](auto&, const lanes::StepRecord& record) {
      const double spent = seconds_since(start) - evaluating;
      const long step = record.step + 1;
      const bool last = step == steps || spent > s.seconds;
      if (step % std::max(1L, steps / s.points) == 0 || last) {
        const auto pause = Clock::now();
        evaluate(spent, before + step);
        evaluating += seconds_since(pause);
      }
      return !last;
    };
  };
  if (s.likelihood > 0) {
    const auto spins = configurations(theory, s.clusters, s.shifts);
    std::printf("%8.1f s  %ld configurations by Wolff clusters\n", seconds_since(start),
                s.clusters);
    lanes::train<lanes::Adam, lanes::CosineRate>(lanes::ForwardKL<signed char>(spins, L * L),
                                                 sampler, theory,
                                                 {.steps = s.likelihood,
                                                  .batch = s.batch,
                                                  .optimizer = {.learning_rate = s.likelihood_rate},
                                                  .clip_norm = s.clip},
                                                 watch(0, s.likelihood));
  }
  lanes::train<lanes::Reinforce, lanes::Adam, lanes::CosineRate>(
      sampler, theory,
      {.steps = s.steps,
       .batch = s.batch,
       .optimizer = {.learning_rate = s.rate},
       .clip_norm = s.clip,
       .annealing_decay = s.decay},
      watch(s.likelihood, s.steps));
  std::filesystem::create_directories(s.output);
  lanes::save_npy(path + ".npy", points.data(),
                  {static_cast<std::ptrdiff_t>(points.size() / 6), 6});
  lanes::save_parameters(path + ".safetensors", sampler);
}

}  // namespace

int main(int count, char** arguments) {
  Settings s;
  CLI::App app{"D_KL and ESS against seconds of training, Ising model, hierarchical network"};
  app.add_option("--extent", s.extent)->check(CLI::IsMember({8, 16, 32, 64, 128}));
  app.add_option("--beta", s.beta)->capture_default_str();
  app.add_option("--start", s.start, "parameters of half the extent, as a run of it writes them");
  app.add_option("--steps", s.steps, "length of the cosine schedule")->capture_default_str();
  app.add_option("--likelihood", s.likelihood,
                 "steps of maximum likelihood before, on Wolff clusters");
  app.add_option("--likelihood-rate", s.likelihood_rate, "learning rate at the start of those");
  app.add_option("--clusters", s.clusters, "configurations of those");
  app.add_option("--shifts", s.shifts, "of each of those, by random vectors");
  app.add_option("--seconds", s.seconds, "of training: where it stops");
  app.add_option("--batch", s.batch)->capture_default_str();
  app.add_option("--rate", s.rate, "learning rate at the start")->capture_default_str();
  app.add_option("--decay", s.decay, "of the distance to beta, a step")->capture_default_str();
  app.add_option("--clip", s.clip, "largest norm of the gradient, 0: no limit");
  app.add_flag("--evaluate", s.evaluate, "trains nothing");
  app.add_option("--samples", s.samples, "of an evaluation")->capture_default_str();
  app.add_option("--points", s.points, "points of the curve");
  app.add_option("--threads", s.threads, "0: all");
  app.add_option("--output", s.output);
  CLI11_PARSE(app, count, arguments);
  try {
    switch (s.extent) {
      case 8:
        curve<8>(s);
        break;
      case 16:
        curve<16>(s);
        break;
      case 32:
        curve<32>(s);
        break;
      case 64:
        curve<64>(s);
        break;
      default:
        curve<128>(s);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
