// SPDX-License-Identifier: BSD-3-Clause
//
// measure: a benchmark loop that says what it did. The counters, of one core unless a benchmark
// says otherwise:
//
//   GFLOP/s  declared flops / time  %peak   share of the FMA rate that support/machine.hpp measures
//   GB/s     declared bytes / time  <what>/s   declared items / time: lanes, sites, numbers
//
// Time is that of this thread on a core, so that a neighbour that takes the core away does not
// count. Refuses to run with assertions on: such numbers are worth nothing.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include <support/machine.hpp>

namespace lanes::benchmarks {

#ifndef NDEBUG
inline const bool refused = [] {
  std::fputs(
      "lanes: this benchmark was built with assertions on; configure with "
      "-DCMAKE_BUILD_TYPE=Release.\n",
      stderr);
  std::exit(1);
  return true;
}();
#endif

/// What one iteration does.
struct Work {
  double flops = 0;
  double bytes = 0;
  double items = 0;
  const char* item = "lanes";
};

/// Counters of `iterations` iterations in `seconds`.
template <class Real>
void declare(benchmark::State& state, const Work& work, double seconds) {
  const double rate = static_cast<double>(state.iterations()) / seconds;
  if (work.flops > 0) {
    state.counters["GFLOP/s"] = 1e-9 * work.flops * rate;
    state.counters["%peak"] = 100 * work.flops * rate / fma_peak<Real>();
  }
  if (work.bytes > 0) state.counters["GB/s"] = 1e-9 * work.bytes * rate;
  if (work.items > 0) state.counters[work.item + std::string("/s")] = work.items * rate;
}

/// Times f() on this thread.
template <class Real, class F>
void measure(benchmark::State& state, const Work& work, F&& f) {
  f();
  const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  for (auto _ : state) {
    f();
    benchmark::ClobberMemory();
  }
  declare<Real>(state, work, cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - start);
}

/// Wall-clock rate of something that runs on several threads.
template <class F>
void measure_threads(benchmark::State& state, double items, const char* item, F&& f) {
  f();
  for (auto _ : state) f();
  state.counters[item + std::string("/s")] =
      benchmark::Counter(items, benchmark::Counter::kIsIterationInvariantRate);
}

/// Registers f(state) as `name`.
template <class F>
benchmark::internal::Benchmark* add(const std::string& name, F f) {
  return benchmark::RegisterBenchmark(name.c_str(), std::move(f))->Unit(benchmark::kMicrosecond);
}

}  // namespace lanes::benchmarks
