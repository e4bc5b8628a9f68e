// SPDX-License-Identifier: BSD-3-Clause
//
// Quality against wall-clock: trains the reference phi^4 model (16 affine couplings,
// 1->16->16->16->2 channels, 3 x 3, LeakyReLU, tanh) and writes the ESS over 16384 fresh samples
// against the seconds of training (evaluation not counted) as NPY [points][seconds, steps, ESS,
// loss]. run.sh runs all cases, plot.py draws them.
//
//   quality --case l6|l8|free --estimator reinforce|reparameterization|path --seconds 480 --output FOLDER
//
// The learning rate falls along a cosine of --steps steps; without --steps, of as many as fit into
// --seconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <lanes/io/npy.hpp>
#include <lanes/lanes.hpp>

namespace {

struct Settings {
  std::string name = "l6", estimator = "path", output = "results";
  double seconds = 60, rate = 3e-3, clip = 10;
  long steps = 0;
  int batch = 256, threads = 0, points = 20;
};

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point t) {
  return std::chrono::duration<double>(Clock::now() - t).count();
}

template <class Theory>
using Model = lanes::Sampler<
    lanes::Scalar, typename Theory::Geometry,
    lanes::Repeat<16, lanes::Coupling<lanes::Checkerboard, lanes::Affine,
                                      lanes::ConvNet<lanes::Channels<16, 16, 16>, lanes::Kernel<3>,
                                                     lanes::LeakyRelu, lanes::Final<lanes::Tanh>>>>,
    lanes::Single>;

template <class Estimator, class Theory, class Callback = lanes::NoCallback>
void train(const Settings& s, Model<Theory>& sampler, const Theory& theory, long steps,
           Callback&& callback = {}) {
  lanes::train<Estimator, lanes::Adam, lanes::CosineRate>(sampler, theory,
                                                          {.steps = steps,
                                                           .batch = s.batch,
                                                           .optimizer = {.learning_rate = s.rate},
                                                           .clip_norm = s.clip},
                                                          callback);
}

/// How many steps take s.seconds, from a few that are thrown away.
template <class Estimator, class Theory>
long steps_that_fit(const Settings& s, const Theory& theory) {
  constexpr long few = 40;
  Model<Theory> sampler(lanes::Seed{1}, lanes::Cpu(s.threads));
  train<Estimator>(s, sampler, theory, few);  // memory is touched, the clock of the core rises
  const auto start = Clock::now();
  train<Estimator>(s, sampler, theory, few);
  return std::max(1L, static_cast<long>(s.seconds * few / seconds_since(start)));
}

template <class Estimator, class Theory>
void curve(const Settings& s, const Theory& theory) {
  const long steps = s.steps > 0 ? s.steps : steps_that_fit<Estimator>(s, theory);
  Model<Theory> sampler(lanes::Seed{7}, lanes::Cpu(s.threads));
  std::vector<double> points;
  double evaluating = 0;
  const auto start = Clock::now();
  const auto watch = [&](auto&, const lanes::StepRecord& record) {
    const double spent = seconds_since(start) - evaluating;
    const bool last = record.step + 1 == steps || (s.steps > 0 && spent > s.seconds);
    if ((record.step + 1) % std::max(1L, steps / s.points) == 0 || last) {
      const auto pause = Clock::now();
      const auto log_weights =
          lanes::sample_log_weights(sampler, theory, {.configurations = 16384});
      const double ess = lanes::effective_sample_size(log_weights).value;
      evaluating += seconds_since(pause);
      points.insert(points.end(), {spent, double(record.step + 1), ess, record.loss});
      std::printf("%8.1f s  step %6ld  loss %10.4f  ESS %.4f\n", spent, record.step + 1,
                  record.loss, ess);
      std::fflush(stdout);
    }
    return !last;
  };
  train<Estimator>(s, sampler, theory, steps, watch);
  std::filesystem::create_directories(s.output);
  lanes::save_npy(s.output + "/ess_" + s.name + "_" + s.estimator + ".npy", points.data(),
                  {static_cast<std::ptrdiff_t>(points.size() / 4), 4});
}

template <class Theory>
void choose_estimator(const Settings& s, const Theory& theory) {
  if (s.estimator == "reinforce")
    curve<lanes::Reinforce>(s, theory);
  else if (s.estimator == "reparameterization")
    curve<lanes::Reparameterization>(s, theory);
  else
    curve<lanes::PathGradient>(s, theory);
}

}  // namespace

int main(int count, char** arguments) {
  Settings s;
  CLI::App app{"ESS against seconds of training, reference phi^4 model"};
  app.add_option("--case", s.name,
                 "l6: L = 6, lambda = 6.975; l8: L = 8, lambda = 6.008; free: L = 8, m2 = 1.25")
      ->check(CLI::IsMember({"l6", "l8", "free"}));
  app.add_option("--estimator", s.estimator)
      ->check(CLI::IsMember({"reinforce", "reparameterization", "path"}));
  app.add_option("--seconds", s.seconds, "of training: where it stops")->capture_default_str();
  app.add_option("--steps", s.steps, "length of the cosine schedule; 0: fills the seconds");
  app.add_option("--batch", s.batch);
  app.add_option("--rate", s.rate, "learning rate at the start");
  app.add_option("--clip", s.clip, "largest norm of the gradient, 0: no limit");
  app.add_option("--points", s.points, "points of the curve");
  app.add_option("--threads", s.threads, "0: all");
  app.add_option("--output", s.output);
  CLI11_PARSE(app, count, arguments);
  try {
    if (s.name == "l6")
      choose_estimator(s, lanes::Phi4<lanes::Lattice<6, 6>>::from_mass_coupling(-4, 6.975));
    else if (s.name == "l8")
      choose_estimator(s, lanes::Phi4<lanes::Lattice<8, 8>>::from_mass_coupling(-4, 6.008));
    else
      choose_estimator(s, lanes::FreeField<lanes::Lattice<8, 8>>(1.25));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
