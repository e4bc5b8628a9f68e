// SPDX-License-Identifier: BSD-3-Clause
//
// Pack<T, N> for N > 1: N lanes in N / (register width) SIMD registers of xsimd. Host only.
// simd_width<T> is the number of T in one register of the instruction set that the compiler was
// told of.
#pragma once

#include <xsimd/xsimd.hpp>

#include <lanes/core/pack.hpp>

namespace lanes {

template <class T>
inline constexpr int simd_width = static_cast<int>(xsimd::batch<T>::size);

/// Vector registers of the instruction set; sets the size of register blocks.
inline constexpr int simd_registers = simd_width<float> >= 16 ? 32 : 16;

namespace detail {

// a b + c with one rounding wherever the processor can: xsimd 8 has no fma for AVX-512 and writes a
// * b + c, which is one instruction only where the compiler contracts it (GCC from -O2).
template <class Register>
LANES_INLINE Register fused(const Register& a, const Register& b, const Register& c) {
  [[maybe_unused]] constexpr bool single = sizeof(typename Register::value_type) == 4;
#if defined(__AVX512F__)
  if constexpr (sizeof(Register) == 64) {
    if constexpr (single)
      return Register(_mm512_fmadd_ps(a, b, c));
    else
      return Register(_mm512_fmadd_pd(a, b, c));
  } else
#elif defined(__FMA__)
  if constexpr (sizeof(Register) == 32) {
    if constexpr (single)
      return Register(_mm256_fmadd_ps(a, b, c));
    else
      return Register(_mm256_fmadd_pd(a, b, c));
  } else
#endif
    return xsimd::fma(a, b, c);
}

}  // namespace detail

template <class T, int N>
struct Mask {
  static constexpr int registers = N / simd_width<T>;
  xsimd::batch_bool<T> value[std::size_t(registers)];

  /// A compile error that says what to write instead of a branch.
  template <class Bool, class = std::enable_if_t<std::is_same_v<Bool, bool>>>
  explicit operator Bool() const {
    return detail::truth_of_mask<Bool>();
  }
  LANES_INLINE friend Mask operator&&(Mask a, Mask b) {
    for (int i = 0; i < registers; ++i) a.value[i] = a.value[i] & b.value[i];
    return a;
  }
  LANES_INLINE friend Mask operator||(Mask a, Mask b) {
    for (int i = 0; i < registers; ++i) a.value[i] = a.value[i] | b.value[i];
    return a;
  }
  LANES_INLINE friend Mask operator!(Mask a) {
    for (int i = 0; i < registers; ++i) a.value[i] = !a.value[i];
    return a;
  }
  LANES_INLINE friend bool any(Mask a) {
    bool result = false;
    for (int i = 0; i < registers; ++i) result |= xsimd::any(a.value[i]);
    return result;
  }
};

template <class T, int N>
struct Pack {
  static_assert(N % simd_width<T> == 0, "lanes: a Pack is a whole number of SIMD registers wide.");
  /// float or double.
  using value_type = T;
  /// A SIMD register.
  using Register = xsimd::batch<T>;
  static constexpr int size = N;
  static constexpr int width = simd_width<T>;
  static constexpr int registers = N / width;
  Register value[std::size_t(registers)];

  Pack() = default;
  template <class U, class = std::enable_if_t<std::is_arithmetic_v<U>>>
  LANES_INLINE Pack(U u) {
    for (int i = 0; i < registers; ++i) value[i] = Register(static_cast<T>(u));
  }
  /// Lane by lane conversion between precisions.
  template <class U, class = std::enable_if_t<!std::is_same_v<U, T>>>
  LANES_INLINE explicit Pack(const Pack<U, N>& u) {
    alignas(64) U from[std::size_t(N)];
    u.store(from);
    *this = load_as(from);
  }

  LANES_INLINE static Pack load(const T* from) {
    Pack p;
    for (int i = 0; i < registers; ++i) p.value[i] = Register::load_aligned(from + i * width);
    return p;
  }
  template <class U>
  LANES_INLINE static Pack load_as(const U* from) {
    if constexpr (std::is_same_v<U, T>) {
      return load(from);
    } else {
      alignas(64) T to[std::size_t(N)];
      for (int i = 0; i < N; ++i) to[i] = static_cast<T>(from[i]);
      return load(to);
    }
  }
  LANES_INLINE void store(T* to) const {
    for (int i = 0; i < registers; ++i) value[i].store_aligned(to + i * width);
  }
  /// One lane; slow, for tests and messages.
  T operator[](int lane) const {
    return value[lane / width].get(static_cast<std::size_t>(lane % width));
  }

#define LANES_PACK_OPERATOR(op)                                                \
  LANES_INLINE friend Pack operator op(Pack a, Pack b) {                       \
    for (int i = 0; i < registers; ++i) a.value[i] = a.value[i] op b.value[i]; \
    return a;                                                                  \
  }                                                                            \
  LANES_INLINE Pack& operator op##=(Pack b) { return *this = *this op b; }
  LANES_PACK_OPERATOR(+)
  LANES_PACK_OPERATOR(-)
  LANES_PACK_OPERATOR(*)
  LANES_PACK_OPERATOR(/)
#undef LANES_PACK_OPERATOR

#define LANES_PACK_COMPARISON(op)                                              \
  LANES_INLINE friend Mask<T, N> operator op(Pack a, Pack b) {                 \
    Mask<T, N> m;                                                              \
    for (int i = 0; i < registers; ++i) m.value[i] = a.value[i] op b.value[i]; \
    return m;                                                                  \
  }
  LANES_PACK_COMPARISON(<)
  LANES_PACK_COMPARISON(<=)
  LANES_PACK_COMPARISON(>)
  LANES_PACK_COMPARISON(>=)
  LANES_PACK_COMPARISON(==)
  LANES_PACK_COMPARISON(!=)
#undef LANES_PACK_COMPARISON

#define LANES_PACK_FUNCTION(name)                                             \
  LANES_INLINE friend Pack name(Pack a) {                                     \
    for (int i = 0; i < registers; ++i) a.value[i] = xsimd::name(a.value[i]); \
    return a;                                                                 \
  }
  LANES_PACK_FUNCTION(abs)
  LANES_PACK_FUNCTION(sqrt)
  LANES_PACK_FUNCTION(exp)
  LANES_PACK_FUNCTION(expm1)
  LANES_PACK_FUNCTION(log)
  LANES_PACK_FUNCTION(log1p)
  LANES_PACK_FUNCTION(sin)
  LANES_PACK_FUNCTION(cos)
  LANES_PACK_FUNCTION(tan)
  LANES_PACK_FUNCTION(atan)
  LANES_PACK_FUNCTION(sinh)
  LANES_PACK_FUNCTION(cosh)
  LANES_PACK_FUNCTION(tanh)
  LANES_PACK_FUNCTION(asinh)
  LANES_PACK_FUNCTION(erf)
  LANES_PACK_FUNCTION(floor)
#undef LANES_PACK_FUNCTION

  LANES_INLINE friend Pack operator-(Pack a) {
    for (int i = 0; i < registers; ++i) a.value[i] = -a.value[i];
    return a;
  }
  LANES_INLINE friend Pack select(Mask<T, N> m, Pack a, Pack b) {
    for (int i = 0; i < registers; ++i)
      a.value[i] = xsimd::select(m.value[i], a.value[i], b.value[i]);
    return a;
  }
  LANES_INLINE friend Pack fma(Pack a, Pack b, Pack c) {
    for (int i = 0; i < registers; ++i)
      a.value[i] = detail::fused(a.value[i], b.value[i], c.value[i]);
    return a;
  }
  LANES_INLINE friend Pack pow(Pack a, Pack b) {
    Pack power;
    for (int i = 0; i < registers; ++i) power.value[i] = xsimd::pow(a.value[i], b.value[i]);
    power = select(a == Pack(0) && b < Pack(0), Pack(1) / abs(a), power);  // xsimd says 0
    return select(b == Pack(0), Pack(1), power);
  }
  LANES_INLINE friend Pack min(Pack a, Pack b) {
    for (int i = 0; i < registers; ++i) a.value[i] = xsimd::min(a.value[i], b.value[i]);
    return a;
  }
  LANES_INLINE friend Pack max(Pack a, Pack b) {
    for (int i = 0; i < registers; ++i) a.value[i] = xsimd::max(a.value[i], b.value[i]);
    return a;
  }
  /// Keeps what was loaded in a register: GCC may load it again for each of its uses.
  LANES_INLINE void keep() {
#if defined(__GNUC__) && defined(__x86_64__)
    for (int i = 0; i < registers; ++i) asm("" : "+v"(value[i].data));
#endif
  }
  LANES_INLINE friend T reduce_add(Pack a) {
    alignas(64) T lane[std::size_t(N)];
    a.store(lane);
    for (int half = N / 2; half > 0; half /= 2)
      for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
    return lane[0];
  }
};

}  // namespace lanes
