// SPDX-License-Identifier: BSD-3-Clause
//
// The multiscale flow of quality/scaling.cpp as the lattice grows: free-field base, six cubic
// couplings a level, log2(L) - 1 levels.
//
//   multiscale/draw/L=<L>   z -> x = f(z), ln q(x), a tile of lanes
//   multiscale/step/L=<L>   a training step (path gradient, Adam) of 32 lanes
//
// Counters: us_per_lane, the least processor time; arena_MiB, the scratch that the backend holds.
// At the end: exponents of that time against L, between neighbours and from 16 to 128.
//
// brief: L=(8|16)$
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

#include <lanes/estimator/path_gradient.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/training/trainer.hpp>
#include <lanes/transform/cubic.hpp>
#include <support/measure.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

constexpr int levels_of(int extent) { return extent == 4 ? 1 : 1 + levels_of(extent / 2); }

using Net = ConvNet<Channels<12>, Kernel<3>, LeakyRelu>;
using Level = Repeat<6, Coupling<Checkerboard, Cubic, Net>>;
template <int L>
using Flowing = Sampler<Scalar, Lattice<L, L>,
                      Chain<FreeFieldBase, Multiscale<levels_of(L), Level, Level, LongWaves>>>;

/// Least time of a lane against L; prints the exponents when the program ends.
struct Growth {
  const char* what;
  std::map<int, double> seconds;
  ~Growth() {
    for (auto a = seconds.begin(); a != seconds.end(); ++a)
      for (auto b = std::next(a); b != seconds.end(); ++b)
        if (b->first == 2 * a->first || (a->first == 16 && b->first == 128))
          std::printf("%s: exponent from L = %d to %d: %.2f\n", what, a->first, b->first,
                      std::log(b->second / a->second) / std::log(double(b->first) / a->first));
  }
  void note(benchmark::State& state, int extent, double per_lane) {
    double& least = seconds.try_emplace(extent, per_lane).first->second;
    least = std::min(least, per_lane);
    state.counters["us_per_lane"] = 1e6 * least;
  }
};
Growth draws{"draw", {}}, steps{"step", {}};

// Least processor time of f.
template <class F>
double least_time(benchmark::State& state, F&& f) {
  f();  // allocates
  double least = 1e300;
  for (auto _ : state) {
    const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    f();
    benchmark::ClobberMemory();
    least = std::min(least, cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - start);
  }
  return least;
}

template <int L>
void draw(benchmark::State& state) {
  Flowing<L> sampler{Seed{7}, Cpu(1)};
  constexpr int width = Flowing<L>::Context::width;
  const double seconds =
      least_time(state, [&] { benchmark::DoNotOptimize(sampler.draw(width).log_q[0]); });
  draws.note(state, L, seconds / width);
  state.counters["arena_MiB"] = double(sampler.backend().capacity()) / double(1 << 20);
}

template <int L>
void step(benchmark::State& state) {
  Flowing<L> sampler{Seed{7}, Cpu(1)};
  const auto theory = Phi4<Lattice<L, L>>::from_mass_coupling(-4, 4.5);
  Trainer<PathGradient, Flowing<L>, Phi4<Lattice<L, L>>, Adam, ConstantRate> trainer(
      sampler, theory, {.steps = 1'000'000'000, .batch = 32, .optimizer = {.learning_rate = 1e-5}});
  const double seconds = least_time(state, [&] { benchmark::DoNotOptimize(trainer.step().loss); });
  steps.note(state, L, seconds / 32);
  state.counters["arena_MiB"] = double(sampler.backend().capacity()) / double(1 << 20);
}

template <int... L>
void add_lattices() {
  (add("multiscale/draw/L=" + std::to_string(L), draw<L>), ...);
  (add("multiscale/step/L=" + std::to_string(L), step<L>), ...);
}

const bool added = [] {
  add_lattices<8, 16, 32, 64, 128>();
  return true;
}();

}  // namespace
