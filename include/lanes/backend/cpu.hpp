// SPDX-License-Identifier: BSD-3-Clause
//
// Cpu: the backend that runs lanes in tiles of one SIMD register, one tile on one thread at a time.
// Layers see a CpuContext of it (cpu/context.hpp). Threads share nothing but what is const; results
// do not depend on their number.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include <lanes/backend/backend.hpp>
#include <lanes/backend/cpu/context.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/host_vector.hpp>
#include <lanes/core/parallel.hpp>
#include <lanes/core/slow_build.hpp>
#include <lanes/core/work_key.hpp>

namespace lanes {

/// Backend policy: tiles on the threads of this machine (OpenMP where the compiler has it).
class Cpu {
 public:
  template <class Precision>
  using Context = CpuContext<Precision>;
  /// Numbers that contexts work on.
  template <class T>
  using Vector = HostVector<T>;
  struct Recording {
    std::size_t size() const { return 0; }
  };

  /// threads = 0: as many as OpenMP offers; negative: std::invalid_argument.
  explicit Cpu(int threads = 0) : arenas_(static_cast<std::size_t>(Threads{threads}.threads())) {}

  /// A copy has as many threads, and scratch memory of its own.
  Cpu(const Cpu& other) : Cpu(other.threads()) {}
  Cpu(Cpu&&) = default;
  Cpu& operator=(const Cpu& other) { return *this = Cpu(other); }
  Cpu& operator=(Cpu&&) = default;

  int threads() const { return static_cast<int>(arenas_.size()); }
  std::string name() const { return "Cpu, threads: " + std::to_string(threads()); }

  /// Scratch memory held, in bytes.
  std::size_t capacity() const {
    std::size_t sum = 0;
    for (const auto& arena : arenas_) sum += arena.capacity();
    return sum;
  }

  /// task(i, context) for i in [0, tasks), in any order on any thread. An exception of a task is
  /// thrown again here when all have ended (the one of the lowest i).
  template <class Precision, class Task>
  void run(int tasks, Task&& task) {
    detail::warn_of_slow_build();
    FirstError error;
#if defined(_OPENMP)
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads())
#endif
    for (int i = 0; i < tasks; ++i) {
      try {
        CpuContext<Precision> context(arenas_[static_cast<std::size_t>(thread())]);
        typename CpuContext<Precision>::Scope scope(context);
        task(i, context);
      } catch (...) {
        error.keep(static_cast<std::size_t>(i));
      }
    }
    error.rethrow();
  }

  /// f(context, first, n): lanes [first, first + n) of `count`, tile by tile, in any order; the
  /// context's lanes are numbered from `offset` + first.
  template <class Precision, class F>
  void for_lanes(std::uint64_t offset, std::size_t count, F&& f) {
    constexpr std::size_t width = CpuContext<Precision>::width;
    run<Precision>(static_cast<int>((count + width - 1) / width), [&](int tile, auto& context) {
      const std::size_t first = std::size_t(tile) * width;
      context.set_first_lane(offset + first);
      f(context, first, static_cast<int>(count - first < width ? count - first : width));
    });
  }

  /// total [size] = the sum of what visit(context, first, lanes, gradient) adds to its gradient
  /// [size], over visits that cover lanes [0, count) in whole groups. Groups are dealt to a number
  /// of parts that does not depend on the threads, and parts are summed in order: the same bits for
  /// any number of threads. gradients [threads][size]: a thread's part, zero between the parts.
  /// Exceptions as in run: that of the lowest lanes.
  template <class Precision, class Real, class Visit>
  void accumulate(int count, int group, std::size_t size, Vector<Real>& gradients,
                  Vector<Real>& total, Visit&& visit) {
    const int groups = count / group;
    const int most =
        std::clamp(static_cast<int>((std::size_t(64) << 20) / (size * sizeof(Real))), 4, 32);
    const int parts = std::min(groups, most);
    if (gradients.size() != arenas_.size() * size) gradients.reset(arenas_.size() * size);
    if (total.size() != size) total.reset(size);
    std::atomic<int> next = 0;  // parts begin in order, whatever the order of tasks
    Turns turns(arenas_.size());
    FirstError error;
    run<Precision>(parts, [&](int, CpuContext<Precision>& context) {
      const int part = next++;
      Real* gradient = gradients.data() + std::size_t(thread()) * size;
      const auto add = [&] {
        turns.take(part, [&](std::size_t slice) {
          const std::size_t begin = size * slice / turns.count();
          const std::size_t end = size * (slice + 1) / turns.count();
          move_sum(gradient + begin, end - begin, total.data() + begin, part == 0);
        });
      };
      try {
        for (int g = part * groups / parts; g < (part + 1) * groups / parts; ++g)
          visit(context, std::size_t(g) * std::size_t(group), group, gradient);
      } catch (...) {
        error.keep(static_cast<std::size_t>(part));
      }
      add();  // after an exception too: others wait for it
    });
    error.rethrow();
  }

  /// work(); a backend that launches kernels may note them and repeat those (core/work_key.hpp).
  template <class Work>
  void repeat(Recording&, const WorkKey&, const Work& work) {
    work();
  }

  /// kernel(i) for i in [0, n), in any order.
  template <class Kernel>
  void for_each(std::size_t n, const Kernel& kernel) {
    for (std::size_t i = 0; i < n; ++i) kernel(i);
  }
  /// *into = sum of kernel(i) for i in [0, n), in double and always in the same order.
  template <class Kernel>
  void sum(std::size_t n, const Kernel& kernel, double* into) {
    constexpr std::size_t chains = 8;  // an addition does not wait for the one before
    double sums[chains] = {};
    for (std::size_t i = 0; i < n; i += chains)
      for (std::size_t c = 0; c < chains && i + c < n; ++c) sums[c] += kernel(i + c);
    *into = 0;
    for (double s : sums) *into += s;
  }

 private:
  static int thread() {
#if defined(_OPENMP)
    return omp_get_thread_num();
#else
    return 0;
#endif
  }

  // Slices of a sum that parts 0, 1, .. add to, each slice in this order: a part follows the one
  // before it slice by slice.
  class Turns {
   public:
    explicit Turns(std::size_t slices) : next_(slices) {}
    std::size_t count() const { return next_.size(); }
    template <class F>
    void take(int part, const F& f) {
      for (std::size_t slice = 0; slice < next_.size(); ++slice) {
        std::atomic<int>& next = next_[slice];
        for (int now = next.load(); now != part; now = next.load()) next.wait(now);
        f(slice);
        next.store(part + 1);
        next.notify_all();
      }
    }

   private:
    std::vector<std::atomic<int>> next_;  // the part whose turn it is
  };

  // to += from, or = from;  from = 0
  template <class T>
  static void move_sum(T* from, std::size_t n, T* to, bool first) {
    if (first)
      for (std::size_t i = 0; i < n; ++i) to[i] = from[i], from[i] = 0;
    else
      for (std::size_t i = 0; i < n; ++i) to[i] += from[i], from[i] = 0;
  }

  std::vector<Arena> arenas_;
};
static_assert(Backend<Cpu>);

}  // namespace lanes
