// SPDX-License-Identifier: BSD-3-Clause
//
// MaskedContraction: the masked matrix W [outputs][inputs] of an autoregressive layer
// (contraction/masked_shape.hpp) times columns of lanes, on the CPU. Rows are [unit][Columns]: a
// column is one tile of lanes, and neighbouring columns share each weight that is read.
//
//   rectangle       out = bias + W in, for the outputs of block t and the inputs of earlier blocks
//   triangle        the weights of block t's own inputs, for the kernel that takes them in order
//   input_adjoint   d_in = W^T d_out        weight_adjoint   dW += d_out in^T, d_bias += sum d_out
//
// Only rectangles that hold a non-zero are visited: half the work of a dense layer. Prepared:
// panels [k][C] of C outputs (C inputs for the adjoint), triangles [input][output], biases.
// Gradients: [outputs][pitch], the masked part of diagonal blocks is written and not collected.
// External order: weight [out][in], masked entries ignored, then bias.
#pragma once

#include <algorithm>
#include <utility>

#include <lanes/backend/cpu/micro_kernels.hpp>
#include <lanes/contraction/masked_shape.hpp>
#include <lanes/core/layout.hpp>
#include <lanes/core/rows.hpp>

namespace lanes::cpu {

template <class ShapeOf, int Columns, class Real>
class MaskedContraction {
  static constexpr MaskedShape Shape = ShapeOf::value;
  static constexpr int W = simd_width<Real>;
  static constexpr int S = Columns == 1 ? 1 : 2,
                       C = Columns == 1 ? 2 * channel_block : channel_block;
  static_assert(Columns % S == 0);
  static constexpr long step = long(Columns) * W;
  static constexpr int pitch = (Shape.inputs() + W - 1) / W * W;

  static constexpr int padded(int n) { return (n + C - 1) / C * C; }
  static constexpr int out_of(int t) { return Shape.output(t + 1) - Shape.output(t); }
  static constexpr int in_of(int t) { return Shape.input(t + 1) - Shape.input(t); }
  // Rows of d_out that the inputs of block t reach.
  static constexpr int first_reader(int t) { return t < 0 ? 0 : Shape.output(t); }

  // Block t's place in a list that starts with block -1.
  static constexpr int slot(int t) { return t < 0 ? 0 : t + 1; }
  struct Layout {
    int rectangle[std::size_t(Shape.blocks() + 2)] = {},
                                               triangle[std::size_t(Shape.blocks() + 2)] = {};
    int adjoint[std::size_t(Shape.blocks() + 2)] = {}, bias = 0, size = 0;
  };
  static constexpr Layout at = [] {
    Layout l;
    int n = 0;
    for (int t = -1; t < Shape.blocks(); ++t) {
      l.rectangle[slot(t)] = n;
      n += Shape.seen(t) * padded(out_of(t));
      l.triangle[slot(t)] = n;
      n += t < 0 ? 0 : lanes::detail::aligned_size(in_of(t) * out_of(t));
      l.adjoint[slot(t)] = n;
      n += (Shape.outputs() - first_reader(t)) * padded(in_of(t));
    }
    n = lanes::detail::aligned_size(n);
    l.bias = n;
    l.size = lanes::detail::aligned_size(n + Shape.outputs());
    return l;
  }();
  static constexpr int matrix = Shape.outputs() * Shape.inputs();

 public:
  static constexpr int parameters = matrix + (Shape.bias ? Shape.outputs() : 0);
  static constexpr int weights = at.size;
  static constexpr int gradients =
      lanes::detail::aligned_size(Shape.outputs() * pitch + Shape.outputs());

  static void pack(const Real* external, Real* packed) {
    for (int t = -1; t < Shape.blocks(); ++t) {
      const int o = Shape.output(t), rows = out_of(t), seen = Shape.seen(t);
      pack(packed + at.rectangle[slot(t)], rows, seen,
           [&](int r, int k) { return external[(o + r) * Shape.inputs() + k]; });
      if (t >= 0)
        for (int i = 0; i < in_of(t); ++i)
          for (int r = 0; r < rows; ++r)
            packed[at.triangle[slot(t)] + i * rows + r] =
                external[(o + r) * Shape.inputs() + seen + i];
      const int first = first_reader(t), i0 = Shape.input(t);
      pack(packed + at.adjoint[slot(t)], in_of(t), Shape.outputs() - first, [&](int i, int k) {
        return Shape.visible(first + k, i0 + i) ? external[(first + k) * Shape.inputs() + i0 + i]
                                                : Real(0);
      });
    }
    for (int o = 0; o < Shape.outputs(); ++o)
      packed[at.bias + o] = Shape.bias ? external[matrix + o] : Real(0);
  }
  static void unpack(const Real* gradient, Real* external) {
    for (int o = 0; o < Shape.outputs(); ++o)
      for (int i = 0; i < Shape.visible_inputs(o); ++i)
        external[o * Shape.inputs() + i] += gradient[o * pitch + i];
    for (int o = 0; Shape.bias && o < Shape.outputs(); ++o)
      external[matrix + o] += gradient[Shape.outputs() * pitch + o];
  }

  /// out = bias + W in on the rows of block t, from the inputs of earlier blocks.
  template <class Context>
  static void rectangle(Context& context, const Real* packed, int t, Rows<Real> in,
                        Rows<Real> out) {
    const int o = Shape.output(t);
    multiply_panels(context.pointer(in), Shape.seen(t), packed + at.rectangle[slot(t)], out_of(t),
                    packed + at.bias + o, context.pointer(out) + o * step);
  }

  /// Where the weight of the triangle's output r and input i lies: [i * in_step + r * out_step].
  struct Triangle {
    const Real* weight;
    int in_step, out_step;
  };
  static Triangle triangle(const Real* packed, int t) {
    return {packed + at.triangle[slot(t)], out_of(t), 1};
  }

  /// d_in = W^T d_out, all rows.
  template <class Context>
  static void input_adjoint(Context& context, const Real* packed, Rows<Real> d_out,
                            Rows<Real> d_in) {
    for (int t = -1; t < Shape.blocks(); ++t) {
      const int first = first_reader(t);
      multiply_panels(context.pointer(d_out) + first * step, Shape.outputs() - first,
                      packed + at.adjoint[slot(t)], in_of(t), nullptr,
                      context.pointer(d_in) + Shape.input(t) * step);
    }
  }

  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, Rows<Real> in, Rows<Real> d_out) {
    typename Context::Scope scope(context);
    constexpr int chunks = pitch / W;
    Real* turned = context.template take<Real>(std::size_t(chunks) * Columns * W * W);
    const Real* from = context.pointer(in);
    for (int c = 0; c < chunks; ++c)
      for (int column = 0; column < Columns; ++column)
        transpose<Real>(from + c * W * step + column * W, step, std::min(W, Shape.inputs() - c * W),
                        turned + (c * Columns + column) * W * W);
    for (int t = -1; t < Shape.blocks(); ++t) {
      const int used = (Shape.reach(t) + W - 1) / W;
      for (int r = Shape.output(t); r < Shape.output(t + 1); r += most_rows)
        outer(std::min(most_rows, Shape.output(t + 1) - r), used, turned,
              context.pointer(d_out) + r * step, gradient + r * pitch,
              std::make_integer_sequence<int, most_rows>{});
    }
    if (Shape.bias) row_sums(context, gradient + Shape.outputs() * pitch, d_out, Shape.outputs());
  }

  /// into[r] += the sum of row r over columns and lanes.
  template <class Context>
  static void row_sums(Context& context, Real* into, Rows<Real> from, int rows) {
    const Real* p = context.pointer(from);
    for (int r = 0; r < rows; ++r, p += step) {
      Vector<Real> sum = Vector<Real>::load(p);
      for (int column = 1; column < Columns; ++column) sum += Vector<Real>::load(p + column * W);
      into[r] += reduce_add(sum);
    }
  }

 private:
  static constexpr int most_rows = channel_block == 8 ? 16 : 8;

  // Panels [rows / C][k][C] of value(row, k).
  template <class Value>
  static void pack(Real* to, int rows, int depth, const Value& value) {
    for (int r = 0; r < rows; r += C)
      for (int k = 0; k < depth; ++k)
        for (int c = 0; c < C; ++c) *to++ = r + c < rows ? value(r + c, k) : Real(0);
  }

  static void multiply_panels(const Real* in, int depth, const Real* panels, int rows,
                              const Real* bias, Real* out) {
    for (int r = 0; r < rows; r += C, panels += long(depth) * C)
      for (int column = 0; column < Columns; column += S) {
        const Real* from[std::size_t(S)];
        for (int s = 0; s < S; ++s) from[s] = in + (column + s) * W;
        const int tap = 0;
        Vector<Real> sum[std::size_t(S)][std::size_t(C)];
        multiply<S, C, Real>(from, &tap, 1, depth, step, panels, sum);
        Real* to = out + r * step + column * W;
#pragma GCC unroll 32
        for (int c = 0; c < C; ++c) {
          if (r + c >= rows) break;
          const Vector<Real> b(bias ? bias[r + c] : Real(0));
#pragma GCC unroll 32
          for (int s = 0; s < S; ++s) (sum[s][c] + b).store(to + c * step + s * W);
        }
      }
  }

  // gradient [rows][chunks of W] += d [rows][columns] times the transposed inputs.
  template <int Rows>
  static void outer_rows(int chunks, const Real* turned, const Real* d, Real* gradient) {
    for (int c = 0; c < chunks; ++c) {
      Vector<Real> sum[std::size_t(Rows)];
#pragma GCC unroll 32
      for (int r = 0; r < Rows; ++r) sum[r] = Vector<Real>::load(gradient + r * pitch + c * W);
      for (int column = 0; column < Columns; ++column) {
        const Real* first = d + column * W;
        accumulate<1, Rows, step, Real>(sum, turned + (c * Columns + column) * W * W, &first);
      }
#pragma GCC unroll 32
      for (int r = 0; r < Rows; ++r) sum[r].store(gradient + r * pitch + c * W);
    }
  }
  template <int... R>
  static void outer(int rows, int chunks, const Real* turned, const Real* d, Real* gradient,
                    std::integer_sequence<int, R...>) {
    ((rows == R + 1 ? outer_rows<R + 1>(chunks, turned, d, gradient) : void()), ...);
  }
};

}  // namespace lanes::cpu
