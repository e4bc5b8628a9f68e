// SPDX-License-Identifier: BSD-3-Clause
//
// DenseNet<Channels<128, 128>, Tanh, options...>: fully connected layers from every channel of
// every site of Inputs to every channel of every site of Outputs, through hidden layers of the
// given widths.
//
// Weight [out][in] with in = (channel, site of the list) and out likewise, both in list order.
// Cost per lane, forward: 2 sum(in * out) flops.
#pragma once

#include <utility>

#include <lanes/contraction/stencil.hpp>
#include <lanes/network/network.hpp>
#include <lanes/network/options.hpp>
#include <lanes/network/stack.hpp>

namespace lanes {

namespace detail {

// The lattice of one site on which a dense layer is a convolution of one tap.
struct Point {
  static constexpr int dimension = 1, volume = 1;
  LANES_HD static constexpr int extent(int) { return 1; }
  LANES_HD static constexpr int shifted(int, int, int) { return 0; }
};

}  // namespace detail

template <class ChannelsPolicy, class ActivationPolicy, class... Options>
struct DenseNet {
  static_assert(lanes::ChannelList<ChannelsPolicy>,
                "lanes: DenseNet<Channels<...>, Activation, options...>: the first are Channels, "
                "such as Channels<128>; see lanes/network/options.hpp.");
  static_assert(lanes::Activation<ActivationPolicy>,
                "lanes: DenseNet<Channels<...>, Activation, options...>: the second is an "
                "activation, such as Tanh; see lanes/network/activation.hpp.");
  /// Widths of the hidden layers.
  using ChannelList = detail::ChannelsOr<ChannelsPolicy>;
  using Activation = detail::ActivationOr<ActivationPolicy>;
  static_assert((detail::is_network_option<Options> && ...),
                "lanes: DenseNet<Channels<...>, Activation, options...> takes the options "
                "Final<...>, NoBias and "
                "RandomLast.");
  /// What the list of options says.
  using Chosen = detail::NetworkOptions<Options...>;
  static_assert(!Chosen::has_dilation, "lanes: a DenseNet has no Dilation.");
  /// Number of products.
  static constexpr int depth = ChannelList::depth + 1;
  /// Whether output(-x) = -output(x).
  static constexpr bool odd = !Chosen::bias && Activation::odd && Chosen::FinalActivation::odd;

  /// The network in a setting.
  template <class S>
  struct Bind {
    static constexpr int channels(int l) {
      return l == 0       ? S::in * S::Inputs::size
             : l == depth ? S::out * S::Outputs::size
                          : ChannelList::width[static_cast<std::size_t>(l - 1)];
    }
    using One = AllSites<detail::Point>;
    template <class Sequence>
    struct Stacked;
    /// Products L.
    template <int... L>
    struct Stacked<std::integer_sequence<int, L...>> {
      /// The stack of them.
      using Type = Stack<
          typename S::Context, Activation, typename Chosen::FinalActivation, Chosen::zero_last,
          Stencil<detail::Point, channels(L), channels(L + 1), 1, 1, Chosen::bias, One, One>...>;
    };
    using Layers = typename Stacked<std::make_integer_sequence<int, depth>>::Type;
    /// With rows for the gathered input.
    using Type = Parts<typename S::Context, TapeRows<channels(0)>, Layers>;
  };

  template <class S>
  class Network : public Bind<S>::Type {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Inputs = typename S::Inputs;
    using Layers = typename Bind<S>::Layers;
    static constexpr int gathered = Bind<S>::channels(0);
    static constexpr int input_pitch = Stencil<typename S::Geometry, S::in, S::out, 1, 1, false,
                                               Inputs, typename S::Outputs>::in_pitch;

   public:
    static constexpr int outputs = Layers::outputs, pitch = S::Outputs::size;

    static void forward(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output) {
      context.for_each(gathered, Gather{share.turn, input, share.tape});
      Layers::forward(context, of_layers(share), share.tape, output);
    }
    template <class Store>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real>, Rows<Real> output,
                        Rows<Real> d_output, const Store& store) {
      Layers::adjoint(context, of_layers(share), share.tape, output, d_output,
                      Scatter<Store>{share.turn, store});
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Gather {
      int variant;
      Rows<Real> from, to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(to, i, lane.load(from, field_row(variant, i)));
      }
    };
    /// Gives the adjoint of the gathered input to where it came from.
    template <class Store>
    struct Scatter {
      int variant;
      Store store;
      template <class Lane, class T>
      LANES_HD LANES_INLINE void operator()(Lane lane, long i, T value) const {
        store(lane, field_row(variant, static_cast<int>(i)), value);
      }
    };

   private:
    static Share<Real> of_layers(const Share<Real>& share) {
      return share.at(Bind<S>::Type::template offset<1>).of(1);
    }
    LANES_HD static long field_row(int variant, int i) {
      return long(i / Inputs::size) * input_pitch + Inputs::slot(variant, i % Inputs::size);
    }
  };
};
static_assert(Network<DenseNet<Channels<>, Identity>>);

}  // namespace lanes
