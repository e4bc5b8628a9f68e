// SPDX-License-Identifier: BSD-3-Clause
//
// LANES_HD marks leaf code (site mathematics, packs, kernels) that runs on the host and on a
// device. It is the only macro that a user of the library ever writes. LANES_INLINE is for the
// library's own register-level code, which must disappear into its caller even where the
// optimiser's budget is spent; LANES_INLINE_LAMBDA is the same behind the parameters of a lambda.
// LANES_UNROLL stands before a short loop with constant bounds, whose arrays are registers,
// LANES_INDEPENDENT before a loop whose rounds do not read what others write. With LANES_NO_INLINE
// defined, LANES_INLINE leaves it to the compiler: a program to look for faults in (sanitizers,
// coverage, debugger) compiles sooner, with AddressSanitizer in half the time.
#pragma once

#include <lanes/core/finite_math.hpp>

// GCC 12's AVX-512 intrinsics start from values that are undefined on purpose, and warn wherever
// they are inlined (GCC bug 105593). Being read first here, before any other header can, they do
// not.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13 && defined(__x86_64__) && \
    !defined(__CUDACC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

#if defined(__CUDACC__)
#define LANES_HD __host__ __device__
#else
#define LANES_HD
#endif

#if defined(__GNUC__) && !defined(__CUDACC__) && !defined(LANES_NO_INLINE)
#define LANES_INLINE inline __attribute__((always_inline))
#define LANES_INLINE_LAMBDA __attribute__((always_inline))
#else
#define LANES_INLINE inline
#define LANES_INLINE_LAMBDA
#endif

#if defined(__CUDACC__)
#define LANES_UNROLL _Pragma("unroll")
#elif defined(__GNUC__) && !defined(__clang__)
#define LANES_UNROLL _Pragma("GCC unroll 32")
#else
#define LANES_UNROLL
#endif

#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#define LANES_INDEPENDENT _Pragma("GCC ivdep")
#else
#define LANES_INDEPENDENT
#endif
