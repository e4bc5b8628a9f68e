// SPDX-License-Identifier: BSD-3-Clause
//
// Compile-time options of autoregressive networks: what a user writes between the angle brackets.
//
//   Depth<2>  masked dense layers, hidden ones included           (1: logistic regression)
//   Width<4>  hidden units of each spin in each hidden layer
//   PRelu     max(x, 0) + a min(x, 0), a slope a for each hidden unit, learned from 0.5 on; or
//             Tanh, LeakyRelu, ... (network/activation.hpp)
//   NoBias    layers without bias
#pragma once

#include <type_traits>

#include <lanes/core/pack.hpp>
#include <lanes/network/activation.hpp>
#include <lanes/network/options.hpp>

namespace lanes {

template <int Layers>
struct Depth {
  static_assert(Layers >= 1, "lanes: Depth is at least 1.");
};
template <int Units>
struct Width {
  static_assert(Units >= 1, "lanes: Width is at least 1.");
};
struct PRelu {
  static constexpr double start = 0.5;
};

namespace detail {

// What a list of options says; depth, width and activation are always given.
template <int Layers, int Units, class ActivationType, bool Bias>
struct ConditionalOptions {
  static constexpr int depth = Layers, width = Units;
  static constexpr bool bias = Bias;
  using Activation = ActivationType;
  /// Whether each hidden unit has a slope of its own.
  static constexpr bool slopes = std::is_same_v<Activation, PRelu>;

  template <class T>
  LANES_HD LANES_INLINE static T apply(T x, [[maybe_unused]] T slope) {
    if constexpr (slopes)
      return select(x < T(0), slope * x, x);
    else
      return Activation::apply(x);
  }
  /// dy times the derivative at x, where the value is y.
  template <class T>
  LANES_HD LANES_INLINE static T through(T x, [[maybe_unused]] T y, [[maybe_unused]] T slope,
                                         T dy) {
    if constexpr (slopes)
      return select(x < T(0), slope * dy, dy);
    else
      return dy * Activation::derivative(Activation::from_value ? y : x);
  }
};

template <class Depth, class Width, class Activation, class... Options>
struct ReadConditionalOptions {
  static_assert(
      sizeof(Depth) == 0,
      "lanes: an autoregressive network is told Depth<N>, Width<N>, an activation such as "
      "PRelu, and nothing else but NoBias, in this order; see "
      "lanes/autoregressive/options.hpp.");
};
template <int Layers, int Units, class Activation>
struct ReadConditionalOptions<Depth<Layers>, Width<Units>, Activation> {
  using type = ConditionalOptions<Layers, Units, Activation, true>;
};
template <int Layers, int Units, class Activation>
struct ReadConditionalOptions<Depth<Layers>, Width<Units>, Activation, NoBias> {
  using type = ConditionalOptions<Layers, Units, Activation, false>;
};

}  // namespace detail

}  // namespace lanes
