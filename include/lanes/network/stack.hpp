// SPDX-License-Identifier: BSD-3-Clause
//
// Stack: contractions with activations between them; what ConvNet and DenseNet are made of.
//
//   a_0 = input,  a_l = hidden(contraction_l(a_{l-1})),  output = final(contraction_n(a_{n-1}))
//
// Everything is per lane. Shapes, in rows: input [input slots][in], output [output slots][out], tape
// [tape_rows]: the hidden activations, which forward writes and adjoint reads.
// Parameters: contraction by contraction, weight [out][in][taps], then bias [out] (PyTorch's order).
// Start values: PyTorch's default, U(-1/sqrt(fan_in), 1/sqrt(fan_in)); the last contraction zero if ZeroLast, which
// makes a coupling start as the identity.
#pragma once

#include <cmath>
#include <tuple>
#include <utility>

#include <lanes/core/layout.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/network/activation.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

namespace detail {

// Stores act(value), and value itself behind all of them if the derivative wants the argument.
template <class Activation, class Real>
struct StoreActivated {
  Rows<Real> to;
  long arguments;
  template <class Lane, class T>
  LANES_HD LANES_INLINE void operator()(Lane lane, long row, T value) const {
    lane.store(to, row, Activation::apply(value));
    if constexpr (!Activation::from_value) lane.store(to, arguments + row, value);
  }
  template <class Lane>
  LANES_HD LANES_INLINE void ahead(Lane lane, long row) const {
    lane.fetch(to, row);
  }
};

// Stores value * act'(kept): the adjoint through an activation.
template <class Activation, class Real>
struct StoreThroughActivation {
  Rows<Real> to, kept;
  template <class Lane, class T>
  LANES_HD LANES_INLINE void operator()(Lane lane, long row, T value) const {
    lane.store(to, row, value * Activation::derivative(lane.load(kept, row)));
  }
  template <class Lane>
  LANES_HD LANES_INLINE void ahead(Lane lane, long row) const {
    lane.fetch(kept, row);
  }
};

template <class Activation, class Real>
struct ThroughActivation {
  Rows<Real> d, kept;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int row, Lane lane) const {
    lane.store(d, row, lane.load(d, row) * Activation::derivative(lane.load(kept, row)));
  }
};

}  // namespace detail

template <class Context, class Hidden, class Final, bool ZeroLast, class... Stencils>
class Stack {
  using Real = typename Context::Real;
  static constexpr int depth = sizeof...(Stencils);
  template <int L>
  using StencilOf = std::tuple_element_t<L, std::tuple<Stencils...>>;
  template <int L>
  using Contraction = typename Context::template Convolution<StencilOf<L>>;
  template <int L>
  static constexpr int values = StencilOf<L>::Outputs::size* StencilOf<L>::out;  // rows of a_{L+1}

  template <class Sequence>
  struct Layout;
  template <int... L>
  struct Layout<std::integer_sequence<int, L...>> {
    static constexpr auto parameters = detail::running_sums(Contraction<L>::parameters...);
    static constexpr auto weights =
        detail::running_sums(Context::aligned_size(Contraction<L>::weights)...);
    static constexpr auto gradients =
        detail::running_sums(Context::aligned_size(Contraction<L>::gradients)...);
    static constexpr auto tape =
        detail::running_sums((L + 1 < depth ? values<L> * (Hidden::from_value ? 1 : 2)
                                            : (Final::from_value ? 0 : values<L>))...);
    static constexpr int widest = [] {
      int most = 0;
      for (int v : {values<L>...}) most = v > most ? v : most;
      return most;
    }();
  };
  using At = Layout<std::make_integer_sequence<int, depth>>;

 public:
  static constexpr int parameters = At::parameters[depth];
  static constexpr int weights = At::weights[depth];
  static constexpr int gradients = At::gradients[depth];
  static constexpr int tape_rows = At::tape[depth];
  static constexpr int outputs = values<depth - 1>;

  static void initialise(Initialiser& random, Real* external) {
    each([&]<int L>(Number<L>) { initialise_one<L>(random, external); });
  }

  static void prepare(const Real* external, Real* prepared) {
    each([&]<int L>(Number<L>) {
      Contraction<L>::prepare(external + At::parameters[L], prepared + At::weights[L]);
    });
  }

  static void collect(const Real* gradient, Real* external) {
    each([&]<int L>(Number<L>) {
      Contraction<L>::collect(gradient + At::gradients[L], external + At::parameters[L]);
    });
  }

  /// Sets output; fills the tape.
  static void forward(Context& context, const Real* prepared, int variant, Rows<Real> input,
                      Rows<Real> output, Rows<Real> tape) {
    each([&]<int L>(Number<L>) {
      forward_one<L>(context, prepared + At::weights[L], variant, input, output, tape);
    });
  }

  /// d_output: in, the adjoint of output; destroyed. Adds to gradient (skipped if null), and calls
  /// store(lane, input row, value) with the adjoint of the input.
  template <class Store>
  static void adjoint(Context& context, const Real* prepared, Real* gradient, int variant,
                      Rows<Real> input, Rows<Real> output, Rows<Real> d_output, Rows<Real> tape,
                      Store store) {
    typename Context::Scope scope(context);
    const Rows<Real> d[2] = {context.template rows<Real>(depth > 1 ? At::widest : 0),
                             context.template rows<Real>(depth > 2 ? At::widest : 0)};
    context.for_each(outputs,
                     detail::ThroughActivation<Final, Real>{
                         d_output, Final::from_value ? output : tape.from(At::tape[depth - 1])});
    each([&]<int L>(Number<L>) {
      adjoint_one<depth - 1 - L>(context, prepared, gradient, variant, input, d_output, tape, d,
                                 store);
    });
  }

  struct Activate {  // public: a CUDA compiler names the types of kernels
    Rows<Real> from, to;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int row, Lane lane) const {
      lane.store(to, row, Final::apply(lane.load(from, row)));
    }
  };

 private:
  template <int L>
  using Number = std::integral_constant<int, L>;

  template <int L>
  static void initialise_one(Initialiser& random, Real* external) {
    using S = StencilOf<L>;
    const double bound = ZeroLast && L == depth - 1 ? 0 : 1 / std::sqrt(double(S::in) * S::taps);
    for (int i = 0; i < Contraction<L>::parameters; ++i)
      external[At::parameters[L] + i] = static_cast<Real>(random.uniform(bound));
  }

  template <int L>
  static void forward_one(Context& context, const Real* weights, int variant, Rows<Real> input,
                          Rows<Real> output, Rows<Real> tape) {
    const Rows<Real> from = L == 0 ? input : tape.from(At::tape[L - (L > 0)]);
    if constexpr (L + 1 < depth) {
      Contraction<L>::forward(
          context, weights, variant, from,
          detail::StoreActivated<Hidden, Real>{tape.from(At::tape[L]), values<L>});
    } else if constexpr (Final::from_value) {
      Contraction<L>::forward(context, weights, variant, from,
                              detail::StoreActivated<Final, Real>{output, 0});
    } else {
      Contraction<L>::forward(context, weights, variant, from,
                              detail::StoreActivated<Identity, Real>{tape.from(At::tape[L]), 0});
      context.for_each(values<L>, Activate{tape.from(At::tape[L]), output});
    }
  }

  template <int L, class Store>
  static void adjoint_one(Context& context, const Real* prepared, Real* gradient, int variant,
                          Rows<Real> input, Rows<Real> d_output, Rows<Real> tape,
                          const Rows<Real> (&d)[2], Store store) {
    const Rows<Real> d_out = L == depth - 1 ? d_output : d[L % 2];
    const Rows<Real> from = L == 0 ? input : tape.from(At::tape[L - (L > 0)]);
    if constexpr (L > 0) context.fetch(from, values<(L > 0 ? L - 1 : 0)>);
    if (gradient)
      Contraction<L>::weight_adjoint(context, gradient + At::gradients[L], variant, from, d_out);
    if constexpr (L == 0) {
      Contraction<L>::input_adjoint(context, prepared + At::weights[L], variant, d_out, store);
    } else {
      const Rows<Real> kept = from.from(Hidden::from_value ? 0 : values<L - 1>);
      Contraction<L>::input_adjoint(
          context, prepared + At::weights[L], variant, d_out,
          detail::StoreThroughActivation<Hidden, Real>{d[(L - 1) % 2], kept});
    }
  }

  template <class F>
  static void each(F&& f) {
    [&]<int... L>(std::integer_sequence<int, L...>) { (f(Number<L>{}), ...); }
    (std::make_integer_sequence<int, depth>{});
  }
};

}  // namespace lanes
