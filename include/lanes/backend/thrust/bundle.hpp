// SPDX-License-Identifier: BSD-3-Clause
//
// Bundle<Real, N>: N lanes that one thread works on, in registers. On a GPU they are step apart, so
// that neighbouring threads read neighbouring numbers; on a CPU they are next to each other (step
// 1), in one vector register.
#pragma once

#include <cstring>
#include <type_traits>

#include <lanes/core/bfloat16.hpp>
#include <lanes/core/macros.hpp>

namespace lanes::device {

#if defined(__CUDACC__)

template <class Real, int N>
struct Bundle {
  Real v[N];
  LANES_HD static Bundle filled(Real value) {
    Bundle b;
    for (int i = 0; i < N; ++i) b.v[i] = value;
    return b;
  }
  LANES_HD static Bundle load(const Real* from, long step) {
    Bundle b;
    for (int i = 0; i < N; ++i) b.v[i] = from[i * step];
    return b;
  }
  /// As an Operand holds them.
  template <class Operand>
  LANES_HD Bundle rounded_to() const {
    Bundle b;
    for (int i = 0; i < N; ++i) b.v[i] = rounded<Operand>(v[i]);
    return b;
  }
  LANES_HD void add_product(Real a, const Bundle& b) {
    for (int i = 0; i < N; ++i) v[i] += a * b.v[i];
  }
  LANES_HD void add_product(const Bundle& a, const Bundle& b) {
    for (int i = 0; i < N; ++i) v[i] += a.v[i] * b.v[i];
  }
};

#else

template <class Real, int N>
struct Bundle {
  typedef Real Vector __attribute__((vector_size(N * sizeof(Real))));
  Vector v;
  static Bundle filled(Real value) { return {Vector{} + value}; }
  static LANES_INLINE Bundle load(const Real* from, long) {
    Bundle b;
    std::memcpy(&b.v, from, sizeof b.v);
    return b;
  }
  template <class Operand>
  LANES_INLINE Bundle rounded_to() const {
    Bundle b = *this;
    if constexpr (!std::is_same_v<Operand, Real>)
      for (int i = 0; i < N; ++i) b.v[i] = rounded<Operand>(Real(v[i]));
    return b;
  }
  LANES_INLINE void add_product(Real a, const Bundle& b) { v += a * b.v; }
  LANES_INLINE void add_product(const Bundle& a, const Bundle& b) { v += a.v * b.v; }
};

#endif

}  // namespace lanes::device
