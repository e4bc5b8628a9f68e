// SPDX-License-Identifier: BSD-3-Clause
//
// The device of the Thrust backend, whichever system THRUST_DEVICE_SYSTEM names: a GPU (CUDA,
// compiled by nvcc), or the threads of this machine (OMP, TBB) or one of them (CPP), compiled by
// any C++ compiler. All that is used of Thrust is for_each_n over a counting iterator: with every
// sum written as chunks in a fixed order, the bits do not depend on the system's threads.
//
//   launch(n, kernel)                kernel(i) for i in [0, n), unsigned; returns before it is done on a GPU
//   to_device, to_host, set_zero     in the order of the launches; to_host waits
//   Vector<T>                        numbers on the device with a view on the host (core/host_vector.hpp)
//
// Work of one host thread is in order (on CUDA: its own stream). Errors: MemoryError with the bytes
// asked and what is free; std::runtime_error where there is no device or it fails.
#pragma once

#if !defined(__CUDACC__) && !defined(THRUST_DEVICE_SYSTEM)
#error \
    "lanes: compile lanes/backend/thrust.hpp with nvcc, or define THRUST_DEVICE_SYSTEM as \
THRUST_DEVICE_SYSTEM_CPP, _OMP or _TBB; the CMake targets lanes::cuda and lanes::thrust do it."
#endif

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/version.h>

#include <lanes/core/arena.hpp>
#include <lanes/core/macros.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cuda_runtime_api.h>
// A host function called by a kernel is a warning of nvcc's and a wrong result; here it is an
// error.
#pragma nv_diag_error 20011, 20014
#endif

namespace lanes::device {

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

inline constexpr const char* system = "CUDA";
inline constexpr bool on_gpu = true;
inline cudaStream_t stream() { return cudaStreamPerThread; }
inline auto policy() { return thrust::cuda::par_nosync.on(stream()); }

inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // so that the next call does not report it again
  throw std::runtime_error(std::string("lanes: Thrust: ") + what + ": " +
                           cudaGetErrorString(status));
}
/// Throws unless there is a device.
inline void require_device() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  check(status, "no CUDA device");
  if (count == 0) throw std::runtime_error("lanes: Thrust: no CUDA device");
}
/// The system and the device's name.
inline std::string description() {
  int device = 0;
  cudaDeviceProp properties;
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  return std::string("CUDA: ") + properties.name;
}
inline void* try_allocate(std::size_t bytes) {
  void* p = nullptr;
  const cudaError_t status = cudaMalloc(&p, bytes);
  if (status == cudaSuccess) return p;
  if (status != cudaErrorMemoryAllocation) check(status, "cudaMalloc");
  cudaGetLastError();
  return nullptr;
}
inline std::string free_memory() {
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  return std::to_string(free) + " of " + std::to_string(total) + " bytes are free";
}
inline void release(void* p) { cudaFree(p); }
inline void to_device(void* to, const void* from, std::size_t bytes) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream()), "copy to the device");
  check(cudaStreamSynchronize(stream()), "copy to the device");
}
inline void to_host(void* to, const void* from, std::size_t bytes) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()), "copy to the host");
  check(cudaStreamSynchronize(stream()), "kernels before a copy to the host");
}
/// Returns when all launches are done.
inline void synchronize() { check(cudaStreamSynchronize(stream()), "kernels"); }
inline void set_zero(void* p, std::size_t bytes) {
  check(cudaMemsetAsync(p, 0, bytes, stream()), "cudaMemsetAsync");
}

#else

inline constexpr bool on_gpu = false;
inline constexpr const char* system = THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP   ? "OMP"
                                      : THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_TBB ? "TBB"
                                                                                         : "CPP";
inline auto policy() { return thrust::device; }
inline void require_device() {}
inline std::string description() { return system; }
inline void* try_allocate(std::size_t bytes) {
  return ::operator new (bytes, std::align_val_t{64}, std::nothrow);
}
inline std::string free_memory() { return "the host has less"; }
inline void release(void* p) { ::operator delete (p, std::align_val_t{64}); }
inline void to_device(void* to, const void* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}
inline void to_host(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
inline void synchronize() {}
inline void set_zero(void* p, std::size_t bytes) { std::memset(p, 0, bytes); }

#endif

inline void* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* p = try_allocate(bytes);
  if (p == nullptr)
    throw MemoryError("lanes: Thrust: no " + std::to_string(bytes) + " bytes on the " + system +
                      " device (" + free_memory() + ")");
  return p;
}

/// The memory of an arena.
struct Memory {
  static constexpr std::size_t page = std::size_t(2) << 20;
  static void* allocate(std::size_t bytes) { return device::allocate(bytes); }
  static void release(void* p) { device::release(p); }
};

/// Most kernel calls of one launch.
inline constexpr long most_calls = 1L << 30;

// The optimiser of g++ 12 (-fipa-sra, from -O2 on) loses members of a kernel on their way into
// Thrust's loops where it rewrites the functions between; it may not look into this one call.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#define LANES_OPAQUE __attribute__((noipa))
#else
#define LANES_OPAQUE
#endif

/// kernel(i) for i in [0, n), n <= most_calls.
template <class Kernel>
LANES_OPAQUE void launch(long n, const Kernel& kernel) {
  static_assert(std::is_trivially_copyable_v<Kernel>,
                "lanes: a kernel goes to the device as bytes, so what it holds (a theory, say) is "
                "numbers and no std::vector, std::string or virtual function.");
  if (n <= 0) return;
  thrust::for_each_n(policy(), thrust::counting_iterator<unsigned>(0), static_cast<int>(n), kernel);
}

/// A number that all threads of a launch read and none writes.
template <class T>
LANES_HD LANES_INLINE T load(const T* p) {
#if defined(__CUDA_ARCH__)
  return __ldg(p);
#else
  return *p;
#endif
}

template <class T>
class Vector {
 public:
  explicit Vector(std::size_t n = 0) { reset(n); }
  Vector(Vector&& other) noexcept { swap(other); }
  Vector& operator=(Vector&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Vector() {
    if (data_) release(data_);
  }

  void reset(std::size_t n) {
    resize(n);
    if (n > 0) set_zero(data(), n * sizeof(T));
  }
  void assign(std::span<const T> values) {
    resize(values.size());
    if (!values.empty()) to_device(data(), values.data(), values.size_bytes());
  }
  std::size_t size() const { return size_; }
  T* data() {
    fresh_ = false;
    return data_;
  }
  const T* data() const { return data_; }

  /// The numbers as the last launch left them; valid until the vector changes.
  std::span<const T> host() const {
    if (!fresh_) {
      mirror_.resize(size_);
      if (size_ > 0) to_host(mirror_.data(), data_, size_ * sizeof(T));
      fresh_ = true;
    }
    return mirror_;
  }

 private:
  void resize(std::size_t n) {
    if (n == size_) return;
    T* p = static_cast<T*>(allocate(n * sizeof(T)));
    if (data_) release(data_);
    data_ = p;
    size_ = n;
    fresh_ = false;
  }
  void swap(Vector& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mirror_, other.mirror_);
    std::swap(fresh_, other.fresh_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  mutable std::vector<T> mirror_;
  mutable bool fresh_ = false;
};

}  // namespace lanes::device
