// SPDX-License-Identifier: BSD-3-Clause
//
// Z2Net<Even, Odd>: a network whose outputs transform under x -> -x as a Z2-equivariant coupling
// wants them (Del Debbio et al. 2105.12481):
//
//   even channels = Even(|x|),  odd channels = Odd(x),  Odd without bias and with odd activations
//
// The transform says how many of its channels are even, and has those first (even_channels: Affine
// s | t, Cubic ln a, ln b | c, d). The coupling then commutes with x -> -x, and so does a flow of such couplings,
// of Sublattice, LongWaves, Multiscale, FreeFieldBase and Rescaling: f(-z) = -f(z), q(-x) = q(x).
//
//   using Network = lanes::Z2ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>>;
#pragma once

#include <lanes/core/layout.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/network/activation.hpp>
#include <lanes/network/conditioned.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

template <class EvenPolicy, class OddPolicy>
struct Z2Net {
  static_assert(OddPolicy::odd,
                "lanes: the second network of a Z2Net must be odd: NoBias, and Tanh or Identity as "
                "activations.");
  static constexpr bool odd = false;

  /// The network of a coupling with that transform.
  template <class Transform>
  struct For {
    static_assert(
        requires { Transform::even_channels; },
        "lanes: a Z2Net needs a transform whose parameters are even or odd under x -> -x, as those "
        "of Affine and Cubic: even_channels. The bins of a spline change places.");

    template <class Context, class Geometry, int In, int Out, class Inputs, class Outputs>
    class On {
      static_assert(In == 1, "lanes: a Z2Net reads one channel.");
      using Real = typename Context::Real;
      static constexpr int evens = Transform::even_channels;
      using Even = typename EvenPolicy::template On<Context, Geometry, 1, evens, Inputs, Outputs>;
      using Odd =
          typename OddPolicy::template On<Context, Geometry, 1, Out - evens, Inputs, Outputs>;
      static_assert(Even::pitch == Odd::pitch,
                    "lanes: both networks of a Z2Net are convolutional, or both dense.");
      // Tape: |x|, the networks' own.
      static constexpr int at_even = Geometry::volume, at_odd = at_even + Even::tape_rows;
      static constexpr int odd_weights = Context::aligned_size(Even::weights);
      static constexpr int odd_gradients = Context::aligned_size(Even::gradients);

     public:
      static constexpr int parameters = Even::parameters + Odd::parameters;
      static constexpr int weights = odd_weights + Odd::weights;
      static constexpr int gradients = odd_gradients + Odd::gradients;
      static constexpr int tape_rows = at_odd + Odd::tape_rows;
      static constexpr int outputs = Even::outputs + Odd::outputs, pitch = Even::pitch;

      static void initialise(Initialiser& random, Real* external) {
        Even::initialise(random, external);
        Odd::initialise(random, external + Even::parameters);
      }
      static void prepare(const Real* external, Real* prepared) {
        Even::prepare(external, prepared);
        Odd::prepare(external + Even::parameters, prepared + odd_weights);
      }
      static void collect(const Real* gradient, Real* external) {
        Even::collect(gradient, external);
        Odd::collect(gradient + odd_gradients, external + Even::parameters);
      }
      static void conditioned(bool* marks) {
        detail::mark_conditioned<Even>(marks);
        detail::mark_conditioned<Odd>(marks + Even::parameters);
      }

      static void forward(Context& context, const Real* prepared, int variant, Rows<Real> input,
                          Rows<Real> output, Rows<Real> tape) {
        context.for_each(Inputs::size, Magnitude{variant, input, tape});
        Even::forward(context, prepared, variant, tape, output, tape.from(at_even));
        Odd::forward(context, prepared + odd_weights, variant, input, output.from(Even::outputs),
                     tape.from(at_odd));
      }

      template <class Store>
      static void adjoint(Context& context, const Real* prepared, Real* gradient, int variant,
                          Rows<Real> input, Rows<Real> output, Rows<Real> d_output, Rows<Real> tape,
                          const Store& store) {
        Even::adjoint(context, prepared, gradient, variant, tape, output, d_output,
                      tape.from(at_even), StoreSigned<Store>{input, store});
        Odd::adjoint(context, prepared + odd_weights, gradient ? gradient + odd_gradients : nullptr,
                     variant, input, output.from(Even::outputs), d_output.from(Even::outputs),
                     tape.from(at_odd), store);
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

  template <class, class, int In, int, class, class>
  struct On {
    static_assert(In < 0, "lanes: a Z2Net is the network of a Coupling.");
  };
};

/// Convolutional networks for both parts, tanh inside.
template <class ChannelList, class KernelSize>
using Z2ConvNet =
    Z2Net<ConvNet<ChannelList, KernelSize, Tanh>, ConvNet<ChannelList, KernelSize, Tanh, NoBias>>;

}  // namespace lanes
