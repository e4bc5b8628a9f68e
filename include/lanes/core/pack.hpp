// SPDX-License-Identifier: BSD-3-Clause
//
// Pack<T, N>: N lanes of T = float or double that one instruction stream works on; the arithmetic
// type of all site mathematics. N = 1 (this header) is a plain number with the same interface: one
// lane on a GPU thread, and the scalar reference in tests. N > 1 (core/simd.hpp) is one or more
// SIMD registers.
//
// Being a class, Pack makes unqualified exp(x), pow(x, 6), select(x < y, a, b) find the right
// function in a user's own namespace. A comparison is a Mask, one truth a lane; branches are
// select(condition, a, b), and a Mask where a bool stands is a compile error that says so.
#pragma once

#include <cmath>
#include <type_traits>

#include <lanes/core/macros.hpp>

namespace lanes {

template <class T, int N>
struct Pack;

/// Result of comparing packs: lane by lane true or false.
template <class T, int N>
struct Mask;

namespace detail {

template <class Bool>
LANES_HD bool truth_of_mask() {
  static_assert(!std::is_same_v<Bool, bool>,
                "lanes: a comparison of packs is true in some lanes and false in others: write "
                "select(condition, a, b), not condition ? a : b or if (condition).");
  return false;
}

}  // namespace detail

template <class T>
struct Mask<T, 1> {
  bool value;
  /// A compile error that says what to write instead of a branch.
  template <class Bool, class = std::enable_if_t<std::is_same_v<Bool, bool>>>
  LANES_HD explicit operator Bool() const {
    return detail::truth_of_mask<Bool>();
  }
  LANES_HD friend Mask operator&&(Mask a, Mask b) { return {a.value && b.value}; }
  LANES_HD friend Mask operator||(Mask a, Mask b) { return {a.value || b.value}; }
  LANES_HD friend Mask operator!(Mask a) { return {!a.value}; }
  LANES_HD friend bool any(Mask a) { return a.value; }
};

template <class T>
struct Pack<T, 1> {
  /// float or double.
  using value_type = T;
  static constexpr int size = 1;
  T value;

  Pack() = default;
  template <class U, class = std::enable_if_t<std::is_arithmetic_v<U>>>
  LANES_HD constexpr Pack(U u) : value(static_cast<T>(u)) {}
  template <class U>
  LANES_HD constexpr explicit Pack(Pack<U, 1> u) : value(static_cast<T>(u.value)) {}

  LANES_HD static Pack load(const T* from) { return *from; }
  template <class U>
  LANES_HD static Pack load_as(const U* from) {
    return *from;
  }
  LANES_HD void store(T* to) const { *to = value; }
  LANES_HD T operator[](int) const { return value; }

  LANES_HD friend Pack operator+(Pack a, Pack b) { return a.value + b.value; }
  LANES_HD friend Pack operator-(Pack a, Pack b) { return a.value - b.value; }
  LANES_HD friend Pack operator*(Pack a, Pack b) { return a.value * b.value; }
  LANES_HD friend Pack operator/(Pack a, Pack b) { return a.value / b.value; }
  LANES_HD friend Pack operator-(Pack a) { return -a.value; }
  LANES_HD Pack& operator+=(Pack b) {
    value += b.value;
    return *this;
  }
  LANES_HD Pack& operator-=(Pack b) {
    value -= b.value;
    return *this;
  }
  LANES_HD Pack& operator*=(Pack b) {
    value *= b.value;
    return *this;
  }
  LANES_HD Pack& operator/=(Pack b) {
    value /= b.value;
    return *this;
  }
  LANES_HD friend Mask<T, 1> operator<(Pack a, Pack b) { return {a.value < b.value}; }
  LANES_HD friend Mask<T, 1> operator<=(Pack a, Pack b) { return {a.value <= b.value}; }
  LANES_HD friend Mask<T, 1> operator>(Pack a, Pack b) { return {a.value > b.value}; }
  LANES_HD friend Mask<T, 1> operator>=(Pack a, Pack b) { return {a.value >= b.value}; }
  LANES_HD friend Mask<T, 1> operator==(Pack a, Pack b) { return {a.value == b.value}; }
  LANES_HD friend Mask<T, 1> operator!=(Pack a, Pack b) { return {a.value != b.value}; }

  LANES_HD friend Pack select(Mask<T, 1> m, Pack a, Pack b) { return m.value ? a : b; }
  /// a * b + c with one rounding.
  LANES_HD friend Pack fma(Pack a, Pack b, Pack c) { return std::fma(a.value, b.value, c.value); }
  LANES_HD friend Pack min(Pack a, Pack b) { return b.value < a.value ? b : a; }
  LANES_HD friend Pack max(Pack a, Pack b) { return a.value < b.value ? b : a; }
  LANES_HD friend Pack abs(Pack a) { return std::fabs(a.value); }
  LANES_HD friend Pack sqrt(Pack a) { return std::sqrt(a.value); }
  LANES_HD friend Pack exp(Pack a) { return std::exp(a.value); }
  LANES_HD friend Pack expm1(Pack a) { return std::expm1(a.value); }
  LANES_HD friend Pack log(Pack a) { return std::log(a.value); }
  LANES_HD friend Pack log1p(Pack a) { return std::log1p(a.value); }
  LANES_HD friend Pack sin(Pack a) { return std::sin(a.value); }
  LANES_HD friend Pack cos(Pack a) { return std::cos(a.value); }
  LANES_HD friend Pack tan(Pack a) { return std::tan(a.value); }
  LANES_HD friend Pack atan(Pack a) { return std::atan(a.value); }
  LANES_HD friend Pack sinh(Pack a) { return std::sinh(a.value); }
  LANES_HD friend Pack cosh(Pack a) { return std::cosh(a.value); }
  LANES_HD friend Pack tanh(Pack a) { return std::tanh(a.value); }
  LANES_HD friend Pack asinh(Pack a) { return std::asinh(a.value); }
  LANES_HD friend Pack erf(Pack a) { return std::erf(a.value); }
  LANES_HD friend Pack floor(Pack a) { return std::floor(a.value); }
  LANES_HD friend Pack pow(Pack a, Pack b) { return std::pow(a.value, b.value); }
  /// Sum over the lanes of the pack.
  LANES_HD friend T reduce_add(Pack a) { return a.value; }
};

/// Whether a type is a pack of lanes.
template <class>
inline constexpr bool is_pack = false;
/// A pack is one.
template <class T, int N>
inline constexpr bool is_pack<Pack<T, N>> = true;

/// What site mathematics is done on: packs, and dual numbers over them (core/dual.hpp).
template <class T>
inline constexpr bool is_site_number = is_pack<T>;

template <class T>
LANES_HD constexpr T square(T x) {
  return x * x;
}

/// x^n of a whole number n by multiplications; any x. Other exponents: pow(x, y) of packs, x >= 0.
template <class T, class N>
requires(is_site_number<T>&& std::is_integral_v<N>) LANES_HD LANES_INLINE T pow(T x, N n) {
  T power(1);
  for (auto m = n < 0 ? 0ull - static_cast<unsigned long long>(n)
                      : static_cast<unsigned long long>(n);
       m > 0; m >>= 1, x *= x)
    if (m & 1) power *= x;
  return n < 0 ? T(1) / power : power;
}

/// |x|, by its name in C.
template <class T>
requires is_site_number<T> LANES_HD LANES_INLINE T fabs(T x) { return abs(x); }

/// select of two plain numbers.
template <class T, int N, class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) LANES_HD LANES_INLINE
    Pack<T, N> select(Mask<T, N> m, A a, B b) {
  return select(m, Pack<T, N>(a), Pack<T, N>(b));
}

}  // namespace lanes
