// SPDX-License-Identifier: BSD-3-Clause
//
// Stack: contractions with activations between them; what ConvNet and DenseNet are made of.
//
//   a_0 = input,  a_l = hidden(contraction_l(a_{l-1})),  output = final(contraction_n(a_{n-1}))
//
// Everything is per lane. Shapes, in rows (contraction/stencil.hpp): input [in][input pitch],
// output [out][pitch], tape [tape_rows]: the hidden activations, which forward writes and adjoint
// reads; the first are computed again instead where that costs little. Parameters: contraction by
// contraction, weight [out][in][taps], then bias [out] (PyTorch's order). Start values: PyTorch's
// default, U(-1/sqrt(fan_in), 1/sqrt(fan_in)); the last contraction zero if ZeroLast, which makes a
// coupling start as the identity.
#pragma once

#include <cmath>
#include <tuple>
#include <type_traits>
#include <utility>

#include <lanes/backend/backend.hpp>
#include <lanes/backend/contractions.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/core/parts.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/network/activation.hpp>

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

/// Contraction L of a stack as a part of a model, with the rows that its output keeps.
template <class Contraction, class S, bool First, bool Zero, int Tape>
struct StackPart : ContractionPart<Contraction> {
  static constexpr int tape_rows = Tape;

  template <class Random, class Real>
  static void initialise(Random& random, Real* external) {
    const double bound = Zero ? 0 : 1 / std::sqrt(double(S::in) * S::taps);
    for (int i = 0; i < Contraction::parameters; ++i)
      external[i] = static_cast<Real>(random.uniform(bound));
  }
  // What is the same on every site enters through the biases of the first.
  static void conditioned(bool* marks) {
    for (int i = S::out * S::in * S::taps; First && i < Contraction::parameters; ++i)
      marks[i] = true;
  }
};

/// The first of them, and what follows from their order.
template <class Context, class Hidden, class Final, bool ZeroLast, class Sequence,
          class... Stencils>
struct StackParts;
template <class Context, class Hidden, class Final, bool ZeroLast, int... L, class... Stencils>
struct StackParts<Context, Hidden, Final, ZeroLast, std::integer_sequence<int, L...>, Stencils...> {
  static constexpr int depth = sizeof...(L);
  using First = std::tuple_element_t<0, std::tuple<Stencils...>>;
  // Whether adjoint computes the first activations again: not where a tape is short-lived anyway.
  static constexpr bool again = tape_limit<Context> > 0 && depth > 2 && First::in * 4 <= First::out;
  static constexpr int kept(int l, int rows) {
    if (l + 1 == depth) return Final::from_value ? 0 : rows;
    return l == 0 && again ? 0 : rows * (Hidden::from_value ? 1 : 2);
  }
  using Type =
      Parts<Context, StackPart<ConvolutionFor<Context, Stencils>, Stencils, L == 0,
                               ZeroLast && L + 1 == depth, kept(L, Stencils::out_rows)>...>;
};

}  // namespace detail

template <class Context, class Hidden, class Final, bool ZeroLast, class... Stencils>
class Stack : public detail::StackParts<Context, Hidden, Final, ZeroLast,
                                        std::make_integer_sequence<int, sizeof...(Stencils)>,
                                        Stencils...>::Type {
  using Shape =
      detail::StackParts<Context, Hidden, Final, ZeroLast,
                         std::make_integer_sequence<int, sizeof...(Stencils)>, Stencils...>;
  using Own = typename Shape::Type;
  using Real = typename Context::Real;
  static constexpr int depth = Shape::depth;
  static constexpr bool again = Shape::again;
  template <int L>
  using StencilOf = std::tuple_element_t<std::size_t(L), std::tuple<Stencils...>>;
  template <int L>
  using Contraction = typename Own::template At<L>;
  template <int L>
  static constexpr int values = StencilOf<L>::out_rows;  // rows of a_{L+1}
  using Last = StencilOf<depth - 1>;
  static constexpr int widest = [] {
    int most = 0;
    for (int v : {Stencils::out_rows...}) most = v > most ? v : most;
    return most;
  }();

 public:
  static constexpr int outputs = values<depth - 1>, pitch = Last::out_pitch;

  static void forward(Context& context, const Share<Real>& share, Rows<Real> input,
                      Rows<Real> output) {
    typename Context::Scope scope(context);
    run(Forward{context, share, input, output, first_rows(context)});
    if constexpr (!Final::from_value)
      context.for_each(Last::out * Last::Outputs::size,
                       Activate{tape_of<depth - 1>(share), output});
  }

  template <class Store>
  static void adjoint(Context& context, const Share<Real>& share, Rows<Real> input,
                      Rows<Real> output, Rows<Real> d_output, const Store& store) {
    typename Context::Scope scope(context);
    if constexpr (!std::is_same_v<Final, Identity>)
      context.for_each(
          Last::out * Last::Outputs::size,
          ThroughFinal{d_output, Final::from_value ? output : tape_of<depth - 1>(share)});
    run(Backward<Store>{Forward{context, share, input, output, first_rows(context)},
                        d_output,
                        {context.template rows<Real>(depth > 1 ? widest : 0),
                         context.template rows<Real>(depth > 2 ? widest : 0)},
                        store});
  }

  // Kernels are public: a CUDA compiler names their types.
  // The row of the i-th output.
  LANES_HD static constexpr long output_row(int i) {
    return long(i / Last::Outputs::size) * pitch + i % Last::Outputs::size;
  }
  /// Applies the activation to rows.
  struct Activate {
    Rows<Real> from, to;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(to, output_row(i), Final::apply(lane.load(from, output_row(i))));
    }
  };
  /// The adjoint of the activation of the output.
  struct ThroughFinal {
    Rows<Real> d, kept;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const long row = output_row(i);
      lane.store(d, row, lane.load(d, row) * Final::derivative(lane.load(kept, row)));
    }
  };

 private:
  template <int L>
  static Rows<Real> tape_of(const Share<Real>& share) {
    return share.tape.from(Own::template offset<L>.tape);
  }
  static Rows<Real> first_rows(Context& context) {
    return context.template rows<Real>(again ? values<0> * (Hidden::from_value ? 1 : 2) : 0);
  }

  // Runs the contractions forward, one by one.
  struct Forward {
    Context& context;
    const Share<Real>& share;
    Rows<Real> input, output, first;

    /// Where a_{L+1} is.
    template <int L>
    Rows<Real> activations() const {
      return L == 0 && again ? first : tape_of<L>(share);
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
      const Share<Real> own = share.at(Own::template offset<L>);
      Contraction<L>::forward(context, own.weights, own.turn, input_of<L>(), store);
    }
  };

  // Runs their adjoints, the last first; d_out<L> is the adjoint of what contraction L gave.
  template <class Store>
  struct Backward {
    Forward forward;
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
        fetch(context, from, values<L - 1>);
      if constexpr (L == 0) {
        into<L>(from, d_out, store);
      } else {
        const Rows<Real> kept = from.from(Hidden::from_value ? 0 : values<L - 1>);
        into<L>(from, d_out, detail::StoreThroughActivation<Hidden, Real>{d[(L - 1) % 2], kept});
      }
    }
    template <int L, class To>
    void into(Rows<Real> from, Rows<Real> d_out, const To& to) const {
      const Share<Real> own = forward.share.at(Own::template offset<L>);
      adjoints<Contraction<L>>(forward.context, own.weights, own.gradient, own.turn, from, d_out,
                               to);
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
