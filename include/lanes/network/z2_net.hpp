// SPDX-License-Identifier: BSD-3-Clause
//
// Z2Net<Even, Odd>: a network whose outputs transform under x -> -x as a Z2-equivariant coupling
// wants them (Del Debbio et al. 2105.12481): every channel even but the last, which is odd.
//
//   even channels = Even(|x|),  last channel = Odd(x),  Odd without bias and with odd activations
//
// With Affine (channels s, t) the coupling commutes with x -> -x, so q(-x) = q(x) for a symmetric
// base density.
//
//   using Network = lanes::Z2ConvNet<lanes::Channels<16, 16>, lanes::Kernel<3>>;
#pragma once

#include <lanes/core/layout.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/network/activation.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

template <class EvenPolicy, class OddPolicy>
struct Z2Net {
  static_assert(OddPolicy::odd,
                "lanes: the second network of a Z2Net must be odd: NoBias, and Tanh or Identity as "
                "activations.");
  static constexpr bool odd = false;

  template <class Context, class Geometry, int In, int Out, class Inputs, class Outputs>
  class On {
    static_assert(In == 1 && Out >= 2,
                  "lanes: a Z2Net reads one channel and gives even channels and an odd one.");
    using Real = typename Context::Real;
    using Even = typename EvenPolicy::template On<Context, Geometry, 1, Out - 1, Inputs, Outputs>;
    using Odd = typename OddPolicy::template On<Context, Geometry, 1, 1, Inputs, Outputs>;
    static constexpr int volume = Geometry::volume;
    // Tape: |x|, the outputs of both networks, their own tapes.
    static constexpr int at_even = volume, at_odd = at_even + Even::outputs;
    static constexpr int at_even_tape = at_odd + Odd::outputs,
                         at_odd_tape = at_even_tape + Even::tape_rows;

   public:
    static constexpr int parameters = Even::parameters + Odd::parameters;
    static constexpr int weights = Context::aligned_size(Even::weights) + Odd::weights;
    static constexpr int gradients = Context::aligned_size(Even::gradients) + Odd::gradients;
    static constexpr int tape_rows = at_odd_tape + Odd::tape_rows;
    static constexpr int outputs = Even::outputs + Odd::outputs, pitch = Even::pitch;
    static_assert(Even::pitch == Odd::pitch);

    static void initialise(Initialiser& random, Real* external) {
      Even::initialise(random, external);
      Odd::initialise(random, external + Even::parameters);
    }
    static void prepare(const Real* external, Real* prepared) {
      Even::prepare(external, prepared);
      Odd::prepare(external + Even::parameters, prepared + Context::aligned_size(Even::weights));
    }
    static void collect(const Real* gradient, Real* external) {
      Even::collect(gradient, external);
      Odd::collect(gradient + Context::aligned_size(Even::gradients), external + Even::parameters);
    }

    static void forward(Context& context, const Real* prepared, int variant, Rows<Real> input,
                        Rows<Real> output, Rows<Real> tape) {
      context.for_each(Inputs::size, Magnitude{variant, input, tape});
      Even::forward(context, prepared, variant, tape, tape.from(at_even), tape.from(at_even_tape));
      Odd::forward(context, prepared + Context::aligned_size(Even::weights), variant, input,
                   tape.from(at_odd), tape.from(at_odd_tape));
      context.for_each(Outputs::size, Join{tape.from(at_even), tape.from(at_odd), output});
    }

    template <class Store>
    static void adjoint(Context& context, const Real* prepared, Real* gradient, int variant,
                        Rows<Real> input, Rows<Real>, Rows<Real> d_output, Rows<Real> tape,
                        Store store) {
      typename Context::Scope scope(context);
      const auto d_even = context.template rows<Real>(Even::outputs);
      const auto d_odd = context.template rows<Real>(Odd::outputs);
      context.for_each(Outputs::size, Split{d_output, d_even, d_odd});
      Even::adjoint(context, prepared, gradient, variant, tape, tape.from(at_even), d_even,
                    tape.from(at_even_tape), StoreSigned<Store>{input, store});
      Odd::adjoint(context, prepared + Context::aligned_size(Even::weights),
                   gradient ? gradient + Context::aligned_size(Even::gradients) : nullptr, variant,
                   input, tape.from(at_odd), d_odd, tape.from(at_odd_tape), store);
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
    struct Join {
      Rows<Real> even, odd, to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        for (int c = 0; c < Out - 1; ++c)
          lane.store(to, c * pitch + i, lane.load(even, c * pitch + i));
        lane.store(to, (Out - 1) * pitch + i, lane.load(odd, i));
      }
    };
    struct Split {
      Rows<Real> from, even, odd;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        for (int c = 0; c < Out - 1; ++c)
          lane.store(even, c * pitch + i, lane.load(from, c * pitch + i));
        lane.store(odd, i, lane.load(from, (Out - 1) * pitch + i));
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

/// Convolutional networks for both parts, tanh inside.
template <class ChannelList, class KernelSize>
using Z2ConvNet =
    Z2Net<ConvNet<ChannelList, KernelSize, Tanh>, ConvNet<ChannelList, KernelSize, Tanh, NoBias>>;

}  // namespace lanes
