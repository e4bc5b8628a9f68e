// SPDX-License-Identifier: BSD-3-Clause
//
// The reference U(1) model: 16 gauge couplings with StripeMasks, networks 2 -> 32 -> 32 -> 25 (3x3, LeakyReLU),
// circular splines of 9 knots, beta = 2.
//
//   u1/step/<RE|RT|PG>/L=<L>/Single/batch:256/threads:<threads>/real_time   draw, action, gradient, Adam; median_ms
//   u1/spline/<forward|inverse|adjoint>/<precision>                         points/s of one thread
//
// brief: step/.*/L=8/.*threads:1|spline
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <lanes/core/random.hpp>
#include <lanes/core/simd.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/flow/chain.hpp>
#include <lanes/flow/circular_spline.hpp>
#include <lanes/flow/gauge_coupling.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/training/trainer.hpp>
#include <support/measure.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

using Spline = CircularSpline<9>;

template <class Estimator, int L>
void training_step(benchmark::State& state) {
  using Geometry = Lattice<L, L>;
  using Network = ConvNet<Channels<32, 32>, Kernel<3>, LeakyRelu>;
  using Flow = Repeat<16, GaugeCoupling<StripeMasks, Plaquettes, Spline, Network>>;
  using Sampler = lanes::Sampler<U1, Geometry, Flow>;
  const int batch = static_cast<int>(state.range(0)), threads = static_cast<int>(state.range(1));
  Sampler sampler{Seed{7}, Cpu(threads)};
  Trainer<Estimator, Sampler, U1Gauge<Geometry>, Adam, ConstantRate> trainer(
      sampler, U1Gauge<Geometry>(2.0),
      {.steps = 1'000'000'000, .batch = batch, .optimizer = {.learning_rate = 1e-4}});
  trainer.step();  // allocates

  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  double sum = 0;
  for (auto _ : state) {
    const auto start = Clock::now();
    benchmark::DoNotOptimize(trainer.step().loss);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    sum += seconds.back();
  }
  declare<float>(state, {.items = double(batch)}, sum);
  std::sort(seconds.begin(), seconds.end());
  state.counters["median_ms"] =
      500 * (seconds[seconds.size() / 2] + seconds[(seconds.size() - 1) / 2]);
}

enum class Pass { forward, inverse, adjoint };

/// Points of a register of lanes each, with parameters of their own, as a coupling has them.
template <class Precision>
void spline(benchmark::State& state, Pass pass) {
  using T = Pack<typename Precision::Real, simd_width<typename Precision::Real>>;
  constexpr int packs = 256;
  std::vector<T> x(packs), y(packs), p(packs * Spline::channels);
  const RandomStream stream(Seed{1}, Purpose::user);
  std::uint32_t block = 0;
  const auto draw = [&] {
    alignas(64) typename Precision::Real value[T::size];
    for (auto& v : value)
      v = uniform_pair<typename Precision::Real>(stream.words(0, block++)).first;
    return T::load(value);
  };
  for (T& at : x) at = draw() * T(two_pi);
  for (T& at : p) at = draw() * T(2) - T(1);
  measure<typename Precision::Real>(
      state, {.items = double(packs * T::size), .item = "points"}, [&] {
        for (int i = 0; i < packs; ++i) {
          T parameters[Spline::channels], gradient[Spline::channels];
          for (int c = 0; c < Spline::channels; ++c) {
            parameters[c] = p[std::size_t(i * Spline::channels + c)];
            gradient[c] = T(0);
          }
          const T at = x[std::size_t(i)];
          if (pass == Pass::forward) {
            const auto r = Spline::forward(at, parameters);
            y[std::size_t(i)] = r.value + r.log_derivative;
          } else if (pass == Pass::inverse) {
            const auto r = Spline::inverse(at, parameters);
            y[std::size_t(i)] = r.value + r.log_derivative;
          } else {
            T sum = Spline::forward_adjoint(at, parameters, T(1), T(1), gradient);
            for (const T& g : gradient) sum += g;
            y[std::size_t(i)] = sum;
          }
        }
        benchmark::DoNotOptimize(y.data());
      });
}

template <class Estimator, int L>
void add_step(const char* name) {
  add("u1/step/" + std::string(name) + "/L=" + std::to_string(L) + "/Single",
      training_step<Estimator, L>)
      ->ArgNames({"batch", "threads"})
      ->ArgsProduct({{256}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}
template <int L>
void add_lattice() {
  add_step<Reinforce, L>("RE");
  add_step<Reparameterization, L>("RT");
  add_step<PathGradient, L>("PG");
}
template <class Precision>
void add_spline() {
  for (const auto& [name, pass] : {std::pair{"forward", Pass::forward},
                                   {"inverse", Pass::inverse},
                                   {"adjoint", Pass::adjoint}})
    add("u1/spline/" + std::string(name) + "/" + Precision::name,
        [pass](benchmark::State& state) { spline<Precision>(state, pass); });
}

const bool added = [] {
  add_lattice<8>();
  add_lattice<16>();
  add_spline<Single>();
  add_spline<Double>();
  return true;
}();

}  // namespace
