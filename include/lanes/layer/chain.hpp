// SPDX-License-Identifier: BSD-3-Clause
//
// Chain<A, B, ...>: layers in a row, x_L = f_L(... f_1(x_0)).   Repeat<N, Layer>: N copies of a
// layer, each with parameters of its own; one instantiation of the code, whatever N. Both are
// layers (layer/layer.hpp).
//
// Memory: Repeat keeps each layer's tape where N of them stay below tape_limit bytes a
// tile; else it keeps only the field before each layer and computes a layer's tape again when its
// adjoint wants it.
#pragma once

#include <lanes/backend/backend.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/layer/layer.hpp>

namespace lanes {

template <class... Policies>
struct Chain {
  static_assert(sizeof...(Policies) > 0, "lanes: a Chain has at least one layer.");
  static_assert((lanes::Layer<Policies> && ...),
                "lanes: a Chain is made of layers, such as Coupling, Repeat or Rescaling; a "
                "network or a transform is part of a Coupling.");

  template <class S>
  struct Layer : Parts<typename S::Context, LayerOf<Policies, S>...> {
    /// Where each layer keeps its numbers.
    using Own = Parts<typename S::Context, LayerOf<Policies, S>...>;
    using Context = typename S::Context;
    using Real = typename S::Real;

    template <Way way, class Probe = NoProbe>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x, Rows<double> log_det,
                     const Probe& probe = {}) {
      Own::template each<way>(share, [&]<int I>(const Share<Real>& part) {
        detail::probed_move<way, typename Own::template At<I>>(context, part, x, log_det, probe);
      });
    }
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      Own::template each<opposite(way)>(share, [&]<int I>(const Share<Real>& part) {
        Own::template At<I>::template adjoint<way>(context, part, x, dx, d_log_det);
      });
    }
  };
};
static_assert(Layer<Chain<detail::AnyLayer>>);

template <int N, class Policy>
struct Repeat {
  static_assert(N >= 1, "lanes: Repeat<N, Layer> needs N >= 1.");
  static_assert(lanes::Layer<Policy>,
                "lanes: Repeat<N, Layer> repeats a layer, such as a Coupling; a network or a "
                "transform is part of a Coupling.");

  /// Whether every tape is kept; of one that is not, the field before the layer is.
  template <class S>
  static constexpr bool keeps = double(N) * LayerOf<Policy, S>::tape_rows* S::Context::width *
                                    sizeof(typename S::Real) <=
                                double(tape_limit<typename S::Context>);
  /// Rows of the tape from layer to layer.
  template <class S>
  static constexpr int tape_step =
      keeps<S> ? LayerOf<Policy, S>::tape_rows : S::Field::template rows<typename S::Geometry>;
  template <class S>
  using Layers = Copies<typename S::Context, N, LayerOf<Policy, S>, tape_step<S>>;

  template <class S>
  class Layer : public Layers<S> {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using One = LayerOf<Policy, S>;
    using Each = Layers<S>;
    static constexpr int field_rows = S::Field::template rows<typename S::Geometry>;

   public:
    // Where tapes are not kept, one is filled again and again behind the fields.
    static constexpr int tape_rows = Each::tape_rows + (keeps<S> ? 0 : One::tape_rows);

    template <Way way, class Probe = NoProbe>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x, Rows<double> log_det,
                     const Probe& probe = {}) {
      Each::template each<way>(share, [&](int, const Share<Real>& one) {
        if constexpr (!keeps<S> && way == Way::forward) copy(context, x, one.tape, field_rows);
        detail::probed_move<way, One>(context, filled(share, one), x, log_det, probe);
        if constexpr (!keeps<S> && way == Way::inverse) copy(context, x, one.tape, field_rows);
      });
    }
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      Each::template each<opposite(way)>(share, [&](int, const Share<Real>& one) {
        if constexpr (!keeps<S>) refill(context, filled(share, one), one.tape);
        One::template adjoint<way>(context, filled(share, one), x, dx, d_log_det);
      });
    }

   private:
    // The share of a layer with the tape that it fills.
    static Share<Real> filled(const Share<Real>& all, const Share<Real>& one) {
      if constexpr (keeps<S>)
        return one;
      else
        return {one.weights, one.gradient, all.tape.from(Each::tape_rows), one.turn};
    }
    static void refill(Context& context, const Share<Real>& one, Rows<Real> before) {
      if constexpr (RefillableLayer<One, Context>) {
        One::refill(context, one, before);
      } else {
        typename Context::Scope scope(context);
        const Rows<Real> x = context.template rows<Real>(field_rows);
        const Rows<double> unused = context.template rows<double>(1);
        copy(context, before, x, field_rows);
        fill(context, unused, 1);
        One::template move<Way::forward>(context, one, x, unused);
      }
    }
  };
};
static_assert(Layer<Repeat<2, detail::AnyLayer>>);

}  // namespace lanes
