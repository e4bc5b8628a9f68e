// SPDX-License-Identifier: BSD-3-Clause
//
// What a contraction is, in plain loops (contraction/contraction.hpp lists its members):
// convolutions of a stencil (contraction/stencil.hpp) and masked matrices
// (contraction/masked_shape.hpp), numbers in external order. They run on every context with one
// cursor for all its lanes, context.lane().
#pragma once

#include <cstddef>

#include <lanes/contraction/masked_shape.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

namespace detail {

/// x[row] += value
template <class Lane, class Real, class T>
LANES_INLINE void add(Lane lane, Rows<Real> x, int row, T value) {
  lane.store(x, row, lane.load(x, row) + value);
}

}  // namespace detail

/// Parameters, weights and gradients are one layout: weight [out][in], then bias.
template <int Matrix, int Bias, class Real>
struct SerialLayout {
  static constexpr int parameters = Matrix + Bias, weights = parameters, gradients = parameters;
  static void pack(const Real* external, Real* packed) {
    for (int i = 0; i < parameters; ++i) packed[i] = external[i];
  }
  static void unpack(const Real* gradient, Real* external) {
    for (int i = 0; i < parameters; ++i) external[i] += gradient[i];
  }
};

/// out[x][o] = bias[o] + sum over i, t of weight[o][i][t] (in[source(x, t)][i] + one(i))
/// (contraction/stencil.hpp).
template <class S, class Real>
class SerialConvolution
    : public SerialLayout<S::in * S::out * S::taps, S::bias ? S::out : 0, Real> {
  using In = typename S::Inputs;
  using Out = typename S::Outputs;
  static constexpr int bias = S::in * S::out * S::taps;
  static constexpr int weight(int o, int i, int t) { return (o * S::in + i) * S::taps + t; }
  static constexpr Real one(int i) { return i < 32 && (S::ones >> i & 1u) ? Real(1) : Real(0); }

  // f(slot of the output, channel of it, row of the input or -1 where it is hidden, channel, tap)
  template <class F>
  static void for_products(int variant, const F& f) {
    int row[std::size_t(S::volume)];
    for (int& r : row) r = -1;
    for (int k = 0; k < In::size; ++k) row[In::site(variant, k)] = In::slot(variant, k);
    for (int k = 0; k < Out::size; ++k)
      for (int o = 0; o < S::out; ++o)
        for (int i = 0; i < S::in; ++i)
          for (int t = 0; t < S::taps; ++t)
            f(Out::slot(variant, k), o, row[S::source(Out::site(variant, k), t)], i, t);
  }

 public:
  template <class Context, class Store>
  static void forward(Context& context, const Real* w, int variant, Rows<Real> input,
                      const Store& store) {
    typename Context::Scope scope(context);
    const auto lane = context.lane();
    using T = decltype(lane.load(input));
    const auto y = context.template rows<Real>(S::out_rows);
    for (int r = 0; r < S::out_rows; ++r)
      lane.store(y, r, T(S::bias ? w[bias + r / S::out_pitch] : Real(0)));
    for_products(variant, [&](int slot, int o, int row, int i, int t) {
      detail::add(lane, y, o * S::out_pitch + slot,
                  T(w[weight(o, i, t)]) * read(lane, input, row, i));
    });
    store_all<Out, S::out, S::out_pitch>(lane, variant, y, store);
  }
  template <class Context, class Store>
  static void input_adjoint(Context& context, const Real* w, int variant, Rows<Real> d_out,
                            const Store& store) {
    typename Context::Scope scope(context);
    const auto lane = context.lane();
    using T = decltype(lane.load(d_out));
    const auto dx = context.template rows<Real>(S::in_rows);
    for (int r = 0; r < S::in_rows; ++r) lane.store(dx, r, T(0));
    for_products(variant, [&](int slot, int o, int row, int i, int t) {
      if (row >= 0)
        detail::add(lane, dx, i * S::in_pitch + row,
                    T(w[weight(o, i, t)]) * lane.load(d_out, o * S::out_pitch + slot));
    });
    store_all<In, S::in, S::in_pitch>(lane, variant, dx, store);
  }
  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, int variant, Rows<Real> input,
                             Rows<Real> d_out) {
    const auto lane = context.lane();
    for_products(variant, [&](int slot, int o, int row, int i, int t) {
      gradient[weight(o, i, t)] +=
          reduce_add(read(lane, input, row, i) * lane.load(d_out, o * S::out_pitch + slot));
    });
    for (int k = 0; S::bias && k < Out::size; ++k)
      for (int o = 0; o < S::out; ++o)
        gradient[bias + o] +=
            reduce_add(lane.load(d_out, o * S::out_pitch + Out::slot(variant, k)));
  }

 private:
  // Channel i of a row of the input, 0 where it is hidden.
  template <class Lane>
  static auto read(Lane lane, Rows<Real> input, int row, int i) {
    using T = decltype(lane.load(input));
    return (row < 0 ? T(0) : lane.load(input, i * S::in_pitch + row)) + T(one(i));
  }
  template <class Sites, int Channels, int Pitch, class Lane, class Store>
  static void store_all(Lane lane, int variant, Rows<Real> from, const Store& store) {
    for (int k = 0; k < Sites::size; ++k)
      for (int c = 0; c < Channels; ++c) {
        const int row = c * Pitch + Sites::slot(variant, k);
        store(lane, long(row), lane.load(from, row));
      }
  }
};

/// The masked matrix of an autoregressive layer (contraction/masked_shape.hpp) times columns of the
/// lane.
template <class ShapeOf, int Columns, class Real>
class SerialMasked : public SerialLayout<ShapeOf::value.inputs() * ShapeOf::value.outputs(),
                                         ShapeOf::value.bias ? ShapeOf::value.outputs() : 0, Real> {
  static constexpr MaskedShape shape = ShapeOf::value;
  static constexpr int inputs = shape.inputs(), bias = inputs * shape.outputs();

  // f(output, input, column) for what the mask lets through.
  template <class F>
  static void for_products(const F& f) {
    for (int o = 0; o < shape.outputs(); ++o)
      for (int i = 0; i < shape.visible_inputs(o); ++i)
        for (int c = 0; c < Columns; ++c) f(o, i, c);
  }

 public:
  /// Of block t, what earlier blocks contribute.
  template <class Context>
  static void rectangle(Context& context, const Real* w, int t, Rows<Real> in, Rows<Real> out) {
    const auto lane = context.lane();
    using T = decltype(lane.load(in));
    for (int o = shape.output(t); o < shape.output(t + 1); ++o)
      for (int c = 0; c < Columns; ++c) {
        T sum(shape.bias ? w[bias + o] : Real(0));
        for (int i = 0; i < shape.seen(t); ++i)
          sum += T(w[o * inputs + i]) * lane.load(in, i * Columns + c);
        lane.store(out, o * Columns + c, sum);
      }
  }
  /// Where the weights of block t's own inputs lie: [i * in_step + output * out_step].
  struct Triangle {
    const Real* weight;
    int in_step, out_step;
  };
  static Triangle triangle(const Real* w, int t) {
    return {w + shape.output(t) * inputs + shape.seen(t), 1, inputs};
  }
  template <class Context>
  static void input_adjoint(Context& context, const Real* w, Rows<Real> d_out, Rows<Real> d_in) {
    const auto lane = context.lane();
    using T = decltype(lane.load(d_out));
    for (int i = 0; i < inputs * Columns; ++i) lane.store(d_in, i, T(0));
    for_products([&](int o, int i, int c) {
      detail::add(lane, d_in, i * Columns + c,
                  T(w[o * inputs + i]) * lane.load(d_out, o * Columns + c));
    });
  }
  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, Rows<Real> in, Rows<Real> d_out) {
    const auto lane = context.lane();
    for_products([&](int o, int i, int c) {
      gradient[o * inputs + i] +=
          reduce_add(lane.load(in, i * Columns + c) * lane.load(d_out, o * Columns + c));
    });
    if (shape.bias) row_sums(context, gradient + bias, d_out, shape.outputs());
  }
  template <class Context>
  static void row_sums(Context& context, Real* into, Rows<Real> from, int rows) {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < Columns; ++c)
        into[r] += reduce_add(context.lane().load(from, r * Columns + c));
  }
};

}  // namespace lanes
