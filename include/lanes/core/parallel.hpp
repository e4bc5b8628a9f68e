// SPDX-License-Identifier: BSD-3-Clause
//
// parallel_for(n, f): f(i) for i in [0, n), in any order, on OpenMP's threads.
// FirstError: carries exceptions out of a parallel region, which they must not leave by themselves.
//
// Errors: what f throws is thrown again on the calling thread when all i have ended: the exception
// of the lowest i, whatever the number of threads.
#pragma once

#include <cstddef>
#include <exception>
#include <mutex>

#include <lanes/core/finite_math.hpp>

namespace lanes {

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

template <class F>
void parallel_for(std::size_t n, const F& f) {
  FirstError error;
  const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(n);
#if defined(_OPENMP)
#pragma omp parallel for schedule(static)
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
