// SPDX-License-Identifier: BSD-3-Clause
//
// Launches of kernels. All that is used of Thrust is for_each_n over a counting iterator: with
// every sum written as chunks in a fixed order, the bits do not depend on the system's threads.
//
//   launch(n, kernel)   kernel(i) for i in [0, n), unsigned; returns before it is done on a GPU
//   set_zero(p, bytes)
//   Launches            launches noted while a Launches::Noting lives, to be run later, again and
//                       again (recording.hpp)
//
// Errors: std::runtime_error where the device fails.
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <vector>

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <lanes/backend/thrust/system.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/macros.hpp>

namespace lanes::device {

/// Most kernel calls of one launch.
inline constexpr long most_calls = 1L << 30;

// The optimiser of g++ 12 (-fipa-sra, from -O2 on) loses members of a kernel on their way into
// Thrust's loops where it rewrites the functions between; it may not look into this one call.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#define LANES_OPAQUE __attribute__((noipa))
#else
#define LANES_OPAQUE
#endif

template <class Kernel>
LANES_OPAQUE void run_kernel(long n, const Kernel& kernel) {
  thrust::for_each_n(policy(), thrust::counting_iterator<unsigned>(0), static_cast<int>(n), kernel);
}

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

/// Launches that can be run again at one call: a CUDA graph.
class Launches {
 public:
  Launches() = default;
  Launches(const Launches&) = delete;
  ~Launches() {
    if (executable_) cudaGraphExecDestroy(executable_);
    if (graph_) cudaGraphDestroy(graph_);
  }

  /// While it lives, launches of this host thread are noted and not run.
  class Noting {
   public:
    explicit Noting(Launches& to) : to_(to) {
      check(cudaStreamBeginCapture(stream(), cudaStreamCaptureModeRelaxed), "begin of a recording");
      noted = &to;
    }
    Noting(const Noting&) = delete;
    ~Noting() {
      noted = nullptr;
      if (cudaStreamEndCapture(stream(), &to_.graph_) != cudaSuccess) cudaGetLastError();
    }

   private:
    Launches& to_;
  };

  /// Whether what was noted can be run.
  bool close() {
    if (!graph_) return false;
    if (cudaGraphInstantiate(&executable_, graph_, 0) == cudaSuccess) return true;
    cudaGetLastError();
    return false;
  }
  void run() const { check(cudaGraphLaunch(executable_, stream()), "launch of a recording"); }
  /// Number of launches.
  std::size_t size() const {
    std::size_t n = 0;
    check(cudaGraphGetNodes(graph_, nullptr, &n), "cudaGraphGetNodes");
    return n;
  }

 private:
  cudaGraph_t graph_ = nullptr;
  cudaGraphExec_t executable_ = nullptr;
};

#else

/// Launches that can be run again at one call: a list of the kernels.
class Launches {
 public:
  class Noting {
   public:
    explicit Noting(Launches& to) { noted = &to; }
    Noting(const Noting&) = delete;
    ~Noting() { noted = nullptr; }
  };

  template <class Kernel>
  void add(long n, const Kernel& kernel) {
    static_assert(alignof(Kernel) <= 64);
    list_.push_back(
        {[](long calls, const void* k) { run_kernel(calls, *static_cast<const Kernel*>(k)); }, n,
         bytes_.size()});
    bytes_.resize(bytes_.size() + (sizeof(Kernel) + 63) / 64 * 64);
    std::memcpy(bytes_.data() + list_.back().at, &kernel, sizeof(Kernel));
  }
  bool close() { return true; }
  void run() const {
    for (const Entry& e : list_) e.run(e.n, bytes_.data() + e.at);
  }
  std::size_t size() const { return list_.size(); }

 private:
  struct Entry {
    void (*run)(long, const void*);
    long n;
    std::size_t at;  // of the kernel, in bytes_
  };
  std::vector<Entry> list_;
  AlignedVector<std::byte> bytes_;
};

#endif

/// kernel(i) for i in [0, n), n <= most_calls.
template <class Kernel>
void launch(long n, const Kernel& kernel) {
  static_assert(std::is_trivially_copyable_v<Kernel>,
                "lanes: a kernel goes to the device as bytes, so what it holds (a theory, say) is "
                "numbers and no std::vector, std::string or virtual function.");
  if (n <= 0) return;
#if THRUST_DEVICE_SYSTEM != THRUST_DEVICE_SYSTEM_CUDA
  if (noted) return noted->add(n, kernel);
#endif
  run_kernel(n, kernel);
}

/// Zeros, in the order of the launches.
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
inline void set_zero(void* p, std::size_t bytes) {
  check(cudaMemsetAsync(p, 0, bytes, stream()), "cudaMemsetAsync");
}
#else
struct Zero {
  void* p;
  std::size_t bytes;
  void operator()(unsigned) const { std::memset(p, 0, bytes); }
};
inline void set_zero(void* p, std::size_t bytes) { launch(1, Zero{p, bytes}); }
#endif

/// A number that all threads of a launch read and none writes.
template <class T>
LANES_HD LANES_INLINE T load(const T* p) {
#if defined(__CUDA_ARCH__)
  return __ldg(p);
#else
  return *p;
#endif
}

}  // namespace lanes::device
