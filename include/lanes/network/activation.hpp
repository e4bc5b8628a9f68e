// SPDX-License-Identifier: BSD-3-Clause
//
// Activation functions, on packs: f(x) is apply(x). derivative takes what the network keeps: f(x)
// where from_value is true (one row kept per channel), x otherwise (two rows kept); odd says
// whether f(-x) = -f(x). A user's own needs these four members.
//
//   LeakyRelu  max(x, 0.01 x)          Relu  max(x, 0)          Tanh          Identity
//   Gelu       x (1 + erf(x / sqrt 2)) / 2   (Hendrycks and Gimpel 1606.08415; PyTorch's default,
//              exact form)
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/pack.hpp>

namespace lanes {

template <class A>
concept Activation = requires(Pack<double, 1> x) {
  bool{A::odd};
  bool{A::from_value};
  Pack<double, 1>{A::apply(x)};
  Pack<double, 1>{A::derivative(x)};
};

struct Identity {
  static constexpr bool from_value = true;
  static constexpr bool odd = true;
  template <class T>
  LANES_HD LANES_INLINE static T apply(T x) {
    return x;
  }
  template <class T>
  LANES_HD LANES_INLINE static T derivative(T) {
    return T(1);
  }
};

struct LeakyRelu {
  static constexpr bool from_value = true;
  static constexpr bool odd = false;
  static constexpr double slope = 0.01;  // below 0
  template <class T>
  LANES_HD LANES_INLINE static T apply(T x) {
    return max(x, T(slope) * x);
  }
  template <class T>
  LANES_HD LANES_INLINE static T derivative(T y) {
    return select(y < T(0), T(slope), T(1));
  }
};

struct Relu {
  static constexpr bool from_value = true;
  static constexpr bool odd = false;
  template <class T>
  LANES_HD LANES_INLINE static T apply(T x) {
    return max(x, T(0));
  }
  template <class T>
  LANES_HD LANES_INLINE static T derivative(T y) {
    return select(y > T(0), T(1), T(0));
  }
};

struct Tanh {
  static constexpr bool from_value = true;
  static constexpr bool odd = true;
  template <class T>
  LANES_HD LANES_INLINE static T apply(T x) {
    return tanh(x);
  }
  template <class T>
  LANES_HD LANES_INLINE static T derivative(T y) {
    return T(1) - y * y;
  }
};

struct Gelu {
  static constexpr bool from_value = false;
  static constexpr bool odd = false;
  template <class T>
  LANES_HD LANES_INLINE static T apply(T x) {
    return T(0.5) * x * (T(1) + erf(T(0.7071067811865476) * x));
  }
  template <class T>
  LANES_HD LANES_INLINE static T derivative(T x) {
    const T density = T(0.3989422804014327) * exp(T(-0.5) * x * x);
    return fma(x, density, T(0.5) * (T(1) + erf(T(0.7071067811865476) * x)));
  }
};
static_assert(Activation<Identity> && Activation<LeakyRelu> && Activation<Relu> &&
              Activation<Tanh> && Activation<Gelu>);

}  // namespace lanes
