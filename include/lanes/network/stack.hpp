// SPDX-License-Identifier: BSD-3-Clause
//
// Stack: contractions with activations between them; what ConvNet and DenseNet are made of.
//
//   a_0 = input,  a_l = hidden(contraction_l(a_{l-1})),  output = final(contraction_n(a_{n-1}))
//
// Everything is per lane. Shapes, in rows (network/stencil.hpp): input [in][input pitch], output
// [out][pitch], tape [tape_rows]: the hidden activations, which forward writes and adjoint reads;
// the first are computed again instead where that costs little. Parameters: contraction by
// contraction, weight [out][in][taps], then bias [out] (PyTorch's order). Start values: PyTorch's
// default, U(-1/sqrt(fan_in), 1/sqrt(fan_in)); the last contraction zero if ZeroLast, which makes a
// coupling start as the identity.
#pragma once

#include <cmath>
#include <tuple>
#include <type_traits>
#include <utility>

#include <lanes/backend/adjoints.hpp>
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

}  // namespace detail

template <class Context, class Hidden, class Final, bool ZeroLast, class... Stencils>
class Stack {
  using Real = typename Context::Real;
  static constexpr int depth = sizeof...(Stencils);
  template <int L>
  using StencilOf = std::tuple_element_t<std::size_t(L), std::tuple<Stencils...>>;
  template <int L>
  using Contraction = typename Context::template Convolution<StencilOf<L>>;
  template <int L>
  static constexpr int values = StencilOf<L>::out_rows;  // rows of a_{L+1}
  template <int L>
  static constexpr int hidden_rows = values<L>*(Hidden::from_value ? 1 : 2);
  using Last = StencilOf<depth - 1>;
  // Whether adjoint computes the first activations again: not where a tape is short-lived anyway.
  static constexpr bool again =
      Context::tape_limit > 0 && depth > 2 && StencilOf<0>::in * 4 <= StencilOf<0>::out;

  template <class Sequence>
  struct Layout;
  template <int... L>
  struct Layout<std::integer_sequence<int, L...>> {
    static constexpr auto parameters = detail::running_sums(Contraction<L>::parameters...);
    static constexpr auto weights =
        detail::running_sums(Context::aligned_size(Contraction<L>::weights)...);
    static constexpr auto gradients =
        detail::running_sums(Context::aligned_size(Contraction<L>::gradients)...);
    static constexpr auto tape = detail::running_sums((L == 0 && again     ? 0
                                                       : L + 1 < depth     ? hidden_rows<L>
                                                       : Final::from_value ? 0
                                                                           : values<L>)...);
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
  static constexpr int outputs = values<depth - 1>, pitch = Last::out_pitch;

  static void initialise(Initialiser& random, Real* external) { run(Initialise{random, external}); }
  static void prepare(const Real* external, Real* prepared) { run(Prepare{external, prepared}); }
  static void collect(const Real* gradient, Real* external) { run(Collect{gradient, external}); }
  /// The biases of the first contraction (network/conditioned.hpp).
  static void conditioned(bool* marks) {
    using First = StencilOf<0>;
    for (int i = First::out * First::in * First::taps; i < At::parameters[1]; ++i) marks[i] = true;
  }

  /// Sets output; fills the tape.
  static void forward(Context& context, const Real* prepared, int variant, Rows<Real> input,
                      Rows<Real> output, Rows<Real> tape) {
    typename Context::Scope scope(context);
    run(Forward{context, prepared, variant, input, output, first_rows(context), tape});
    if constexpr (!Final::from_value)
      context.for_each(Last::out * Last::Outputs::size,
                       Activate{tape.from(At::tape[depth - 1]), output});
  }

  /// d_output: in, the adjoint of output; destroyed. Adds to gradient (skipped if null), and calls
  /// store(lane, input row, value) with the adjoint of the input.
  template <class Store>
  static void adjoint(Context& context, const Real* prepared, Real* gradient, int variant,
                      Rows<Real> input, Rows<Real> output, Rows<Real> d_output, Rows<Real> tape,
                      const Store& store) {
    typename Context::Scope scope(context);
    if constexpr (!std::is_same_v<Final, Identity>)
      context.for_each(
          Last::out * Last::Outputs::size,
          ThroughFinal{d_output, Final::from_value ? output : tape.from(At::tape[depth - 1])});
    run(Backward<Store>{
        Forward{context, prepared, variant, input, output, first_rows(context), tape},
        gradient,
        d_output,
        {context.template rows<Real>(depth > 1 ? At::widest : 0),
         context.template rows<Real>(depth > 2 ? At::widest : 0)},
        store});
  }

  // Kernels are public: a CUDA compiler names their types.
  // The row of the i-th output.
  LANES_HD static constexpr long output_row(int i) {
    return long(i / Last::Outputs::size) * pitch + i % Last::Outputs::size;
  }
  struct Activate {
    Rows<Real> from, to;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(to, output_row(i), Final::apply(lane.load(from, output_row(i))));
    }
  };
  struct ThroughFinal {
    Rows<Real> d, kept;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const long row = output_row(i);
      lane.store(d, row, lane.load(d, row) * Final::derivative(lane.load(kept, row)));
    }
  };

 private:
  struct Initialise {
    Initialiser& random;
    Real* external;
    template <int L>
    void run() const {
      using S = StencilOf<L>;
      const double bound = ZeroLast && L == depth - 1 ? 0 : 1 / std::sqrt(double(S::in) * S::taps);
      for (int i = 0; i < Contraction<L>::parameters; ++i)
        external[At::parameters[L] + i] = static_cast<Real>(random.uniform(bound));
    }
  };
  struct Prepare {
    const Real* external;
    Real* prepared;
    template <int L>
    void run() const {
      Contraction<L>::prepare(external + At::parameters[L], prepared + At::weights[L]);
    }
  };
  struct Collect {
    const Real* gradient;
    Real* external;
    template <int L>
    void run() const {
      Contraction<L>::collect(gradient + At::gradients[L], external + At::parameters[L]);
    }
  };

  static Rows<Real> first_rows(Context& context) {
    return context.template rows<Real>(again ? hidden_rows<0> : 0);
  }

  // Runs the contractions forward, one by one.
  struct Forward {
    Context& context;
    const Real* prepared;
    int variant;
    Rows<Real> input, output, first, tape;

    /// Where a_{L+1} is.
    template <int L>
    Rows<Real> activations() const {
      return L == 0 && again ? first : tape.from(At::tape[L]);
    }
    template <int L>
    Rows<Real> input_of() const {
      if constexpr (L == 0)
        return input;
      else
        return activations<L - 1>();
    }

    template <int L>
    void run() const {
      if constexpr (L + 1 < depth)
        into<L>(detail::StoreActivated<Hidden, Real>{activations<L>(), values<L>});
      else if constexpr (Final::from_value)
        into<L>(detail::StoreActivated<Final, Real>{output, 0});
      else
        into<L>(detail::StoreActivated<Identity, Real>{activations<L>(), 0});
    }
    template <int L, class Store>
    void into(const Store& store) const {
      Contraction<L>::forward(context, prepared + At::weights[L], variant, input_of<L>(), store);
    }
  };

  // Runs their adjoints, the last first; d_out<L> is the adjoint of what contraction L gave.
  template <class Store>
  struct Backward {
    Forward forward;
    Real* gradient;
    Rows<Real> d_output, d[2];
    Store store;

    template <int Reversed>
    void run() const {
      constexpr int L = depth - 1 - Reversed;
      Context& context = forward.context;
      const Rows<Real> d_out = L == depth - 1 ? d_output : d[L % 2];
      const Rows<Real> from = forward.template input_of<L>();
      if constexpr (L == 1 && again)
        forward.template run<0>();
      else if constexpr (L > 0)
        context.fetch(from, values<L - 1>);
      if constexpr (L == 0) {
        into<L>(from, d_out, store);
      } else {
        const Rows<Real> kept = from.from(Hidden::from_value ? 0 : values<L - 1>);
        into<L>(from, d_out, detail::StoreThroughActivation<Hidden, Real>{d[(L - 1) % 2], kept});
      }
    }
    template <int L, class To>
    void into(Rows<Real> from, Rows<Real> d_out, const To& to) const {
      adjoints<Contraction<L>>(forward.context, forward.prepared + At::weights[L],
                               gradient ? gradient + At::gradients[L] : nullptr, forward.variant,
                               from, d_out, to);
    }
  };

  template <class Pass>
  static void run(const Pass& pass) {
    run_all(pass, std::make_integer_sequence<int, depth>{});
  }
  template <class Pass, int... L>
  static void run_all(const Pass& pass, std::integer_sequence<int, L...>) {
    (pass.template run<L>(), ...);
  }
};

}  // namespace lanes
