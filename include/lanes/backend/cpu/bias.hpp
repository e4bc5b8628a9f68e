// SPDX-License-Identifier: BSD-3-Clause
//
// BiasOf<Stencil>: what a convolution adds at every site alike: the bias, and the share of input
// channels that enter as one more than what is stored (contraction/stencil.hpp: ones).
//
//   add[o] = bias[o] + sum over such channels i, taps t of weight[o][i][t]
//
// external: all parameters of the convolution, weight [out][in][taps], then bias [out]. size: 0
// where there is nothing to add, else out.
#pragma once

#include <lanes/backend/cpu/micro_kernels.hpp>

namespace lanes::cpu {

template <class Stencil>
struct BiasOf {
  static constexpr int kernel_size = Stencil::taps * Stencil::in * Stencil::out;
  static constexpr int size = Stencil::bias || Stencil::ones != 0 ? Stencil::out : 0;

  template <class T>
  static void pack(const T* external, T* add) {
    for (int o = 0; o < size; ++o) add[o] = Stencil::bias ? external[kernel_size + o] : T(0);
    for_ones([=](int o, int weight) { add[o] += external[weight]; });
  }

  /// The adjoint of pack: adds to external.
  template <class T>
  static void unpack(const T* d_add, T* external) {
    for_ones([=](int o, int weight) { external[weight] += d_add[o]; });
    if constexpr (Stencil::bias)
      for (int o = 0; o < size; ++o) external[kernel_size + o] += d_add[o];
  }

  /// Adds the sum over sites and lanes of d_out to d_add.
  template <class T>
  static void add_gradient(const T* d_out, int variant, T* d_add) {
    constexpr int W = simd_width<T>;
    using Outputs = typename Stencil::Outputs;
    for_channel_blocks<size, 4>([&](auto block, int first) {
      constexpr int C = decltype(block)::value;
      Vector<T> sum[std::size_t(C)];
      for (int c = 0; c < C; ++c) sum[c] = Vector<T>(0);
      for (int i = 0; i < Outputs::size; ++i) {
        const T* at = d_out + (long(first) * Stencil::out_pitch + Outputs::slot(variant, i)) * W;
        for (int c = 0; c < C; ++c)
          sum[c] += Vector<T>::load(at + long(c) * Stencil::out_pitch * W);
      }
      for (int c = 0; c < C; ++c) d_add[first + c] += reduce_add(sum[c]);
    });
  }

 private:
  // f(o, where weight [o][i][t] stands) for channels i that enter as ones.
  template <class F>
  static void for_ones(const F& f) {
    if constexpr (Stencil::ones != 0)
      for (int o = 0; o < Stencil::out; ++o)
        for (int i = 0; i < Stencil::in && i < 32; ++i)
          if (Stencil::ones >> i & 1u)
            for (int t = 0; t < Stencil::taps; ++t) f(o, (o * Stencil::in + i) * Stencil::taps + t);
  }
};

}  // namespace lanes::cpu
