// SPDX-License-Identifier: BSD-3-Clause
//
// MaskedContraction: the masked matrix of an autoregressive layer (contraction/masked_shape.hpp)
// times columns of lanes, on the device: a drop-in for that of the Cpu (same operations),
// parameters and gradients in external order, weight [out][in], then bias. Rows are
// [unit][Columns], so a product is one of a matrix with Columns times lanes() numbers a row. Masked
// entries are neither read nor given a gradient.
#pragma once

#include <cstddef>

#include <lanes/backend/thrust/context.hpp>
#include <lanes/backend/thrust/multiplier.hpp>
#include <lanes/contraction/masked_shape.hpp>

namespace lanes::device {

/// values += bias of their row, or = bias
template <class Real>
struct AddBias {
  Rows<Real> values;
  const Real* bias;  // null: zero
  int columns;
  bool set;
  LANES_HD void operator()(int i, ThrustLane lane) const {
    const Pack<Real, 1> b(bias ? bias[i / columns] : Real(0));
    lane.store(values, i, set ? b : lane.load(values, i) + b);
  }
};

/// to = from where the mask lets an output see an input, else zero.
template <class Real>
struct ApplyMask {
  MaskedShape shape;
  int inputs;
  const Real* from;
  Real* to;
  LANES_HD void operator()(unsigned i) const {
    const int o = static_cast<int>(i) / inputs, k = static_cast<int>(i) % inputs;
    to[i] = shape.visible(o, k) ? from[i] : Real(0);
  }
};

template <class ShapeOf, int Columns, class Real>
class MaskedContraction {
  static constexpr MaskedShape Shape = ShapeOf::value;
  static constexpr int inputs = Shape.inputs(), outputs = Shape.outputs();
  static constexpr long matrix = long(outputs) * inputs;

 public:
  static constexpr int parameters = int(matrix) + (Shape.bias ? outputs : 0);
  static constexpr int weights = parameters, gradients = parameters;

  static void pack(const Real* external, Real* packed) {
    for (int i = 0; i < parameters; ++i) packed[i] = external[i];
  }
  static void unpack(const Real* gradient, Real* external) {
    for (int i = 0; i < parameters; ++i) external[i] += gradient[i];
  }

  template <class Context>
  static void rectangle(Context& context, const Real* packed, int t, Rows<Real> in,
                        Rows<Real> out) {
    const int o = Shape.output(t), rows = Shape.output(t + 1) - o, seen = Shape.seen(t);
    const Rows<Real> to = out.from(long(o) * Columns);
    if (seen > 0)
      context.multiplier().times(rows, seen, Columns * context.lanes(), packed + long(o) * inputs,
                                 static_cast<const Real*>(context.pointer(in)), context.pointer(to),
                                 inputs);
    if (Shape.bias || seen == 0)
      context.for_each(rows * Columns, AddBias<Real>{to, Shape.bias ? packed + matrix + o : nullptr,
                                                     Columns, seen == 0});
  }

  struct Triangle {
    const Real* weight;
    int in_step, out_step;
  };
  static Triangle triangle(const Real* packed, int t) {
    return {packed + long(Shape.output(t)) * inputs + Shape.seen(t), 1, inputs};
  }

  template <class Context>
  static void input_adjoint(Context& context, const Real* packed, Rows<Real> d_out,
                            Rows<Real> d_in) {
    typename Context::Scope scope(context);
    Real* masked = context.template take<Real>(std::size_t(matrix));
    launch(matrix, ApplyMask<Real>{Shape, inputs, packed, masked});
    for (int t = -1; t < Shape.blocks(); ++t) {
      const int first = t < 0 ? 0 : Shape.output(t), i = Shape.input(t);
      const int columns = Shape.input(t + 1) - i;
      if (columns == 0) continue;
      context.multiplier().transposed(
          outputs - first, columns, Columns * context.lanes(),
          static_cast<const Real*>(masked) + long(first) * inputs + i,
          static_cast<const Real*>(context.pointer(d_out.from(long(first) * Columns))),
          context.pointer(d_in.from(long(i) * Columns)), inputs);
    }
  }

  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, Rows<Real> in, Rows<Real> d_out) {
    for (int t = -1; t < Shape.blocks(); ++t) {
      const int o = Shape.output(t), rows = Shape.output(t + 1) - o, reach = Shape.reach(t);
      if (rows == 0 || reach == 0) continue;
      context.multiplier().outer(
          rows, reach, Columns * context.lanes(),
          static_cast<const Real*>(context.pointer(d_out.from(long(o) * Columns))),
          static_cast<const Real*>(context.pointer(in)), gradient + long(o) * inputs, inputs);
    }
    launch(matrix, ApplyMask<Real>{Shape, inputs, gradient, gradient});
    if (Shape.bias) row_sums(context, gradient + matrix, d_out, outputs);
  }

  template <class Context>
  static void row_sums(Context& context, Real* into, Rows<Real> from, int rows) {
    typename Context::Scope scope(context);
    sum_columns<true>(static_cast<const Real*>(context.pointer(from)), rows,
                      unsigned(Columns * context.lanes()),
                      context.template take<Real>(std::size_t(rows) * sum_slots), into);
  }
};

}  // namespace lanes::device
