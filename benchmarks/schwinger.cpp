// SPDX-License-Identifier: BSD-3-Clause
//
// The Schwinger model at beta = 2, kappa = 0.276, and its reference flow: 48 gauge couplings with
// SchwingerMasks and 2 x 1 loops, networks 6 -> 64 -> 64 -> 25 (3x3, dilations 1, 2, 3, LeakyReLU),
// circular splines of 9 knots.
//
//   schwinger/log_det/L=<L>/<precision>
//       ln|det D| of a tile of lanes; us_per_lane, of one thread
//   schwinger/force/L=<L>/<precision>
//       ln|det D| and its derivative by every link
//   schwinger/batch/<log_det|force>/L=<L>/lanes:<n>/threads:<n>
//       the same of many lanes, wall clock
//   schwinger/dense/<log_det|force>/L=<L>
//       Eigen: LU of the 2 V x 2 V matrix in double; with its inverse
//   schwinger/exponents
//       of us_per_lane ~ L^p: least squares over what was run above
//   schwinger/step/<RE|RT|PG>/L=<L>/Single/batch:32/threads:<n>
//       draw, action, gradient, Adam; median_ms
//
// GFLOP/s of log_det counts 40 L^4 flops a lane (wilson/determinant.hpp), of force 80 L^4.
//
// brief: log_det/L=8/|force/L=8/|exponents|step/RE/L=8/.*threads:1
#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <lanes/core/random.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/schwinger.hpp>
#include <lanes/training/trainer.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <support/measure.hpp>
#include <support/memory.hpp>
#include <support/training_step.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

constexpr double beta = 2, kappa = 0.276;

/// The least time of a lane seen, by what was timed and L.
std::map<std::string, std::map<double, double>> times;
void note(const std::string& what, double extent, double seconds) {
  const auto at = times[what].emplace(extent, seconds).first;
  at->second = std::min(at->second, seconds);
}

template <class Real>
void draw_links(Real* x, std::size_t n) {
  const RandomStream stream(Seed{3}, Purpose::user);
  for (std::size_t i = 0; i < n; ++i)
    x[i] = Real(0.7 * normal_pair<double>(stream.words(i, 0)).first);
}

enum class What { log_det, force };
const char* name_of(What what) { return what == What::force ? "force" : "log_det"; }

template <class Precision, int L>
void tile(benchmark::State& state, What what) {
  using Context = CpuContext<Precision>;
  using T = typename Precision::Real;
  constexpr int rows = 2 * L * L, lanes = Context::width;
  Arena arena;
  Context context(arena);
  typename Context::Scope scope(context);
  const auto x = context.template rows<T>(rows);
  draw_links(x.data, std::size_t(rows) * lanes);
  const wilson::WilsonResult<T> result{
      context.template rows<double>(1), context.template rows<double>(1),
      context.template rows<T>(1),
      what == What::force ? context.template rows<T>(rows) : Rows<T>{}};
  const double work = (what == What::force ? 80.0 : 40.0) * std::pow(L, 4) * lanes;
  const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  measure<T>(state, {.flops = work, .items = double(lanes)},
             [&] { wilson::wilson_trial<L, L>(context, kappa, -1, x, 0, result); });
  const double seconds =
      (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / (double(state.iterations() + 1) * lanes);
  note(std::string(name_of(what)) + "_" + Precision::name, L, seconds);
  state.counters["us_per_lane"] = 1e6 * seconds;
  state.counters["kB_per_lane"] = double(arena.capacity()) / lanes / 1e3;
}

template <int L>
void batch(benchmark::State& state, What what) {
  constexpr std::size_t rows = 2 * L * L;
  const std::size_t lanes = static_cast<std::size_t>(state.range(0));
  Cpu backend(static_cast<int>(state.range(1)));
  std::vector<double> links(lanes * rows), out(lanes * rows);
  draw_links(links.data(), links.size());
  const Schwinger<Lattice<L, L>> theory(beta, kappa);
  measure_threads(state, double(lanes), "lanes", [&] {
    backend.for_lanes<Double>(0, lanes, [&](auto& context, std::size_t at, int n) {
      const auto x = context.template rows<double>(rows);
      context.load_lanes(links.data() + at * rows, rows, n, x);
      if (what == What::force) {
        const auto dx = context.template rows<double>(rows);
        lanes::set_force(context, theory, x, dx);
        context.store_lanes(dx, rows, n, out.data() + at * rows);
      } else {
        const auto s = context.template rows<double>(1);
        fill(context, s, 1);
        theory.action(context, x, s);
        context.store_lanes(s, 1, n, out.data() + at);
      }
    });
  });
}

/// The published way: D as a dense matrix.
template <int L>
void dense(benchmark::State& state, What what) {
  using G = Lattice<L, L>;
  using Complex = std::complex<double>;
  constexpr int V = L * L;
  std::vector<double> theta(2 * V);
  draw_links(theta.data(), theta.size());
  Eigen::Matrix2cd sigma[2];
  sigma[0] << 0, 1, 1, 0;
  sigma[1] << 0, Complex(0, -1), Complex(0, 1), 0;
  Eigen::MatrixXcd d = Eigen::MatrixXcd::Identity(2 * V, 2 * V);
  for (int mu = 0; mu < 2; ++mu)
    for (int x = 0; x < V; ++x) {
      const int y = G::forward(x, mu);
      const double sign = mu == 0 && x / L == L - 1 ? -1 : 1;
      const Complex u = -kappa * sign * std::polar(1.0, theta[std::size_t(mu * V + x)]);
      d.block<2, 2>(2 * y, 2 * x) += std::conj(u) * (Eigen::Matrix2cd::Identity() + sigma[mu]);
      d.block<2, 2>(2 * x, 2 * y) += u * (Eigen::Matrix2cd::Identity() - sigma[mu]);
    }
  Eigen::setNbThreads(1);
  const double work = (what == What::force ? 8.0 : 8.0 / 3) * std::pow(2.0 * V, 3);
  const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  measure<double>(state, {.flops = work, .items = 1}, [&] {
    const Eigen::PartialPivLU<Eigen::MatrixXcd> lu(d);
    benchmark::DoNotOptimize(lu.matrixLU().diagonal().array().log().sum());
    if (what == What::force) {
      const Eigen::MatrixXcd inverse = lu.inverse();  // its link-neighbour entries are the force
      benchmark::DoNotOptimize(inverse.data());
    }
  });
  const double seconds =
      (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / double(state.iterations() + 1);
  note(std::string("dense_") + name_of(what), L, seconds);
  state.counters["us_per_lane"] = 1e6 * seconds;
}

void exponents(benchmark::State& state) {
  for (auto _ : state) {
  }
  for (const auto& [name, points] : times) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const auto& [extent, seconds] : points) {
      const double a = std::log(extent), b = std::log(seconds);
      n += 1, x += a, y += b, xx += a * a, xy += a * b;
    }
    if (n * xx > x * x) state.counters[name] = (n * xy - x * y) / (n * xx - x * x);
  }
}

template <int L>
struct Reference {
  using Geometry = Lattice<L, L>;
  using Network = ConvNet<Channels<64, 64>, Kernel<3>, LeakyRelu, Dilation<1, 2, 3>>;
  using Layer = GaugeCoupling<SchwingerMasks, PlaquettesAndRectangles, CircularSpline<9>, Network>;
  using Sampler = lanes::Sampler<U1, Geometry, Repeat<48, Layer>>;
  using Theory = Schwinger<Geometry>;
  static Theory theory() { return Theory(beta, kappa); }
};

template <int L>
void add_determinants() {
  const std::string lattice = "/L=" + std::to_string(L);
  for (const What what : {What::log_det, What::force}) {
    const std::string start = std::string("schwinger/") + name_of(what) + lattice + "/";
    add(start + "Double", [what](benchmark::State& state) { tile<Double, L>(state, what); });
    add(start + "Single", [what](benchmark::State& state) { tile<Single, L>(state, what); });
    if constexpr (L <= 24) {
      add(std::string("schwinger/dense/") + name_of(what) + lattice,
          [what](benchmark::State& state) { dense<L>(state, what); });
      if constexpr (L == 8 || L == 24)
        add(std::string("schwinger/batch/") + name_of(what) + lattice,
            [what](benchmark::State& state) { batch<L>(state, what); })
            ->ArgNames({"lanes", "threads"})
            ->ArgsProduct({{32}, {1, 2}})
            ->UseRealTime();
    }
  }
}
template <class Estimator, int L>
void add_step(const char* name) {
  add("schwinger/step/" + std::string(name) + "/L=" + std::to_string(L) + "/Single",
      training_step<Estimator, Reference<L>>)
      ->ArgNames({"batch", "threads"})
      ->ArgsProduct({{32}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}
template <int L>
void add_lattice() {
  add_step<Reinforce, L>("RE");
  add_step<Reparameterization, L>("RT");
  add_step<PathGradient, L>("PG");
}

const bool added = [] {
  add_determinants<8>();
#ifndef LANES_BRIEF
  add_determinants<12>();
  add_determinants<16>();
  add_determinants<20>();
  add_determinants<24>();
  add_determinants<32>();
  add_determinants<48>();
  add_determinants<64>();
#endif
  add("schwinger/exponents", exponents)->Iterations(1);
  add_lattice<8>();
#ifndef LANES_BRIEF
  add_lattice<12>();
  add_lattice<16>();
  add_lattice<24>();
#endif
  return true;
}();

}  // namespace
