// SPDX-License-Identifier: BSD-3-Clause
//
// The reference model (support/reference_model.hpp) on the Thrust backend: what thrust.cpp (threads
// of this machine) and thrust.cu (a GPU) run.
//
//   training/<RE|RT|PG>/L=<L>/<precision>/batch:<lanes>  a step: draw, action, gradient, Adam, ln q
//                                                        and S on the host
//   unrecorded/RE/L=8/Single/batch:<lanes>               the same, each kernel launched anew
//   sampling/propose/L=<L>/<precision>/count:<n>         x, ln q, S, copied to the host
//   u1/step/RE/L=<L>/Single/batch:<lanes>                a step of a gauge hierarchy
//                                                        (support/gauge_model.hpp)
//   u1/heat_bath/L=<L>/Single/chains:<n>                 a sweep with one overrelaxation: links/s
//   ising/heat_bath/L=<L>/Single/chains:<n>              a sweep: spins/s
//   schwinger/force/L=<L>/Double/lanes:<n>               force of the Schwinger model, GFLOP/s as
//                                                        80 L^4 flops a lane
//   device/fma/<precision>                               FMAs that never leave the registers: flops
//                                                        a second
//   device/triad/<precision>                             a[i] = b[i] + s c[i]: bytes a second
//
// Counters: lanes/s; median_ms and min_ms; GFLOP/s of the convolutions, counted as direct
// convolutions, a step as often as a network is run: forward, forward again for its activations,
// adjoint (twice a forward), and for PG once more an adjoint of the inputs alone and its
// activations; scratch_MiB, what the backend holds; launches of a step.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <lanes/backend/thrust.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/theory/schwinger.hpp>
#include <lanes/training/trainer.hpp>
#include <support/gauge_model.hpp>
#include <support/ising_model.hpp>
#include <support/reference_model.hpp>

namespace lanes::benchmarks {

#ifndef NDEBUG
#error \
    "lanes: benchmarks are built with -DCMAKE_BUILD_TYPE=Release: such numbers are worth nothing with assertions on"
#endif

/// Times f(), which waits for the device, and declares what it does.
template <class F>
void time_each(benchmark::State& state, double lanes, double flops, const F& f) {
  using Clock = std::chrono::steady_clock;
  f();  // allocates
  f();
  std::vector<double> seconds;
  double sum = 0;
  for (auto _ : state) {
    const auto start = Clock::now();
    f();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    sum += seconds.back();
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = 0.5 * (seconds[seconds.size() / 2] + seconds[(seconds.size() - 1) / 2]);
  const double mean = sum / double(seconds.size());
  state.counters["min_ms"] = 1e3 * seconds.front();
  state.counters["median_ms"] = 1e3 * median;
  if (lanes > 0) state.counters["lanes/s"] = lanes / mean;
  if (flops > 0) state.counters["GFLOP/s"] = 1e-9 * flops / mean;
}

template <class Estimator, class Reference>
void training_step(benchmark::State& state, double forwards, bool recordings = true) {
  const int batch = static_cast<int>(state.range(0));
  using Sampler = typename Reference::Sampler;
  Sampler sampler{Seed{7}, Thrust({.recordings = recordings})};
  Trainer<Estimator, Sampler, typename Reference::Theory, Adam, ConstantRate> trainer(
      sampler, Reference::theory(),
      {.steps = 1'000'000'000, .batch = batch, .optimizer = {.learning_rate = 1e-4}});
  time_each(state, batch, forwards * batch * Reference::forward_flops(),
            [&] { benchmark::DoNotOptimize(trainer.step().loss); });
  state.counters["scratch_MiB"] = double(sampler.backend().capacity()) / double(1 << 20);
  if (recordings) state.counters["launches"] = double(trainer.repeated_launches());
}

template <class Reference>
void propose(benchmark::State& state) {
  const std::size_t count = static_cast<std::size_t>(state.range(0));
  using Sampler = typename Reference::Sampler;
  Sampler sampler{Seed{7}};
  std::vector<typename Sampler::Real> fields(count * Sampler::rows);
  std::vector<double> log_q(count), action(count);
  std::uint64_t first = 0;
  time_each(state, double(count), double(count) * Reference::forward_flops(), [&] {
    sampler.propose(Reference::theory(), first, count, fields.data(), log_q.data(), action.data());
    first += count;
  });
}

template <class Estimator, int L, class Precision>
void add_step(const char* name, double forwards, const std::vector<std::int64_t>& batches) {
  using Reference = ReferenceModel<L, Precision, Thrust>;
  benchmark::RegisterBenchmark(
      ("training/" + std::string(name) + "/" + Reference::name()).c_str(),
      [=](benchmark::State& state) { training_step<Estimator, Reference>(state, forwards); })
      ->ArgName("batch")
      ->ArgsProduct({batches})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

template <int L, class Precision>
void add_lattice(const std::vector<std::int64_t>& batches) {
  using Reference = ReferenceModel<L, Precision, Thrust>;
  add_step<Reinforce, L, Precision>("RE", 4, batches);
  add_step<Reparameterization, L, Precision>("RT", 4, batches);
  add_step<PathGradient, L, Precision>("PG", 6, batches);
  benchmark::RegisterBenchmark(("sampling/propose/" + Reference::name()).c_str(),
                               propose<Reference>)
      ->ArgName("count")
      ->Arg(batches.back())
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

/// What recordings save.
inline void add_unrecorded(const std::vector<std::int64_t>& batches) {
  using Reference = ReferenceModel<8, Single, Thrust>;
  benchmark::RegisterBenchmark(
      ("unrecorded/RE/" + Reference::name()).c_str(),
      [](benchmark::State& state) { training_step<Reinforce, Reference>(state, 4, false); })
      ->ArgName("batch")
      ->ArgsProduct({batches})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

template <int L>
void schwinger_force(benchmark::State& state) {
  using Geometry = Lattice<L, L>;
  const std::size_t lanes = static_cast<std::size_t>(state.range(0));
  const Schwinger<Geometry> theory(2.0, 0.276);
  Thrust backend;
  time_each(state, double(lanes), 80.0 * L * L * L * L * double(lanes), [&] {
    backend.for_lanes<Double>(0, lanes, [&](auto& context, std::size_t, int) {
      const auto x = context.template rows<double>(U1::rows<Geometry>);
      const auto dx = context.template rows<double>(U1::rows<Geometry>);
      const auto r = context.template rows<double>(1);
      U1::draw_base<Geometry>(context, RandomStream(Seed{3}, Purpose::base), x, r);
      lanes::set_force(context, theory, x, dx);
      device::synchronize();
    });
  });
  state.counters["scratch_MiB"] = double(backend.capacity()) / double(1 << 20);
}

template <int L>
void add_schwinger(const std::vector<std::int64_t>& lanes) {
  benchmark::RegisterBenchmark(("schwinger/force/L=" + std::to_string(L) + "/Double").c_str(),
                               schwinger_force<L>)
      ->ArgName("lanes")
      ->ArgsProduct({lanes})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

/// Sweeps of the heat bath; `what` counts degrees of freedom.
template <class Theory>
void heat_bath(benchmark::State& state, const Theory& theory, const HeatBathOptions& options,
               const char* what) {
  constexpr int sweeps = 16;
  HeatBath<Theory, Single, Thrust> chains(theory, options);
  time_each(state, 0, 0, [&] {
    chains.thermalise(sweeps);
    device::synchronize();
  });
  state.counters[what] = 1e3 * Theory::Field::template rows<typename Theory::Geometry> * sweeps *
                         options.chains / state.counters["median_ms"];
}

template <int L>
void add_gauge(const std::vector<std::int64_t>& batches) {
  const std::string lattice = "L=" + std::to_string(L) + "/Single";
  using Reference = GaugeModel<L, Thrust>;
  benchmark::RegisterBenchmark(
      ("u1/step/RE/" + lattice).c_str(),
      [](benchmark::State& state) { training_step<Reinforce, Reference>(state, 4); })
      ->ArgName("batch")
      ->ArgsProduct({batches})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RegisterBenchmark(("u1/heat_bath/" + lattice).c_str(),
                               [](benchmark::State& state) {
                                 heat_bath(state, U1Gauge<Lattice<L, L>>(2.0),
                                           {.chains = static_cast<int>(state.range(0))}, "links/s");
                               })
      ->ArgName("chains")
      ->Arg(batches.back())
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

/// HAN (support/ising_model.hpp): a training step and draws; the heat bath of spins.
template <int L>
void add_spins(const std::vector<std::int64_t>& batches) {
  using Reference = SpinModel<Han, L, Single, Thrust>;
  benchmark::RegisterBenchmark(
      ("training/RE/" + Reference::name()).c_str(),
      [](benchmark::State& state) { training_step<Reinforce, Reference>(state, 2.5); })
      ->ArgName("batch")
      ->ArgsProduct({batches})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RegisterBenchmark(("sampling/propose/" + Reference::name()).c_str(),
                               propose<Reference>)
      ->ArgName("count")
      ->Arg(batches.back())
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RegisterBenchmark(
      ("ising/heat_bath/L=" + std::to_string(L) + "/Single").c_str(),
      [](benchmark::State& state) {
        heat_bath(state, IsingModel<Lattice<L, L>>(0.44),
                  {.overrelaxation = 0, .chains = static_cast<int>(state.range(0))}, "spins/s");
      })
      ->ArgName("chains")
      ->Arg(batches.back())
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

/// 8 chains of FMAs a thread.
template <class Real>
struct MultiplyAdd {
  Real* out;
  int rounds;
  static constexpr int chains = 8;
  LANES_HD void operator()(std::size_t i) const {
    Real s[chains];
    for (int c = 0; c < chains; ++c) s[c] = Real(c);
    const Real a = Real(0.5), b = Real(i % 7);
    for (int r = 0; r < rounds; ++r)
      for (int c = 0; c < chains; ++c) s[c] = std::fma(s[c], a, b);
    Real sum = 0;
    for (int c = 0; c < chains; ++c) sum += s[c];
    out[i] = sum;
  }
};
template <class Real>
struct Triad {
  Real *a, *b, *c;
  LANES_HD void operator()(std::size_t i) const { a[i] = b[i] + Real(0.5) * c[i]; }
};

template <class Precision>
void add_ceilings(std::size_t threads, std::size_t numbers) {
  using Real = typename Precision::Real;
  const auto add = [](const std::string& name, auto f) {
    benchmark::RegisterBenchmark((name + "/" + Precision::name).c_str(), f)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  };
  add("device/fma", [=](benchmark::State& state) {
    Thrust backend;
    device::Vector<Real> out(threads);
    constexpr int rounds = 4096;
    time_each(state, 0, 2.0 * MultiplyAdd<Real>::chains * rounds * double(threads), [&] {
      backend.for_each(threads, MultiplyAdd<Real>{out.data(), rounds});
      device::synchronize();
    });
  });
  add("device/triad", [=](benchmark::State& state) {
    Thrust backend;
    device::Vector<Real> a(numbers), b(numbers), c(numbers);
    time_each(state, 0, 0, [&] {
      backend.for_each(numbers, Triad<Real>{a.data(), b.data(), c.data()});
      device::synchronize();
    });
    state.counters["GB/s"] = 3e-6 * double(numbers) * sizeof(Real) / state.counters["median_ms"];
  });
}

}  // namespace lanes::benchmarks
