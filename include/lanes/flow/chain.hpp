// SPDX-License-Identifier: BSD-3-Clause
//
// Chain<A, B, ...>: layers in a row, x_L = f_L(... f_1(x_0)).   Repeat<N, Layer>: N copies of a layer, each with
// parameters of its own; one instantiation of the code, whatever N. Both are layers
// (flow/coupling.hpp).
//
// Memory: Repeat keeps each layer's tape where N of them stay below Context::tape_limit bytes a
// tile; else it keeps only the field before each layer and computes a layer's tape again when its
// adjoint wants it.
#pragma once

#include <tuple>
#include <utility>

#include <lanes/core/kernels.hpp>
#include <lanes/core/layout.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/slots.hpp>
#include <lanes/network/conditioned.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

/// What a chain tells while it moves x: called as probe(position, x) after each layer. This one
/// listens to nothing.
struct NoProbe {
  template <class Real>
  void operator()(int, Rows<Real>) const {}
};

namespace detail {

// Calls forward with the probe where the layer takes one (it is made of layers), else probes after
// it.
template <class Layer, class Context, class Real, class Probe>
void probed_forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                    Rows<double> log_det, Rows<Real> tape, const Probe& probe) {
  if constexpr (requires {
                  Layer::forward(context, prepared, position, x, log_det, tape, probe);
                }) {
    Layer::forward(context, prepared, position, x, log_det, tape, probe);
  } else {
    Layer::forward(context, prepared, position, x, log_det, tape);
    probe(position, x);
  }
}

}  // namespace detail

template <class... LayerPolicies>
struct Chain {
  static_assert(sizeof...(LayerPolicies) > 0, "lanes: a Chain has at least one layer.");
  static_assert((is_layer<LayerPolicies> && ...),
                "lanes: a Chain is made of layers, such as Coupling, Repeat or Rescaling; a "
                "network or a transform is part of a Coupling.");

  template <class Context, class Field, class Geometry>
  class On {
    using Real = typename Context::Real;
    static constexpr int depth = sizeof...(LayerPolicies);
    template <int L>
    using Layer = typename std::tuple_element_t<
        std::size_t(L), std::tuple<LayerPolicies...>>::template On<Context, Field, Geometry>;

    template <class Sequence>
    struct Layout;
    template <int... L>
    struct Layout<std::integer_sequence<int, L...>> {
      static constexpr auto positions = detail::running_sums(Layer<L>::positions...);
      static constexpr auto parameters = detail::running_sums(Layer<L>::parameters...);
      static constexpr auto weights = detail::running_sums(Layer<L>::weights...);
      static constexpr auto gradients =
          detail::running_sums(Context::aligned_size(Layer<L>::gradients)...);
      static constexpr auto tape = detail::running_sums(Layer<L>::tape_rows...);
    };
    using At = Layout<std::make_integer_sequence<int, depth>>;

   public:
    static constexpr int positions = At::positions[depth], parameters = At::parameters[depth];
    static constexpr int weights = At::weights[depth], gradients = At::gradients[depth];
    static constexpr int tape_rows = At::tape[depth];

    static void initialise(Initialiser& random, Real* external) {
      each([&](auto l) { Layer<l.value>::initialise(random, external + At::parameters[l.value]); });
    }
    static void prepare(const Real* external, Real* prepared) {
      each([&](auto l) {
        Layer<l.value>::prepare(external + At::parameters[l.value],
                                prepared + At::weights[l.value]);
      });
    }
    static void collect(const Real* gradient, Real* external) {
      each([&](auto l) {
        Layer<l.value>::collect(gradient + At::gradients[l.value],
                                external + At::parameters[l.value]);
      });
    }
    static void conditioned(bool* marks) {
      each([&](auto l) {
        detail::mark_conditioned<Layer<l.value>>(marks + At::parameters[l.value]);
      });
    }

    template <class Probe = NoProbe>
    static void forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape, const Probe& probe = {}) {
      each([&](auto l) {
        detail::probed_forward<Layer<l.value>>(context, prepared + At::weights[l.value],
                                               position + At::positions[l.value], x, log_det,
                                               tape.from(At::tape[l.value]), probe);
      });
    }
    static void inverse(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      each_reversed([&](auto l) {
        Layer<l.value>::inverse(context, prepared + At::weights[l.value],
                                position + At::positions[l.value], x, log_det,
                                tape.from(At::tape[l.value]));
      });
    }
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      each_reversed([&](auto l) {
        Layer<l.value>::forward_adjoint(
            context, prepared + At::weights[l.value], within<l.value>(gradient),
            position + At::positions[l.value], x, dx, d_log_det, tape.from(At::tape[l.value]));
      });
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      each([&](auto l) {
        Layer<l.value>::inverse_adjoint(
            context, prepared + At::weights[l.value], within<l.value>(gradient),
            position + At::positions[l.value], x, dx, d_log_det, tape.from(At::tape[l.value]));
      });
    }

   private:
    template <int L>
    static Real* within(Real* gradient) {
      return gradient ? gradient + At::gradients[L] : nullptr;
    }
    template <class F>
    static void each(F&& f) {
      [&]<int... L>(std::integer_sequence<int, L...>) {
        (f(std::integral_constant<int, L>{}), ...);
      }(std::make_integer_sequence<int, depth>{});
    }
    template <class F>
    static void each_reversed(F&& f) {
      [&]<int... L>(std::integer_sequence<int, L...>) {
        (f(std::integral_constant<int, depth - 1 - L>{}), ...);
      }(std::make_integer_sequence<int, depth>{});
    }
  };

  template <class Context, class Field, class Geometry>
  requires(!(is_layer<LayerPolicies> && ...)) class On<Context, Field, Geometry>
      : public detail::NoLayer<Context> {};
};

template <int N, class LayerPolicy>
struct Repeat {
  static_assert(N >= 1, "lanes: Repeat<N, Layer> needs N >= 1.");
  static_assert(is_layer<LayerPolicy>,
                "lanes: Repeat<N, Layer> repeats a layer, such as a Coupling; a network or a "
                "transform is part of a Coupling.");

  template <class Context, class Field, class Geometry>
  class On {
    using Real = typename Context::Real;
    using Layer = typename LayerPolicy::template On<Context, Field, Geometry>;
    static constexpr int field_rows = Field::template rows<Geometry>;
    static constexpr int gradient_step = Context::aligned_size(Layer::gradients);
    static constexpr bool keeps =
        double(N) * Layer::tape_rows * Context::width * sizeof(Real) <= double(Context::tape_limit);
    static constexpr int tape_step = keeps ? Layer::tape_rows : field_rows;
    static constexpr int at_shared =
        N * tape_step;  // the one layer's tape that is filled again and again

   public:
    static constexpr int positions = N * Layer::positions, parameters = N * Layer::parameters;
    static constexpr int weights = N * Layer::weights, gradients = N * gradient_step;
    static constexpr int tape_rows = keeps ? N * Layer::tape_rows : at_shared + Layer::tape_rows;

    static void initialise(Initialiser& random, Real* external) {
      for (int l = 0; l < N; ++l) Layer::initialise(random, external + l * Layer::parameters);
    }
    static void prepare(const Real* external, Real* prepared) {
      for (int l = 0; l < N; ++l)
        Layer::prepare(external + l * Layer::parameters, prepared + l * Layer::weights);
    }
    static void collect(const Real* gradient, Real* external) {
      for (int l = 0; l < N; ++l)
        Layer::collect(gradient + l * gradient_step, external + l * Layer::parameters);
    }
    static void conditioned(bool* marks) {
      for (int l = 0; l < N; ++l) detail::mark_conditioned<Layer>(marks + l * Layer::parameters);
    }

    template <class Probe = NoProbe>
    static void forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape, const Probe& probe = {}) {
      for (int l = 0; l < N; ++l) {
        if constexpr (!keeps) copy(context, x, tape.from(l * tape_step), field_rows);
        detail::probed_forward<Layer>(context, prepared + l * Layer::weights,
                                      position + l * Layer::positions, x, log_det, tape_of(tape, l),
                                      probe);
      }
    }
    static void inverse(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      for (int l = N - 1; l >= 0; --l) {
        Layer::inverse(context, prepared + l * Layer::weights, position + l * Layer::positions, x,
                       log_det, tape_of(tape, l));
        if constexpr (!keeps) copy(context, x, tape.from(l * tape_step), field_rows);
      }
    }
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      for (int l = N - 1; l >= 0; --l) {
        recompute(context, prepared, position, tape, l);
        Layer::forward_adjoint(context, prepared + l * Layer::weights,
                               gradient ? gradient + l * gradient_step : nullptr,
                               position + l * Layer::positions, x, dx, d_log_det, tape_of(tape, l));
      }
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      for (int l = 0; l < N; ++l) {
        recompute(context, prepared, position, tape, l);
        Layer::inverse_adjoint(context, prepared + l * Layer::weights,
                               gradient ? gradient + l * gradient_step : nullptr,
                               position + l * Layer::positions, x, dx, d_log_det, tape_of(tape, l));
      }
    }

   private:
    static Rows<Real> tape_of(Rows<Real> tape, int l) {
      return tape.from(keeps ? l * tape_step : at_shared);
    }

    static void recompute(Context& context, const Real* prepared, int position, Rows<Real> tape,
                          int l) {
      if constexpr (keeps) {
      } else if constexpr (requires { Layer::refill(context, prepared, position, tape, tape); }) {
        Layer::refill(context, prepared + l * Layer::weights, position + l * Layer::positions,
                      tape.from(l * tape_step), tape_of(tape, l));
      } else {
        typename Context::Scope scope(context);
        const Rows<Real> x = context.template rows<Real>(field_rows);
        const Rows<double> unused = context.template rows<double>(1);
        copy(context, tape.from(l * tape_step), x, field_rows);
        fill(context, unused, 1);
        Layer::forward(context, prepared + l * Layer::weights, position + l * Layer::positions, x,
                       unused, tape_of(tape, l));
      }
    }
  };

  template <class Context, class Field, class Geometry>
  requires(!is_layer<LayerPolicy>) class On<Context, Field, Geometry>
      : public detail::NoLayer<Context> {};
};

}  // namespace lanes
