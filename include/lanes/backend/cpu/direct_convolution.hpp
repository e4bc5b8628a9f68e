// SPDX-License-Identifier: BSD-3-Clause
//
// DirectConvolution: a contraction over a stencil, tile by tile, for any dimension, kernel and
// masks.
//
//   forward          out[x][o] = bias[o] + sum_{t,i} weight[o][i][t] in[source(x, t)][i]
//   input_adjoint    d_in[y][i] = sum_{t,o} weight[o][i][t] d_out[target(y, t)][o]
//   weight_adjoint   d_weight[o][i][t] += sum_{x,lane} d_out[x][o] in[source(x, t)][i],  d_bias likewise
//
// Three layouts of the parameters, all linear in them:
//   external    weight [out][in][taps], bias [out]                                    (PyTorch's)
//   prepared    [out blocks][taps][in][C], bias [out], [in blocks][taps][out][C]      (what multiply reads)
//   gradient    WeightGradient's (weight_gradient.hpp), bias [out]
// prepare maps external to prepared; collect is the adjoint of the map external -> gradient layout.
//
// Flops: 2 * outputs * visible taps * in * out per lane, each way.
#pragma once

#include <type_traits>

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
  static constexpr int kernel_size = taps * in * out;
  // What is the same at every site: the bias, and the share of channels that enter as ones.
  static constexpr bool constant = Stencil::bias || Stencil::ones != 0;
  static constexpr int constant_size = constant ? out : 0;

 public:
  static constexpr int parameters = kernel_size + (Stencil::bias ? out : 0);
  static constexpr int weights = 2 * kernel_size + constant_size;
  static constexpr int gradients = Weights::size + constant_size;

  static void prepare(const T* external, T* prepared) {
    T *add = prepared + kernel_size, *transposed = add + constant_size;
    for (int o = 0; o < constant_size; ++o)
      add[o] = Stencil::bias ? external[kernel_size + o] : T(0);
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < taps; ++t) {
          const T w = external[(o * in + i) * taps + t];
          prepared[blocked(o, out, t, i, in)] = w;
          transposed[blocked(i, in, t, o, out)] = w;
          if (enters_as_one(i)) add[o] += w;
        }
  }

  static void collect(const T* gradient, T* external) {
    const T* d_add = gradient + gradients - constant_size;
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < taps; ++t) {
          T& to = external[(o * in + i) * taps + t];
          to += gradient[Weights::at(o, i, t)];
          if (enters_as_one(i)) to += d_add[o];
        }
    if constexpr (Stencil::bias)
      for (int o = 0; o < out; ++o) external[kernel_size + o] += d_add[o];
  }

  /// store(lane, o * out_pitch + slot, value)
  template <class Context, class Store>
  static void forward(Context& context, const T* prepared, int variant, Rows<T> input,
                      Store store) {
    const T* add = prepared + kernel_size;
    contract<in, out, true>(context.pointer(input), variant, prepared,
                            [=, lane = context.lane()](int slot, int c, Vector<T> v)
                                LANES_INLINE_LAMBDA {
                                  if constexpr (constant) v += Vector<T>(add[c]);
                                  store(lane, long(c) * Stencil::out_pitch + slot, v);
                                });
  }

  /// store(lane, i * in_pitch + slot, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* prepared, int variant, Rows<T> d_out,
                            Store store) {
    contract<out, in, false>(
        context.pointer(d_out), variant, prepared + kernel_size + constant_size,
        [=, lane = context.lane()](int slot, int c, Vector<T> v)
            LANES_INLINE_LAMBDA { store(lane, long(c) * Stencil::in_pitch + slot, v); });
  }

  template <class Context>
  static void weight_adjoint(Context& context, T* gradient, int variant, Rows<T> input,
                             Rows<T> d_out) {
    const T* dy = context.pointer(d_out);
    Weights::add(context, variant, context.pointer(input), dy, gradient);
    if constexpr (constant)
      add_bias_gradient<Stencil>(dy, variant, gradient + gradients - constant_size);
  }

 private:
  static constexpr bool enters_as_one(int channel) {
    return channel < 32 && (Stencil::ones >> channel & 1u);
  }

  // Output channels at once: where few are contracted, more of them share what is loaded.
  static constexpr int block_of(int contracted) {
    return contracted <= 2 && simd_registers >= 32 ? 16 : channel_block;
  }

  // Position of (channel, tap, contracted channel k) in [blocks][taps][k][C].
  static constexpr int blocked(int channel, int channels, int tap, int k, int contracted) {
    const int block = block_of(contracted), first = channel / block * block;
    const int width = first + block <= channels ? block : channels % block;
    return first * taps * contracted + (tap * contracted + k) * width + channel - first;
  }

  template <int Contracted, int Channels, bool Forward, class Store>
  static void contract(const T* source, int variant, const T* weight, Store&& store) {
    constexpr int pitch = Forward ? Stencil::in_pitch : Stencil::out_pitch;
    for_channel_blocks<Channels, block_of(Contracted)>([&](auto block, int first) {
      constexpr int C = decltype(block)::value, S = site_block(C);
      const GatherPlan& plan = [&]() -> const GatherPlan& {
        if constexpr (Forward)
          return forward_plan<Stencil, S>(variant);
        else
          return adjoint_plan<Stencil, S>(variant);
      }();
      const T* w = weight + long(first) * taps * Contracted;
      for (const auto& b : plan.blocks) {
        if (b.sites == S)
          one_block<S, C, Contracted, pitch>(plan, b, source, w, first, store);
        else
          one_block<1, C, Contracted, pitch>(plan, b, source, w, first, store);
      }
    });
  }

  template <int S, int C, int Contracted, int Pitch, class Store>
  static LANES_INLINE void one_block(const GatherPlan& plan, const GatherPlan::Block& b,
                                     const T* source, const T* weight, int first, Store&& store) {
    const T* rows[taps * S];
    const int* slots = plan.inputs.data() + b.first_input;
    for (int i = 0; i < b.taps * S; ++i) rows[i] = source + long(slots[i]) * W;
    Vector<T> sum[S][C];
    multiply<S, C, T>(rows, plan.taps.data() + b.first_tap, b.taps, Contracted, Pitch * W, weight,
                      sum);
    const int* to = plan.slots.data() + b.first_slot;
#pragma GCC unroll 32
    for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) store(to[s], first + c, sum[s][c]);
  }
};

}  // namespace lanes::cpu
