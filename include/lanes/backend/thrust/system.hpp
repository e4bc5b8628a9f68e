// SPDX-License-Identifier: BSD-3-Clause
//
// The system that THRUST_DEVICE_SYSTEM names: a GPU (CUDA, compiled by nvcc), or the threads of
// this machine (OMP, TBB) or one of them (CPP), compiled by any C++ compiler. Its memory, copies
// and name; launch.hpp has the launches, device.hpp all of it.
//
//   to_device, to_host     in the order of the launches; to_host waits
//
// Work of one host thread is in order (on CUDA: its own stream). Errors: std::runtime_error where
// there is no device or it fails; NotRepeatable for a copy while launches are noted.
#pragma once

#if !defined(__CUDACC__) && !defined(THRUST_DEVICE_SYSTEM)
#error \
    "lanes: compile lanes/backend/thrust.hpp with nvcc, or define THRUST_DEVICE_SYSTEM as \
THRUST_DEVICE_SYSTEM_CPP, _OMP or _TBB; the CMake targets lanes::cuda and lanes::thrust do it."
#endif

#include <cstddef>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include <lanes/core/finite_math.hpp>

#include <thrust/execution_policy.h>
#include <thrust/version.h>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cuda_runtime_api.h>
// A host function called by a kernel is a warning of nvcc's and a wrong result; here it is an
// error.
#pragma nv_diag_error 20011, 20014
#endif

namespace lanes::device {

class Launches;
/// Where launches of this host thread are noted instead of being run (launch.hpp), or null.
inline thread_local Launches* noted = nullptr;

/// Thrown by what would wait for the host where launches are noted.
struct NotRepeatable {};
inline void require_no_noting() {
  if (noted) throw NotRepeatable{};
}

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
  require_no_noting();
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream()), "copy to the device");
  check(cudaStreamSynchronize(stream()), "copy to the device");
}
inline void to_host(void* to, const void* from, std::size_t bytes) {
  require_no_noting();
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()), "copy to the host");
  check(cudaStreamSynchronize(stream()), "kernels before a copy to the host");
}
/// Returns when all launches are done.
inline void synchronize() { check(cudaStreamSynchronize(stream()), "kernels"); }

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
  require_no_noting();
  std::memcpy(to, from, bytes);
}
inline void to_host(void* to, const void* from, std::size_t bytes) {
  require_no_noting();
  std::memcpy(to, from, bytes);
}
inline void synchronize() {}

#endif

}  // namespace lanes::device
