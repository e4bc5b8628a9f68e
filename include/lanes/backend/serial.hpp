// SPDX-License-Identifier: BSD-3-Clause
//
// Serial: what a backend does, in plain loops: one lane at a time on one thread, numbers in
// external order, nothing specialised. It is there to be read, to judge the other backends by
// (testing/backend_laws.hpp), and to lend its contractions to a new one. Work is done with Cpu or
// Thrust.
//
//   Sampler<Scalar, Lattice<4, 4>, Flow, Double, Serial> sampler{Seed{7}};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <lanes/backend/backend.hpp>
#include <lanes/backend/serial/context.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/host_vector.hpp>
#include <lanes/core/work_key.hpp>

namespace lanes {

class Serial {
 public:
  template <class Precision>
  using Context = SerialContext<Precision>;
  template <class T>
  using Vector = HostVector<T>;
  struct Recording {
    std::size_t size() const { return 0; }
  };

  Serial() = default;
  Serial(const Serial&) {}  // a copy has scratch memory of its own
  Serial(Serial&&) = default;
  Serial& operator=(const Serial&) { return *this; }
  Serial& operator=(Serial&&) = default;
  int threads() const { return 1; }
  std::string name() const { return "Serial"; }
  /// Bytes of scratch memory that are held.
  std::size_t capacity() const { return arena_.capacity(); }

  /// task(i, context) for i in [0, tasks).
  template <class Precision, class Task>
  void run(int tasks, const Task& task) {
    for (int i = 0; i < tasks; ++i) {
      Context<Precision> context(arena_);
      typename Context<Precision>::Scope scope(context);
      task(i, context);
    }
  }
  /// f(context, at, 1) for `count` lanes, the first numbered `first`.
  template <class Precision, class F>
  void for_lanes(std::uint64_t first, std::size_t count, const F& f) {
    run<Precision>(int(count), [&](int at, auto& context) {
      context.set_first_lane(first + std::uint64_t(at));
      f(context, std::size_t(at), 1);
    });
  }
  /// total [size] = what visit(context, first, lanes, gradient) adds, over all groups of lanes.
  template <class Precision, class Real, class Visit>
  void accumulate(int count, int group, std::size_t size, Vector<Real>&, Vector<Real>& total,
                  const Visit& visit) {
    total.reset(size);
    run<Precision>(count / group, [&](int g, auto& context) {
      visit(context, std::size_t(g) * std::size_t(group), group, total.data());
    });
  }
  template <class Work>
  void repeat(Recording&, const WorkKey&, const Work& work) {
    work();
  }
  template <class Kernel>
  void for_each(std::size_t n, const Kernel& kernel) {
    for (std::size_t i = 0; i < n; ++i) kernel(i);
  }
  template <class Kernel>
  void sum(std::size_t n, const Kernel& kernel, double* into) {
    *into = 0;
    for (std::size_t i = 0; i < n; ++i) *into += kernel(i);
  }

 private:
  Arena arena_;
};
static_assert(Backend<Serial>);

}  // namespace lanes
