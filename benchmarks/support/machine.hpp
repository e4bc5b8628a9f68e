// SPDX-License-Identifier: BSD-3-Clause
//
// What one core of this machine can do, measured:
//
//   fma_peak<Real>()  flops a second of fused multiply-adds that never leave the registers [1/s]
//   triad(a, b, c)    a[i] = b[i] + s c[i]; 3 reals of traffic an element (a write-allocate is not
//                     counted)
//
// The peak is the best of many short tries, so that a busy neighbour lowers no denominator.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>

#include <benchmark/benchmark.h>

#include <lanes/core/simd.hpp>

namespace lanes::benchmarks {

/// Processor time of this thread or this process.
inline double cpu_seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// 2 * 12 * width * rounds flops in registers: 12 independent chains hide the latency of an FMA.
template <class Real>
inline void multiply_add_in_registers(long rounds) {
  using Register = xsimd::batch<Real>;
  Real factor = Real(0.5), term = Real(1);
  benchmark::DoNotOptimize(factor);
  benchmark::DoNotOptimize(term);
  const Register a(factor), b(term);
  Register s0(term), s1 = s0 + b, s2 = s1 + b, s3 = s2 + b, s4 = s3 + b, s5 = s4 + b;
  Register s6 = s5 + b, s7 = s6 + b, s8 = s7 + b, s9 = s8 + b, s10 = s9 + b, s11 = s10 + b;
  for (long i = 0; i < rounds; ++i) {
    s0 = xsimd::fma(s0, a, b), s1 = xsimd::fma(s1, a, b), s2 = xsimd::fma(s2, a, b);
    s3 = xsimd::fma(s3, a, b), s4 = xsimd::fma(s4, a, b), s5 = xsimd::fma(s5, a, b);
    s6 = xsimd::fma(s6, a, b), s7 = xsimd::fma(s7, a, b), s8 = xsimd::fma(s8, a, b);
    s9 = xsimd::fma(s9, a, b), s10 = xsimd::fma(s10, a, b), s11 = xsimd::fma(s11, a, b);
  }
  const Register sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
  alignas(64) Real out[Register::size];
  sum.store_aligned(out);
  benchmark::DoNotOptimize(out);
}

template <class Real>
constexpr double multiply_add_flops(long rounds) {
  return 24.0 * static_cast<double>(xsimd::batch<Real>::size) * static_cast<double>(rounds);
}

/// Flops a second.
template <class Real>
double fma_peak() {
  static const double peak = [] {
    constexpr long rounds = 200'000;
    double best = 0;
    for (int i = 0; i < 60; ++i) {
      const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
      multiply_add_in_registers<Real>(rounds);
      best = std::max(
          best, multiply_add_flops<Real>(rounds) / (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - start));
    }
    return best;
  }();
  return peak;
}

template <class Real>
inline void triad(Real* a, const Real* b, const Real* c, std::size_t n) {
  using Register = xsimd::batch<Real>;
  const Register s(Real(0.5));
  for (std::size_t i = 0; i < n; i += Register::size)
    xsimd::fma(s, Register::load_aligned(c + i), Register::load_aligned(b + i))
        .store_aligned(a + i);
}

}  // namespace lanes::benchmarks
