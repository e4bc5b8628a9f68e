// SPDX-License-Identifier: BSD-3-Clause
//
// training_step<Estimator, Reference>: the benchmark of a training step, draw, action, gradient and
// Adam, of a Reference with Sampler, Theory and theory(); arguments batch and threads. Counters:
// lanes/s; median_ms and min_ms of a step, cpu_min_ms, the least processor time of one, all threads
// together; heap_MiB, most memory allocated at a time, rss_MiB, growth of the resident set
// (support/memory.hpp), and arena_MiB, the scratch that the backend holds.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <lanes/training/trainer.hpp>
#include <support/measure.hpp>
#include <support/memory.hpp>

namespace lanes::benchmarks {

template <class Estimator, class Reference>
void training_step(benchmark::State& state) {
  const int batch = static_cast<int>(state.range(0)), threads = static_cast<int>(state.range(1));
  const MemoryMeter memory;
  typename Reference::Sampler sampler{Seed{7}, Cpu(threads)};
  using Sampler = typename Reference::Sampler;
  Trainer<Estimator, Sampler, typename Reference::Theory, Adam, ConstantRate> trainer(
      sampler, Reference::theory(),
      {.steps = 1'000'000'000, .batch = batch, .optimizer = {.learning_rate = 1e-4}});
  trainer.step();  // allocates

  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  double sum = 0, least_cpu = 1e300;
  for (auto _ : state) {
    const auto start = Clock::now();
    const double cpu_start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    benchmark::DoNotOptimize(trainer.step().loss);
    least_cpu = std::min(least_cpu, cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    sum += seconds.back();
  }
  declare<typename Sampler::Real>(state, {.items = double(batch)}, sum);
  std::sort(seconds.begin(), seconds.end());
  state.counters["min_ms"] = 1e3 * seconds.front();
  state.counters["median_ms"] =
      500 * (seconds[seconds.size() / 2] + seconds[(seconds.size() - 1) / 2]);
  state.counters["cpu_min_ms"] = 1e3 * least_cpu;
  state.counters["arena_MiB"] = double(sampler.backend().capacity()) / double(1 << 20);
  state.counters["heap_MiB"] = memory.heap_peak();
  state.counters["rss_MiB"] = memory.resident_growth();
}

}  // namespace lanes::benchmarks
