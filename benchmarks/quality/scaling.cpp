// SPDX-License-Identifier: BSD-3-Clause
//
// scaling: what a flow for phi^4 costs as the lattice grows towards the continuum, beside HMC. On
// the line m2 = -4, L / xi = 4 (Albergo et al. 1904.12072; up to 20^2 in 2105.12481, 2112.15532):
//
//   L       6      8      10     12     14     20     32     64
//   lambda  6.975  6.008  5.550  5.276  5.113  4.807  4.572  4.398
//
// One program per L, from this source: scaling_6, .., scaling_64 (target scaling_programs);
// `scaling` is L = 8, and has the first two models. scaling.sh runs the study with all of
// them.
//
//   multiscale  free-field base, then level by level cubic couplings of the long waves, the last of
//               all sites: 16 where there is one level, 10 each of two, 6 each of more
//   affine      16 Z2-equivariant affine couplings with convolutional networks, global rescaling
//   dense       the same with dense networks
//   spline      16 rational quadratic couplings with convolutional networks, global rescaling
//   free        affine, on a free-field base
//   z2          multiscale with Z2-equivariant networks
//
// Trains (path gradient, cosine rate) and adds to --output: scaling.csv, a line with the cost to
// reach 50 and 70 % acceptance (nan: not reached) and the cost of an independent configuration of
// the susceptibility; curve_MODEL_L.npy [points][steps, seconds, flops, acceptance, ESS, F_q];
// stages_MODEL_L.npy [stages][stage, xi, error, C(0), C(1), ..]; MODEL_L.safetensors, from which
// --start goes on, also at 2L (multiscale). xi where xi^2 is 0 within two errors: 0, with the root
// of the error of xi^2. Seconds are processor time, summed over threads; evaluations, and what
// --start had, do not count. flops are those of convolutions, four forward passes a step. Exit
// status 1 if flow and HMC disagree, 130 if interrupted.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <lanes/io/npy.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/lanes.hpp>

#include "comparison.hpp"
#include "study.hpp"

#ifndef LANES_EXTENT
#define LANES_EXTENT 8
#endif

namespace {

using namespace lanes;

constexpr double lambda_of(int extent) {
  switch (extent) {
    case 6:
      return 6.975;
    case 8:
      return 6.008;
    case 10:
      return 5.550;
    case 12:
      return 5.276;
    case 14:
      return 5.113;
    case 16:
      return 4.98;  // between its neighbours
    case 20:
      return 4.807;
    case 32:
      return 4.572;
    default:
      return 4.398;
  }
}

/// How often an extent can be halved such that a checkerboard and a kernel of 3 sites fit.
constexpr int levels_of(int extent) {
  int levels = 1;
  for (; extent % 4 == 0 && extent > 4; extent /= 2) ++levels;
  return levels;
}

// Couplings of the two families.
template <int Levels, class Network>
using Level = Repeat<(Levels >= 3   ? 6
                      : Levels == 2 ? 10
                                    : 16),
                     Coupling<Checkerboard, Cubic, Network>>;
template <int Levels, class Network>
using FromCoarse =
    Chain<FreeFieldBase,
          Multiscale<Levels, Level<Levels, Network>, Level<Levels, Network>, LongWaves>>;
using Z2Convolutions = Z2ConvNet<Channels<16, 16>, Kernel<3>>;
using Z2Dense = Z2Net<DenseNet<Channels<64>, Tanh>, DenseNet<Channels<64>, Tanh, NoBias>>;
using Convolutions = ConvNet<Channels<16, 16>, Kernel<3>, LeakyRelu>;
template <class Transform, class Network>
using Sixteen = Repeat<16, Coupling<Checkerboard, Transform, Network>>;

template <int L>
struct Models {
  using Multi = FromCoarse<levels_of(L), ConvNet<Channels<12>, Kernel<3>, LeakyRelu>>;
  using Z2Flow = FromCoarse<levels_of(L), Z2ConvNet<Channels<12>, Kernel<3>>>;
  using AffineFlow = Chain<Sixteen<Affine, Z2Convolutions>, Rescaling>;
  using DenseFlow = Chain<Sixteen<Affine, Z2Dense>, Rescaling>;
  using SplineFlow = Chain<Sixteen<RationalQuadratic<8>, Convolutions>, Rescaling>;
  using FreeFlow = Chain<FreeFieldBase, Sixteen<Affine, Z2Convolutions>>;
};

struct Options : studies::Options {
  std::string model = "multiscale", start;
  bool evaluate = false;
  double seconds = 0;  // 0: no matter
  long anneal = 0;
  int points = 24, samples = 8192;
  double clip = 50;
};

#ifdef LANES_ALL_MODELS
const std::vector<std::string> models = {"multiscale", "affine", "dense", "spline", "free", "z2"};
#else
const std::vector<std::string> models = {"multiscale", "affine"};
#endif

Options read_options(int argc, char** argv) {
  Options o;
  CLI::App app("Training cost of flows for phi^4 on the line L / xi = 4, beside HMC.");
  o.output = "results/scaling", o.batch = 64, o.rate = 3e-3;
  studies::add_options(app, o);
  app.add_option("--model", o.model)->check(CLI::IsMember(models))->capture_default_str();
  app.add_option(
      "--start", o.start,
      "parameters to start from: of this model, at this L or (multiscale, L = 32 and 64) at L / 2");
  app.add_option("--seconds", o.seconds, "steps are as many as fit into these seconds")
      ->check(CLI::PositiveNumber);
  app.add_flag("--evaluate", o.evaluate, "no training, no line in the table: --start as it is");
  app.add_option("--anneal", o.anneal,
                 "steps over which the temperature falls to 1: S begins as that of N(0, 1)")
      ->capture_default_str();
  app.add_option("--clip", o.clip, "largest norm of the gradient")->capture_default_str();
  app.add_option("--points", o.points, "evaluations during the training")->capture_default_str();
  app.add_option("--samples", o.samples, "of an evaluation")->capture_default_str();
  studies::parse(app, argc, argv);
  if (o.steps == 0 && o.seconds == 0) o.steps = o.brief ? 60 : 2000;
  if (o.brief) o.samples = 1024, o.points = 4;
  return o;
}

/// Processor time of all threads so far.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Point {
  double steps, seconds, flops, acceptance, ess, f_q;
};

/// The first point of the curve with that acceptance, or NaN in all.
Point cost_to(const std::vector<Point>& curve, double acceptance) {
  for (const Point& p : curve)
    if (p.acceptance >= acceptance) return p;
  return {NAN, NAN, NAN, NAN, NAN, NAN};
}

// Flops of a sample's forward pass: a weight of a convolution meets every site of its lattice.
template <class Sampler>
double flops_of(const std::string& model, int extent) {
  const double volume = extent * extent;
  if (model == "dense") return 2.0 * Sampler::parameter_count();
  if (model != "multiscale" && model != "z2") return 2.0 * Sampler::parameter_count() * volume;
  const int levels = levels_of(extent);
  double sites = 0;
  for (int k = 0; k < levels; ++k) sites += volume / std::pow(4.0, k);
  return 2.0 * Sampler::parameter_count() / levels * sites;
}

/// The root of an estimate; of one that is 0 within two errors: 0, with the root of the error.
Estimate root(Estimate square) {
  const bool vanishes = square.value < 2 * square.error;
  const double value = vanishes ? 0 : std::sqrt(square.value);
  square.error = vanishes ? std::sqrt(square.error) : square.error / (2 * value);
  square.value = value;
  return square;
}

/// Stage by stage: correlation length and two-point function.
template <class Sampler>
void save_stages(const std::string& path, Sampler& sampler, std::size_t samples) {
  std::vector<double> table;
  std::ptrdiff_t stages = 0;
  std::printf("stage   xi           C(0)         C(1)\n");
  for (const auto& stage : draw_stages(sampler, samples)) {
    const Estimate xi = root(analyse(SquaredCorrelationLength{Subtraction::none}, stage)[0]);
    const auto c = analyse(TwoPointFunction{Subtraction::none}, stage);
    table.insert(table.end(), {double(stages), xi.value, xi.error});
    for (const auto& e : c) table.push_back(e.value);
    std::printf("%5td   %-12s %-12s %s\n", stages++, to_string(xi).c_str(), to_string(c[0]).c_str(),
                to_string(c[1]).c_str());
  }
  save_npy(path, table.data(), {stages, static_cast<std::ptrdiff_t>(table.size()) / stages});
}

template <int L, class Flow>
void load_start(const Options& o, Sampler<Scalar, Lattice<L, L>, Flow>& sampler) {
  if constexpr (std::is_same_v<Flow, typename Models<L>::Multi> && levels_of(L / 2) >= 3) {
    if (o.start.find("_" + std::to_string(L / 2) + ".") != std::string::npos) {
      Sampler<Scalar, Lattice<L / 2, L / 2>, typename Models<L / 2>::Multi> half{Seed{o.seed}};
      load_parameters(o.start, half);
      return transfer(half, sampler);
    }
  }
  load_parameters(o.start, sampler);
}

TrainOptions<Adam, WarmUp<CosineRate>> training(const Options& o, long steps) {
  return {.steps = steps,
          .batch = o.batch,
          .optimizer = {.learning_rate = o.rate},
          .schedule = {.over = 50},
          .clip_norm = o.clip,
          .annealing_steps = o.anneal};
}

/// How many steps take o.seconds, from a few of another sampler.
template <class Model, class Theory>
long steps_that_fit(const Options& o, const Theory& theory) {
  constexpr long few = 10;
  Options plain = o;
  plain.anneal = 0;
  Model sampler{Seed{o.seed}};
  double start = 0;
  for (int round = 0; round < 2; ++round) {  // the first touches memory
    start = seconds();
    train<PathGradient, Adam, WarmUp<CosineRate>>(sampler, theory, training(plain, few));
  }
  return std::max(4L, static_cast<long>(o.seconds * few / (seconds() - start)));
}

/// Trains, and notes what is reached when; the curve ends early if interrupted.
template <class Model, class Theory>
std::vector<Point> train_and_watch(const Options& o, Model& sampler, const Theory& theory,
                                   const std::string& name, double flops, TrainingEnd& end) {
  const long steps = o.steps > 0 ? o.steps : steps_that_fit<Model>(o, theory);
  std::printf("    steps   seconds     flops  acceptance  ESS\n");
  std::vector<Point> curve;
  double start = seconds();
  const long every = std::max(1L, steps / o.points);
  const auto evaluate = [&](auto&, const StepRecord& record) {
    const long done = record.step + 1;
    if (done % every != 0 && done != steps) return;
    const double spent = seconds() - start;
    std::vector<double> log_w =
        sample_log_weights(sampler, theory, {.configurations = std::size_t(o.samples)});
    StepRecord fresh;
    std::vector<double> zero(log_w.size());
    for (double& l : log_w) l = -l;
    measure_batch(log_w, zero, fresh);
    curve.push_back(
        {double(done), spent, double(done) * flops, fresh.acceptance, fresh.ess, fresh.loss});
    std::printf("%9ld %9.1f %9.2e  %.4f      %.4f\n", done, spent, double(done) * flops,
                fresh.acceptance, fresh.ess);
    std::fflush(stdout);
    save_npy(o.output + "/curve_" + name + ".npy", &curve[0].steps,
             {static_cast<std::ptrdiff_t>(curve.size()), 6});
    save_parameters(o.output + "/" + name + ".safetensors", sampler);
    start += seconds() - start - spent;  // an evaluation is no training
  };
  end = train<PathGradient, Adam, WarmUp<CosineRate>, ReturnOnSignal>(sampler, theory,
                                                                      training(o, steps), evaluate)
            .end;
  return curve;
}

template <int L, class Flow>
int study(const Options& o) {
  using Theory = Phi4<Lattice<L, L>>;
  using Model = Sampler<Scalar, Lattice<L, L>, Flow>;
  const Theory theory = Theory::from_mass_coupling(-4, lambda_of(L));
  const std::string name = o.model + "_" + std::to_string(L);

  // 1. Training, and what it reaches when.
  Model sampler{Seed{o.seed}};
  if (!o.start.empty()) load_start<L>(o, sampler);
  const double flops = 4 * flops_of<Model>(o.model, L) * o.batch;
  std::printf("phi^4, %d x %d sites, lambda = %g; %s, %d parameters, %.3g flops a step, %s\n", L, L,
              lambda_of(L), o.model.c_str(), Model::parameter_count(), flops,
              sampler.backend().name().c_str());
  std::vector<Point> curve;
  if (!o.evaluate) {
    TrainingEnd end{};
    curve = train_and_watch(o, sampler, theory, name, flops, end);
    if (end == TrainingEnd::interrupted) return 130;
  }

  // 2. The flow's ensemble and HMC's, with what a configuration costs.
  const std::size_t configurations = o.brief ? 2048 : 65536;
  double clock = seconds();
  const auto flow = sample_exact(sampler, theory, {.configurations = configurations});
  const double per_flow = (seconds() - clock) / double(configurations);
  const int trajectories = o.brief ? 200 : 4000, thermalisation = o.brief ? 50 : 400;
  clock = seconds();
  const auto hmc = sample_hmc<Single>(theory,
                                      {.steps = 10,
                                       .chains = 32,
                                       .trajectories = trajectories,
                                       .thermalisation = thermalisation,
                                       .acceptance = 0.8},
                                      Seed{o.seed + 1});
  const double per_hmc = (seconds() - clock) / (32.0 * (trajectories + thermalisation));
  const auto rows =
      studies::compare(flow, hmc, AbsoluteMagnetization{}, Susceptibility{Subtraction::none},
                       CorrelationLength{Subtraction::none}, TwoPointFunction{Subtraction::none});
  studies::print(rows);
  const studies::Row& chi = rows[1];
  const auto ess = effective_sample_size(flow.proposal_log_weights);
  const auto f = free_energy(flow.proposal_log_weights);
  std::printf("acceptance %.4f, ESS %s of N = %zu, F %s\n", flow.acceptance(),
              studies::value_text(ess.value, ess.error).c_str(), ess.samples, to_string(f).c_str());
  const double cost_flow = per_flow * 2 * chi.flow.tau_int,
               cost_hmc = per_hmc * 2 * chi.hmc.tau_int;
  std::printf("seconds per independent configuration of chi: flow %.3g, HMC %.3g\n", cost_flow,
              cost_hmc);

  // 3. The line of the table, the stages.
  studies::Claims claims;
  studies::check_agreement(claims, rows);
  claims.print();
  const int status = claims.hold() ? 0 : 1;
  if (o.evaluate) return status;
  const Point half = cost_to(curve, 0.5), most = cost_to(curve, 0.7), last = curve.back();
  const std::string table = o.output + "/scaling.csv";
  const bool is_new = !std::filesystem::exists(table);
  if (std::FILE* file = std::fopen(table.c_str(), "a")) {
    if (is_new)
      std::fprintf(file,
                   "L,model,parameters,steps_50,seconds_50,flops_50,steps_70,seconds_70,flops_70,"
                   "steps,seconds,acceptance,ess,ess_error,f,f_error,seconds_per_draw,"
                   "tau_chi_flow,cost_flow,tau_chi_hmc,cost_hmc\n");
    std::fprintf(file,
                 "%d,%s,%d,%g,%.4g,%.4g,%g,%.4g,%.4g,%g,%.4g,%.4f,%.4f,%.4f,%.6f,%.6f,%.4g,%.3f,"
                 "%.4g,%.3f,%.4g\n",
                 L, o.model.c_str(), Model::parameter_count(), half.steps, half.seconds, half.flops,
                 most.steps, most.seconds, most.flops, last.steps, last.seconds, flow.acceptance(),
                 ess.value, ess.error, f.value, f.error, per_flow, chi.flow.tau_int, cost_flow,
                 chi.hmc.tau_int, cost_hmc);
    std::fclose(file);
  }
  save_stages(o.output + "/stages_" + name + ".npy", sampler, o.brief ? 512 : 4096);
  return status;
}

template <int L>
int choose(const Options& o) {
  using M = Models<L>;
#ifdef LANES_ALL_MODELS
  if (o.model == "dense") return study<L, typename M::DenseFlow>(o);
  if (o.model == "spline") return study<L, typename M::SplineFlow>(o);
  if (o.model == "free") return study<L, typename M::FreeFlow>(o);
  if (o.model == "z2") return study<L, typename M::Z2Flow>(o);
#endif
  if (o.model == "affine") return study<L, typename M::AffineFlow>(o);
  return study<L, typename M::Multi>(o);
}

}  // namespace

int main(int argc, char** argv) {
  return studies::run_study("scaling", read_options(argc, argv), choose<LANES_EXTENT>);
}
