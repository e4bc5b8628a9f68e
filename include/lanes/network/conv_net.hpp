// SPDX-License-Identifier: BSD-3-Clause
//
// ConvNet<Channels<16, 16>, Kernel<3>, LeakyRelu, options...>: a convolutional network on a
// periodic lattice of 1 to 4 dimensions (network/options.hpp lists the options).
//
//   In -> 16 -> 16 -> Out channels, each arrow a periodic convolution with kernel^D taps,
//     LeakyRelu between.
//
// Reads the sites of Inputs only and computes the outputs of Outputs only: sites that a mask makes
// irrelevant cost nothing. Cost per lane, forward: 2 V kernel^D sum(in * out) flops, three quarters
// less on most of it where the Winograd algorithm applies (backend/cpu/winograd_convolution.hpp).
#pragma once

#include <utility>

#include <lanes/contraction/stencil.hpp>
#include <lanes/network/network.hpp>
#include <lanes/network/options.hpp>
#include <lanes/network/stack.hpp>

namespace lanes {

template <class ChannelsPolicy, class KernelPolicy, class ActivationPolicy, class... Options>
struct ConvNet {
  static_assert(lanes::ChannelList<ChannelsPolicy>,
                "lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...>: the first are "
                "Channels, such as Channels<16, 16>; see lanes/network/options.hpp.");
  static_assert(lanes::KernelSize<KernelPolicy>,
                "lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...>: the second is "
                "a Kernel, such as Kernel<3>; see lanes/network/options.hpp.");
  static_assert(lanes::Activation<ActivationPolicy>,
                "lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...>: the third is "
                "an activation, such as LeakyRelu; see lanes/network/activation.hpp.");
  /// Widths of the hidden layers.
  using ChannelList = detail::ChannelsOr<ChannelsPolicy>;
  /// Extent of the stencil.
  using KernelSize = detail::KernelOr<KernelPolicy>;
  using Activation = detail::ActivationOr<ActivationPolicy>;
  static_assert((detail::is_network_option<Options> && ...),
                "lanes: ConvNet<Channels<...>, Kernel<...>, Activation, options...> takes the "
                "options Final<...>, "
                "Dilation<...>, NoBias and RandomLast.");
  /// What the list of options says.
  using Chosen = detail::NetworkOptions<Options...>;
  /// Number of convolutions.
  static constexpr int depth = ChannelList::depth + 1;
  /// Whether output(-x) = -output(x).
  static constexpr bool odd = !Chosen::bias && Activation::odd && Chosen::FinalActivation::odd;
  static_assert(
      !Chosen::has_dilation || Chosen::dilations == depth,
      "lanes: Dilation needs one step for each convolution: one more than there are Channels.");

  /// Whether the kernel is no larger than the lattice.
  template <class Geometry>
  static constexpr bool fits = [] {
    for (int e : Geometry::extents)
      if (KernelSize::extent > e) return false;
    return true;
  }();

  /// The network in a setting.
  template <class S>
  struct Bind {
    using Geometry = typename S::Geometry;
    static_assert(fits<Geometry>, "lanes: Kernel is larger than the Lattice in some direction.");

    static constexpr int channels(int l) {
      return l == 0       ? S::in
             : l == depth ? S::out
                          : ChannelList::width[static_cast<std::size_t>(l - 1)];
    }
    /// The stencil of convolution L.
    template <int L>
    using StencilOf =
        Stencil<Geometry, channels(L), channels(L + 1), KernelSize::extent, Chosen::dilation(L),
                Chosen::bias, std::conditional_t<L == 0, typename S::Inputs, AllSites<Geometry>>,
                std::conditional_t<L == depth - 1, typename S::Outputs, AllSites<Geometry>>>;
    template <class Sequence>
    struct Stacked;
    /// Convolutions L.
    template <int... L>
    struct Stacked<std::integer_sequence<int, L...>> {
      /// The stack of them.
      using Type = Stack<typename S::Context, Activation, typename Chosen::FinalActivation,
                         Chosen::zero_last, StencilOf<L>...>;
    };
    /// The stack of all.
    using Type = typename Stacked<std::make_integer_sequence<int, depth>>::Type;
  };

  template <class S>
  using Network = typename Bind<S>::Type;
};
static_assert(Network<ConvNet<Channels<>, Kernel<1>, Identity>>);

}  // namespace lanes
