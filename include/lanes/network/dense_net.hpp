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

#include <lanes/network/options.hpp>
#include <lanes/network/stack.hpp>
#include <lanes/network/stencil.hpp>

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
  static_assert(is_channels<ChannelsPolicy>,
                "lanes: DenseNet<Channels<...>, Activation, options...>: the first are Channels, "
                "such as Channels<128>; see lanes/network/options.hpp.");
  static_assert(is_activation<ActivationPolicy>,
                "lanes: DenseNet<Channels<...>, Activation, options...>: the second is an "
                "activation, such as Tanh; see lanes/network/activation.hpp.");
  using ChannelList = detail::ChannelsOr<ChannelsPolicy>;
  using Activation = detail::ActivationOr<ActivationPolicy>;
  static_assert((detail::is_network_option<Options> && ...),
                "lanes: DenseNet<Channels<...>, Activation, options...> takes the options "
                "Final<...>, NoBias and "
                "RandomLast.");
  using Chosen = detail::NetworkOptions<Options...>;
  static_assert(!Chosen::has_dilation, "lanes: a DenseNet has no Dilation.");
  static constexpr int depth = ChannelList::depth + 1;
  /// Whether output(-x) = -output(x).
  static constexpr bool odd = !Chosen::bias && Activation::odd && Chosen::FinalActivation::odd;

  template <class Context, class Geometry, int In, int Out, class Inputs, class Outputs>
  class On {
    using Real = typename Context::Real;
    static constexpr int channels(int l) {
      return l == 0       ? In * Inputs::size
             : l == depth ? Out * Outputs::size
                          : ChannelList::width[static_cast<std::size_t>(l - 1)];
    }
    using One = AllSites<detail::Point>;
    template <class Sequence>
    struct Stacked;
    template <int... L>
    struct Stacked<std::integer_sequence<int, L...>> {
      using Type = Stack<
          Context, Activation, typename Chosen::FinalActivation, Chosen::zero_last,
          Stencil<detail::Point, channels(L), channels(L + 1), 1, 1, Chosen::bias, One, One>...>;
    };
    using Layers = typename Stacked<std::make_integer_sequence<int, depth>>::Type;
    static constexpr int gathered = channels(0);
    static constexpr int input_pitch =
        Stencil<Geometry, In, Out, 1, 1, false, Inputs, Outputs>::in_pitch;

   public:
    static constexpr int parameters = Layers::parameters, weights = Layers::weights;
    static constexpr int gradients = Layers::gradients;
    static constexpr int outputs = Layers::outputs, pitch = Outputs::size;
    static constexpr int tape_rows = gathered + Layers::tape_rows;

    static void initialise(Initialiser& random, Real* external) {
      Layers::initialise(random, external);
    }
    static void prepare(const Real* external, Real* prepared) {
      Layers::prepare(external, prepared);
    }
    static void collect(const Real* gradient, Real* external) {
      Layers::collect(gradient, external);
    }
    static void conditioned(bool* marks) { Layers::conditioned(marks); }

    static void forward(Context& context, const Real* prepared, int variant, Rows<Real> input,
                        Rows<Real> output, Rows<Real> tape) {
      context.for_each(gathered, Gather{variant, input, tape});
      Layers::forward(context, prepared, 0, tape, output, tape.from(gathered));
    }

    template <class Store>
    static void adjoint(Context& context, const Real* prepared, Real* gradient, int variant,
                        Rows<Real>, Rows<Real> output, Rows<Real> d_output, Rows<Real> tape,
                        const Store& store) {
      Layers::adjoint(context, prepared, gradient, 0, tape, output, d_output, tape.from(gathered),
                      Scatter<Store>{variant, store});
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
    LANES_HD static long field_row(int variant, int i) {
      return long(i / Inputs::size) * input_pitch + Inputs::slot(variant, i % Inputs::size);
    }
  };
};

}  // namespace lanes
