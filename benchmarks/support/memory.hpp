// SPDX-License-Identifier: BSD-3-Clause
//
// MemoryMeter: memory in MiB.
//
//   heap_peak()        most that operator new has had out at a time since the meter was made:
//                      parameters, arenas, gradients, all
//   resident_growth()  growth of the process's largest resident set since it started (getrusage,
//                      ru_maxrss); it never falls, so it is a benchmark's own only where that is
//                      the one of its process
//
// Replaces operator new: include it in one file of a program.
#pragma once

#include <malloc.h>
#include <sys/resource.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace lanes::benchmarks {

class MemoryMeter {
 public:
  MemoryMeter() : live_(live) { peak = live.load(); }
  double heap_peak() const { return double(peak - live_) / double(1 << 20); }
  double resident_growth() const { return double(resident() - at_start) / double(1 << 10); }

  static void* counted(void* p) {
    if (p == nullptr) throw std::bad_alloc();
    const long now = live += static_cast<long>(malloc_usable_size(p));
    for (long most = peak; now > most && !peak.compare_exchange_weak(most, now);) {
    }
    return p;
  }
  static void release(void* p) {
    if (p != nullptr) live -= static_cast<long>(malloc_usable_size(p));
    std::free(p);
  }

 private:
  static long resident() {  // [KiB]
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  }

  static inline std::atomic<long> live{0}, peak{0};  // [bytes]
  static inline const long at_start = resident();
  long live_;
};

}  // namespace lanes::benchmarks

void* operator new(std::size_t n) {
  return lanes::benchmarks::MemoryMeter::counted(std::malloc(n));
}
void* operator new(std::size_t n, std::align_val_t alignment) {
  const auto a = static_cast<std::size_t>(alignment);
  return lanes::benchmarks::MemoryMeter::counted(std::aligned_alloc(a, (n + a - 1) / a * a));
}
void operator delete(void* p) noexcept { lanes::benchmarks::MemoryMeter::release(p); }
void operator delete(void* p, std::size_t) noexcept { lanes::benchmarks::MemoryMeter::release(p); }
void operator delete(void* p, std::align_val_t) noexcept {
  lanes::benchmarks::MemoryMeter::release(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  lanes::benchmarks::MemoryMeter::release(p);
}
