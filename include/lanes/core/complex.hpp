// SPDX-License-Identifier: BSD-3-Clause
//
// Complex<T>: a complex number whose parts are packs, so that one object is a number of every lane.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>

namespace lanes {

template <class T>
struct Complex {
  T re, im;  // real and imaginary part

  LANES_HD LANES_INLINE friend Complex operator+(Complex a, Complex b) {
    return {a.re + b.re, a.im + b.im};
  }
  LANES_HD LANES_INLINE friend Complex operator-(Complex a, Complex b) {
    return {a.re - b.re, a.im - b.im};
  }
  LANES_HD LANES_INLINE friend Complex operator*(Complex a, Complex b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  LANES_HD LANES_INLINE friend Complex operator*(T s, Complex a) { return {s * a.re, s * a.im}; }
  LANES_HD LANES_INLINE friend Complex operator-(Complex a) { return {-a.re, -a.im}; }
  LANES_HD LANES_INLINE friend Complex conj(Complex a) { return {a.re, -a.im}; }
  /// |a|^2
  LANES_HD LANES_INLINE friend T norm(Complex a) { return a.re * a.re + a.im * a.im; }
  LANES_HD LANES_INLINE friend Complex inverse(Complex a) {
    const T scale = T(1) / norm(a);
    return {a.re * scale, -(a.im * scale)};
  }
};

/// sum + a b, in four fused multiply-adds.
template <class T>
LANES_HD LANES_INLINE Complex<T> add_product(Complex<T> sum, Complex<T> a, Complex<T> b) {
  return {sum.re + a.re * b.re - a.im * b.im, sum.im + a.re * b.im + a.im * b.re};
}
/// sum + conj(a) b
template <class T>
LANES_HD LANES_INLINE Complex<T> add_product_conj(Complex<T> sum, Complex<T> a, Complex<T> b) {
  return {sum.re + a.re * b.re + a.im * b.im, sum.im + a.re * b.im - a.im * b.re};
}
/// sum - a b
template <class T>
LANES_HD LANES_INLINE Complex<T> subtract_product(Complex<T> sum, Complex<T> a, Complex<T> b) {
  return {sum.re - a.re * b.re + a.im * b.im, sum.im - a.re * b.im - a.im * b.re};
}

}  // namespace lanes
