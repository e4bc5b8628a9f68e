// SPDX-License-Identifier: BSD-3-Clause
//
// Dual<T>: value + derivative * epsilon, epsilon^2 = 0: forward-mode differentiation of site
// mathematics. LocalTheory evaluates the user's density on Dual<Pack> to obtain the force at
// compile time.
//
//   Dual<T> x{value, 1};  sin(x).derivative == cos(value)
//
// Comparisons look at the value only; select chooses value and derivative together.
#pragma once

#include <type_traits>

#include <lanes/core/pack.hpp>

namespace lanes {

template <class T>
struct Dual;
/// Dual numbers are numbers of site mathematics.
template <class T>
inline constexpr bool is_site_number<Dual<T>> = true;

template <class T>
struct Dual {
  /// float or double.
  using value_type = typename T::value_type;
  T value, derivative;

  Dual() = default;
  LANES_HD Dual(T v, T d) : value(v), derivative(d) {}
  LANES_HD Dual(T v) : value(v), derivative(0) {}
  template <class U, class = std::enable_if_t<std::is_arithmetic_v<U>>>
  LANES_HD Dual(U u) : value(u), derivative(0) {}

  LANES_HD friend Dual operator+(Dual a, Dual b) {
    return {a.value + b.value, a.derivative + b.derivative};
  }
  LANES_HD friend Dual operator-(Dual a, Dual b) {
    return {a.value - b.value, a.derivative - b.derivative};
  }
  LANES_HD friend Dual operator*(Dual a, Dual b) {
    return {a.value * b.value, fma(a.derivative, b.value, a.value * b.derivative)};
  }
  LANES_HD friend Dual operator/(Dual a, Dual b) {
    const T quotient = a.value / b.value;
    return {quotient, (a.derivative - quotient * b.derivative) / b.value};
  }
  LANES_HD friend Dual operator-(Dual a) { return {-a.value, -a.derivative}; }
  LANES_HD Dual& operator+=(Dual b) { return *this = *this + b; }
  LANES_HD Dual& operator-=(Dual b) { return *this = *this - b; }
  LANES_HD Dual& operator*=(Dual b) { return *this = *this * b; }
  LANES_HD Dual& operator/=(Dual b) { return *this = *this / b; }

  LANES_HD friend auto operator<(Dual a, Dual b) { return a.value < b.value; }
  LANES_HD friend auto operator<=(Dual a, Dual b) { return a.value <= b.value; }
  LANES_HD friend auto operator>(Dual a, Dual b) { return a.value > b.value; }
  LANES_HD friend auto operator>=(Dual a, Dual b) { return a.value >= b.value; }
  LANES_HD friend auto operator==(Dual a, Dual b) { return a.value == b.value; }
  LANES_HD friend auto operator!=(Dual a, Dual b) { return a.value != b.value; }
  template <class M>
  LANES_HD friend Dual select(M m, Dual a, Dual b) {
    return {select(m, a.value, b.value), select(m, a.derivative, b.derivative)};
  }
  LANES_HD friend Dual min(Dual a, Dual b) { return select(b.value < a.value, b, a); }
  LANES_HD friend Dual max(Dual a, Dual b) { return select(a.value < b.value, b, a); }
  LANES_HD friend Dual fma(Dual a, Dual b, Dual c) { return a * b + c; }

  LANES_HD friend Dual floor(Dual a) { return {floor(a.value), T(0)}; }
  LANES_HD friend Dual abs(Dual a) { return select(a.value < T(0), -a, a); }
  LANES_HD friend Dual sqrt(Dual a) {
    const T root = sqrt(a.value);
    return {root, T(0.5) * a.derivative / root};
  }
  LANES_HD friend Dual exp(Dual a) {
    const T e = exp(a.value);
    return {e, e * a.derivative};
  }
  LANES_HD friend Dual expm1(Dual a) { return {expm1(a.value), exp(a.value) * a.derivative}; }
  LANES_HD friend Dual log(Dual a) { return {log(a.value), a.derivative / a.value}; }
  LANES_HD friend Dual log1p(Dual a) { return {log1p(a.value), a.derivative / (T(1) + a.value)}; }
  LANES_HD friend Dual sin(Dual a) { return {sin(a.value), cos(a.value) * a.derivative}; }
  LANES_HD friend Dual cos(Dual a) { return {cos(a.value), -sin(a.value) * a.derivative}; }
  LANES_HD friend Dual tan(Dual a) {
    const T t = tan(a.value);
    return {t, fma(t, t, T(1)) * a.derivative};
  }
  LANES_HD friend Dual atan(Dual a) {
    return {atan(a.value), a.derivative / fma(a.value, a.value, T(1))};
  }
  LANES_HD friend Dual sinh(Dual a) { return {sinh(a.value), cosh(a.value) * a.derivative}; }
  LANES_HD friend Dual cosh(Dual a) { return {cosh(a.value), sinh(a.value) * a.derivative}; }
  LANES_HD friend Dual asinh(Dual a) {
    return {asinh(a.value), a.derivative / sqrt(fma(a.value, a.value, T(1)))};
  }
  LANES_HD friend Dual tanh(Dual a) {
    const T t = tanh(a.value);
    return {t, (T(1) - t * t) * a.derivative};
  }
  /// Whole exponents: pow(x, n) of core/pack.hpp. A constant exponent takes no logarithm.
  LANES_HD friend Dual pow(Dual a, Dual b) {
    const T power = pow(a.value, b.value);
    const T of_exponent = select(b.derivative == T(0), T(0), power * log(a.value) * b.derivative);
    return {power, fma(b.value * pow(a.value, b.value - T(1)), a.derivative, of_exponent)};
  }
  LANES_HD friend Dual erf(Dual a) {
    constexpr double two_over_sqrt_pi = 1.1283791670955126;
    return {erf(a.value), T(two_over_sqrt_pi) * exp(-a.value * a.value) * a.derivative};
  }
};

}  // namespace lanes
