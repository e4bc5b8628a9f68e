// SPDX-License-Identifier: BSD-3-Clause
//
// DenseContraction: a contraction on one site (network/dense_net.hpp) as products of matrices; a
// drop-in for FusedConvolution (same operations, parameters in external order).
//
//   forward          out[o] = bias[o] + sum_i weight[o][i] in[i]
//   input_adjoint    d_in[i] = sum_o weight[o][i] d_out[o]
//   weight_adjoint   d_weight[o][i] += sum_lane d_out[o] in[i],  d_bias likewise
#pragma once

#include <lanes/backend/thrust/context.hpp>
#include <lanes/backend/thrust/external_order.hpp>
#include <lanes/backend/thrust/multiplier.hpp>

namespace lanes::device {

template <class Stencil>
inline constexpr bool is_dense = Stencil::volume == 1 && Stencil::taps == 1;

// store(lane, row, value + bias)
template <class Real, class Store>
struct StoreWithBias {
  Rows<Real> values;
  const Real* bias;  // may be null
  Store store;
  LANES_HD void operator()(int row, ThrustLane lane) const {
    const auto value = lane.load(values, row);
    store(lane, row, bias ? value + Pack<Real, 1>(bias[row]) : value);
  }
};

template <class Stencil, class Real, class Operand>
class DenseContraction : public ExternalOrder<Stencil, Real> {
  using Base = ExternalOrder<Stencil, Real>;
  using Base::kernel_size;
  static constexpr int in = Stencil::in, out = Stencil::out;

 public:
  /// store(lane, o, value)
  template <class Context, class Store>
  static void forward(Context& context, const Real* packed, int, Rows<Real> input,
                      const Store& store) {
    typename Context::Scope scope(context);
    const auto sums = context.template rows<Real>(out);
    context.multiplier().times(
        out, in, context.lanes(), operands<Operand>(context, packed, kernel_size),
        operands<Operand>(context, context.pointer(input), long(in) * context.lanes()), sums.data);
    context.for_each(out, StoreWithBias<Real, Store>{
                              sums, Stencil::bias ? packed + kernel_size : nullptr, store});
  }

  /// store(lane, i, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const Real* packed, int, Rows<Real> d_out,
                            const Store& store) {
    typename Context::Scope scope(context);
    const auto sums = context.template rows<Real>(in);
    context.multiplier().transposed(
        out, in, context.lanes(), operands<Operand>(context, packed, kernel_size),
        operands<Operand>(context, context.pointer(d_out), long(out) * context.lanes()), sums.data);
    context.for_each(in, StoreWithBias<Real, Store>{sums, nullptr, store});
  }

  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, int, Rows<Real> input,
                             Rows<Real> d_out) {
    typename Context::Scope scope(context);
    const int lanes = context.lanes();
    context.multiplier().outer(
        out, in, lanes, operands<Operand>(context, context.pointer(d_out), long(out) * lanes),
        operands<Operand>(context, context.pointer(input), long(in) * lanes), gradient);
    if constexpr (Stencil::bias)
      sum_columns<true>(static_cast<const Real*>(context.pointer(d_out)), out, unsigned(lanes),
                        context.template take<Real>(out * std::size_t(sum_slots)),
                        gradient + kernel_size);
  }
};

}  // namespace lanes::device
