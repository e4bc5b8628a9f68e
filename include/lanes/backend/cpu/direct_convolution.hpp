// SPDX-License-Identifier: BSD-3-Clause
//
// DirectConvolution: a contraction over a stencil, tile by tile, for any dimension, kernel and
// masks.
//
//   forward         out[x][o] = bias[o] + sum_{t,i} weight[o][i][t] in[source(x, t)][i]
//   input_adjoint   d_in[y][i] = sum_{t,o} weight[o][i][t] d_out[target(y, t)][o]
//   weight_adjoint  d_weight[o][i][t] += sum_{x,lane} d_out[x][o] in[source(x, t)][i],
//                   d_bias likewise
//
// Three layouts of the parameters, all linear in them:
//   external  weight [out][in][taps], bias [out]   (PyTorch's)
//   packed    [out blocks][taps][in][C], bias [out], [in blocks][taps][out][C]   (multiply)
//   gradient    WeightGradient's (weight_gradient.hpp), bias [out]
// prepare maps external to packed; collect is the adjoint of the map external -> gradient layout.
// bias: BiasOf's (bias.hpp).
//
// Flops: 2 * outputs * visible taps * in * out per lane, each way.
#pragma once

#include <type_traits>

#include <lanes/backend/cpu/bias.hpp>
#include <lanes/backend/cpu/gather_plan.hpp>
#include <lanes/backend/cpu/micro_kernels.hpp>
#include <lanes/backend/cpu/weight_gradient.hpp>
#include <lanes/core/rows.hpp>

namespace lanes::cpu {

template <class Stencil, class T>
class DirectConvolution {
  static constexpr int W = simd_width<T>;
  static constexpr int in = Stencil::in, out = Stencil::out, taps = Stencil::taps;
  using Weights = WeightGradient<Stencil, T>;
  using Bias = BiasOf<Stencil>;
  static constexpr int kernel_size = Bias::kernel_size;

 public:
  static constexpr int parameters = kernel_size + (Stencil::bias ? out : 0);
  static constexpr int weights = 2 * kernel_size + Bias::size;
  static constexpr int gradients = Weights::size + Bias::size;

  static void pack(const T* external, T* packed) {
    T *add = packed + kernel_size, *transposed = add + Bias::size;
    Bias::pack(external, add);
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < taps; ++t) {
          const T w = external[(o * in + i) * taps + t];
          packed[panel_at(o, out, t * in + i, taps * in)] = w;
          transposed[panel_at(i, in, t * out + o, taps * out)] = w;
        }
  }

  static void unpack(const T* gradient, T* external) {
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < taps; ++t)
          external[(o * in + i) * taps + t] += gradient[Weights::at(o, i, t)];
    Bias::unpack(gradient + Weights::size, external);
  }

  /// store(lane, o * out_pitch + slot, value)
  template <class Context, class Store>
  static void forward(Context& context, const T* packed, int variant, Rows<T> input,
                      const Store& store) {
    const T* add = packed + kernel_size;
    contract<in, out, true>(context.pointer(input), variant, packed,
                            [=, lane = context.lane()](int slot, int c, Vector<T> v)
                                LANES_INLINE_LAMBDA {
                                  if constexpr (Bias::size > 0) v += Vector<T>(add[c]);
                                  store(lane, long(c) * Stencil::out_pitch + slot, v);
                                });
  }

  /// store(lane, i * in_pitch + slot, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* packed, int variant, Rows<T> d_out,
                            const Store& store) {
    contract<out, in, false>(
        context.pointer(d_out), variant, packed + kernel_size + Bias::size,
        [=, lane = context.lane()](int slot, int c, Vector<T> v)
            LANES_INLINE_LAMBDA { store(lane, long(c) * Stencil::in_pitch + slot, v); });
  }

  template <class Context>
  static void weight_adjoint(Context& context, T* gradient, int variant, Rows<T> input,
                             Rows<T> d_out) {
    const T* dy = context.pointer(d_out);
    Weights::add(context, variant, context.pointer(input), dy, gradient);
    Bias::add_gradient(dy, variant, gradient + Weights::size);
  }

 private:
  template <int Contracted, int Channels, bool Forward, class Store>
  static void contract(const T* source, int variant, const T* weight, Store&& store) {
    constexpr int pitch = Forward ? Stencil::in_pitch : Stencil::out_pitch;
    const GatherPlan& plan =
        Forward ? forward_plan<Stencil>(variant) : adjoint_plan<Stencil>(variant);
    for_channel_blocks<Channels, channel_block_of(Channels)>([&](auto block, int first) {
      constexpr int C = decltype(block)::value, S = site_block(C);
      const T* w = weight + long(first) * taps * Contracted;
      for (int i = 0; i < plan.runs(); ++i) {
        const GatherPlan::Run run = plan[i];
        int site = 0;
        for (; site + S <= run.sites; site += S)
          some_sites<S, C, Contracted, pitch>(run, site, source, w, first, store);
        for (; site < run.sites; ++site)
          some_sites<1, C, Contracted, pitch>(run, site, source, w, first, store);
      }
    });
  }

  // Sites begin .. begin + S - 1 of a run.
  template <int S, int C, int Contracted, int Pitch, class Store>
  static LANES_INLINE void some_sites(const GatherPlan::Run& run, int begin, const T* source,
                                      const T* weight, int first, Store&& store) {
    const T* rows[std::size_t(taps * S)];
    const int *inputs = run.inputs + begin, *to = run.slots + begin;
    for (int t = 0; t < run.taps; ++t)
      for (int s = 0; s < S; ++s) rows[t * S + s] = source + long(inputs[t * run.sites + s]) * W;
    Vector<T> sum[std::size_t(S)][std::size_t(C)];
    multiply<S, C, T>(rows, run.tap, run.taps, Contracted, Pitch * W, weight, sum);
#pragma GCC unroll 32
    for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) store(to[s], first + c, sum[s][c]);
  }
};

}  // namespace lanes::cpu
