// SPDX-License-Identifier: BSD-3-Clause
//
// Z2Net<Even, Odd>: a network whose outputs transform under x -> -x as a Z2-equivariant coupling
// wants them (Del Debbio et al. 2105.12481):
//
//   even channels = Even(|x|),  odd channels = Odd(x),  Odd without bias and with odd activations
//
// The transform says how many of its channels are even, and has those first (even_channels: Affine
// s | t, Cubic ln a, ln b | c, d). The coupling then commutes with x -> -x, and so does a flow of
// such couplings, of Sublattice, LongWaves, Multiscale, FreeFieldBase and Rescaling: f(-z) = -f(z),
// q(-x) = q(x).
//
//   using Network = lanes::Z2ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>>;
#pragma once

#include <lanes/core/rows.hpp>
#include <lanes/network/activation.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/network.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes {

template <class EvenPolicy, class OddPolicy>
struct Z2Net {
  static_assert(OddPolicy::odd,
                "lanes: the second network of a Z2Net must be odd: NoBias, and Tanh or Identity as "
                "activations.");
  static constexpr bool odd = false;

  /// How many outputs are even: as many as the transform says.
  template <class T>
  static constexpr int evens() {
    static_assert(
        OddTransform<T>,
        "lanes: a Z2Net needs a transform whose parameters are even or odd under x -> -x, as those "
        "of Affine and Cubic: even_channels. The bins of a spline change places.");
    if constexpr (OddTransform<T>)
      return T::even_channels;
    else
      return 1;
  }
  template <class S, int Evens = evens<typename S::Transform>()>
  struct Both {
    using Even = typename EvenPolicy::template Network<typename S::template Between<1, Evens>>;
    using Odd =
        typename OddPolicy::template Network<typename S::template Between<1, S::out - Evens>>;
    // Tape: |x|, the networks' own.
    using Type = Parts<typename S::Context, TapeRows<S::Geometry::volume>, Even, Odd>;
  };

  template <class S>
  class Network : public Both<S>::Type {
    static_assert(S::in == 1, "lanes: a Z2Net reads one channel.");
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Inputs = typename S::Inputs;
    using Own = typename Both<S>::Type;
    using Even = typename Both<S>::Even;
    using Odd = typename Both<S>::Odd;
    static_assert(Even::pitch == Odd::pitch,
                  "lanes: both networks of a Z2Net are convolutional, or both dense.");

   public:
    static constexpr int outputs = Even::outputs + Odd::outputs, pitch = Even::pitch;

    static void forward(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output) {
      context.for_each(Inputs::size, Magnitude{share.turn, input, share.tape});
      Even::forward(context, share.at(Own::template offset<1>), share.tape, output);
      Odd::forward(context, share.at(Own::template offset<2>), input, output.from(Even::outputs));
    }
    template <class Store>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output, Rows<Real> d_output, const Store& store) {
      Even::adjoint(context, share.at(Own::template offset<1>), share.tape, output, d_output,
                    StoreSigned<Store>{input, store});
      Odd::adjoint(context, share.at(Own::template offset<2>), input, output.from(Even::outputs),
                   d_output.from(Even::outputs), store);
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Magnitude {
      int variant;
      Rows<Real> from, to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const int slot = Inputs::slot(variant, i);
        lane.store(to, slot, abs(lane.load(from, slot)));
      }
    };
    // The adjoint of |x|: times the sign of x.
    template <class Store>
    struct StoreSigned {
      Rows<Real> x;
      Store store;
      template <class Lane, class T>
      LANES_HD LANES_INLINE void operator()(Lane lane, long row, T value) const {
        store(lane, row, select(lane.load(x, row) < T(0), -value, value));
      }
    };
  };
};
static_assert(Network<Z2Net<detail::AnyNetwork, ConvNet<Channels<>, Kernel<1>, Tanh, NoBias>>>);

/// Convolutional networks for both parts, tanh inside.
template <class ChannelList, class KernelSize>
using Z2ConvNet =
    Z2Net<ConvNet<ChannelList, KernelSize, Tanh>, ConvNet<ChannelList, KernelSize, Tanh, NoBias>>;

}  // namespace lanes
