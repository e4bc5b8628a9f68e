// SPDX-License-Identifier: BSD-3-Clause
//
// Compile-time options of networks: what a user writes between the angle brackets.
//
//   Channels<16, 16>   widths of the hidden layers          Kernel<3>   extent of the stencil, odd
//   LeakyRelu, ...     activation between layers             (network/activation.hpp)
//   Final<Tanh>        activation of the output              default Final<Identity>
//   Dilation<1, 2, 3>  one for each contraction              default 1
//   NoBias             contractions without bias
//   RandomLast         last contraction starts like the others, not at zero
#pragma once

#include <array>
#include <type_traits>

#include <lanes/network/activation.hpp>

namespace lanes {

template <int... Widths>
struct Channels {
  static_assert(((Widths >= 1) && ...), "lanes: Channels are at least 1 each.");
  static constexpr int depth = sizeof...(Widths);  // number of hidden layers
  static constexpr std::array<int, sizeof...(Widths)> width = {Widths...};
};

template <int Extent>
struct Kernel {
  static_assert(Extent >= 1 && Extent % 2 == 1,
                "lanes: Kernel needs an odd extent, so that the stencil has a centre.");
  static constexpr int extent = Extent;
};

template <class Activation>
struct Final {};
template <int... Steps>
struct Dilation {
  static_assert(((Steps >= 1) && ...), "lanes: Dilation steps are at least 1 each.");
};
struct NoBias {};
struct RandomLast {};

/// What each slot of a network takes.
template <class C>
concept ChannelList = requires {
  int{C::depth};
  C::width.size();
};
template <class K>
concept KernelSize = requires {
  int{K::extent};
};

namespace detail {

/// The policy, or a shipped one where it was refused, so that a compiler says so and little more.
template <class C>
using ChannelsOr = std::conditional_t<ChannelList<C>, C, Channels<1>>;
template <class K>
using KernelOr = std::conditional_t<KernelSize<K>, K, Kernel<1>>;
template <class A>
using ActivationOr = std::conditional_t<lanes::Activation<A>, A, Identity>;

// What a list of options says; the first of a kind wins.
template <class... Options>
struct NetworkOptions {
  using FinalActivation = Identity;
  static constexpr bool bias = true, zero_last = true;
  static constexpr bool has_dilation = false;
  static constexpr int dilations = 0;
  static constexpr int dilation(int) { return 1; }
};
template <class Activation, class... Rest>
struct NetworkOptions<Final<Activation>, Rest...> : NetworkOptions<Rest...> {
  using FinalActivation = Activation;
};
template <class... Rest>
struct NetworkOptions<NoBias, Rest...> : NetworkOptions<Rest...> {
  static constexpr bool bias = false;
};
template <class... Rest>
struct NetworkOptions<RandomLast, Rest...> : NetworkOptions<Rest...> {
  static constexpr bool zero_last = false;
};
template <int... Steps, class... Rest>
struct NetworkOptions<Dilation<Steps...>, Rest...> : NetworkOptions<Rest...> {
  static constexpr bool has_dilation = true;
  static constexpr int dilations = sizeof...(Steps);
  static constexpr int dilation(int l) {
    constexpr int steps[] = {Steps...};
    return steps[l];
  }
};

template <class Option>
inline constexpr bool is_network_option =
    std::is_same_v<Option, NoBias> || std::is_same_v<Option, RandomLast>;
template <class Activation>
inline constexpr bool is_network_option<Final<Activation>> = true;
template <int... Steps>
inline constexpr bool is_network_option<Dilation<Steps...>> = true;

}  // namespace detail

}  // namespace lanes
