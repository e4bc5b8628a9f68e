// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradProducts: what stands between the transforms of a Winograd algorithm, for every point xi
// of a group of AtOnce patches.
//
//   multiply     products(xi)[patch][c] = sum_k weight(xi)[c][k] inputs(xi)[patch][k]
//   accumulate   gradient(xi)[v][s] += sum over patches and lanes of vectors(xi)[v] scalars(xi)[s]
//
// Rows of lanes: [point][patch][channel], each point padded by one row (powers of two alias in L1).
// weight: [point], panels of panel_at. vectors: [point][patch][block][lane], registers of channels;
// gradient: [point][block][scalar], likewise.
#pragma once

#include <lanes/backend/cpu/micro_kernels.hpp>

namespace lanes::cpu {

template <class T, int Points, int AtOnce>
class WinogradProducts {
  static constexpr int W = simd_width<T>;

 public:
  /// Numbers from a point to the next.
  static constexpr long stride(int channels) { return (AtOnce * channels + 1) * W; }

  /// Calls meanwhile(step, steps) now and then.
  template <int Contracted, int Channels, class Meanwhile>
  static void multiply(const T* inputs, const T* weight, T* products, const Meanwhile& meanwhile) {
    constexpr int most = channel_block_of(Channels);
    for (int xi = 0; xi < Points; ++xi) {
      for_channel_blocks<Channels, most>([&](auto block, int c0) LANES_INLINE_LAMBDA {
        constexpr int C = decltype(block)::value;
        constexpr int S = site_block(C) < AtOnce ? site_block(C) : AtOnce;
        const T* w = weight + (long(xi) * Channels + c0) * Contracted;
        for (int l = 0; l < C * Contracted; l += W)
          __builtin_prefetch(w + Channels * Contracted + l);  // the next point's, far away
        for (int n = 0; n < AtOnce; n += S) {
          Vector<T> sum[std::size_t(S)][std::size_t(C)];
          multiply_strided<S, C, T>(inputs + xi * stride(Contracted) + long(n) * Contracted * W,
                                    Contracted * W, Contracted, w, sum);
          T* to = products + xi * stride(Channels) + (long(n) * Channels + c0) * W;
#pragma GCC unroll 32
          for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
            for (int c = 0; c < C; ++c) sum[s][c].store(to + (s * Channels + c) * W);
        }
      });
      meanwhile(xi, Points);
    }
  }

  /// Blocks of vectors go in pairs, which share the scalars.
  template <int Scalars, int Blocks>
  static void accumulate(const T* scalars, const T* vectors, T* gradient) {
    for (int xi = 0; xi < Points; ++xi) {
      const T* s = scalars + xi * stride(Scalars);
      const T* v = vectors + xi * stride(Blocks * W);
      T* to = gradient + long(xi) * Blocks * Scalars * W;
      for (int b = 0; b + 2 <= Blocks; b += 2)
        accumulate_blocks<2, Scalars, Blocks>(s, v + b * W * W, to + long(b) * Scalars * W);
      if constexpr (Blocks % 2 == 1)
        accumulate_blocks<1, Scalars, Blocks>(s, v + (Blocks - 1) * W * W,
                                              to + long(Blocks - 1) * Scalars * W);
    }
  }

 private:
  template <int V, int Scalars, int Blocks>
  static void accumulate_blocks(const T* scalars, const T* vectors, T* gradient) {
    for_channel_blocks<Scalars, accumulator_block(Scalars, V)>([&](auto block, int c0) {
      constexpr int A = decltype(block)::value;
      T* to[std::size_t(V)];
      Vector<T> sum[std::size_t(V * A)];
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) to[v] = gradient + (long(v) * Scalars + c0) * W;
      for (int v = 0; v < V; ++v)
        for (int c = 0; c < A; ++c)
          __builtin_prefetch(to[v] + (V * Scalars + c) * W, 1);  // the next point's sums
#pragma GCC unroll 32
      for (int a = 0; a < V * A; ++a) sum[a] = Vector<T>::load(to[a / A] + a % A * W);
      for (int n = 0; n < AtOnce; ++n)
        accumulate_shared<V, A, W, T>(sum, vectors + long(n) * Blocks * W * W,
                                      scalars + (long(n) * Scalars + c0) * W);
#pragma GCC unroll 32
      for (int a = 0; a < V * A; ++a) sum[a].store(to[a / A] + a % A * W);
    });
  }
};

}  // namespace lanes::cpu
