// SPDX-License-Identifier: BSD-3-Clause
//
// Threads{n}: n threads of this machine; 0: as many as OpenMP offers, one without it.
// parallel_for(where, n, f): f(i) for i in [0, n), in any order, on the threads of a backend or on
// Threads{n}; within another parallel region on the thread that calls it.
// FirstError: carries exceptions out of a parallel region, which they must not leave by themselves.
//
// Errors: std::invalid_argument for a negative number of threads. What f throws is thrown again on
// the calling thread when all i have ended: the exception of the lowest i, whatever the number of
// threads.
#pragma once

#include <cstddef>
#include <exception>
#include <mutex>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include <lanes/core/error.hpp>
#include <lanes/core/finite_math.hpp>

namespace lanes {

struct Threads {
  int count = 0;  // 0: as many as OpenMP offers

  /// How many they are, 1 or more.
  int threads() const {
    require(count >= 0, "Threads: their number", count, ">= 1, or 0 for as many as OpenMP offers");
#if defined(_OPENMP)
    return count > 0 ? count : omp_get_max_threads();
#else
    return count > 0 ? count : 1;
#endif
  }
};

/// What says how many threads of this machine it takes: a Backend, Threads.
template <class W>
concept HasThreads = requires(const W& where) {
  int{where.threads()};
};

class FirstError {
 public:
  /// In a catch block of work number i: the exception is kept if no lower number has one.
  void keep(std::size_t i) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (error_ && number_ <= i) return;
    number_ = i;
    error_ = std::current_exception();
  }
  /// When all threads are done.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::size_t number_ = 0;
  std::exception_ptr error_;
};

template <class Where, class F>
void parallel_for(const Where& where, std::size_t n, const F& f) {
  FirstError error;
  [[maybe_unused]] const int threads = where.threads();
  const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(n);
#if defined(_OPENMP)
#pragma omp parallel for schedule(static) num_threads(threads)
#endif
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    try {
      f(static_cast<std::size_t>(i));
    } catch (...) {
      error.keep(static_cast<std::size_t>(i));
    }
  }
  error.rethrow();
}

}  // namespace lanes
