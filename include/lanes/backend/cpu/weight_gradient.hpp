// SPDX-License-Identifier: BSD-3-Clause
//
// WeightGradient: the gradient of the weights of a DirectConvolution,
//
//   d_weight[o][i][t] += sum_{x,lane} d_out[x][o] in[source(x, t)][i]
//
// The side with more channels is the vector side; layout [taps][vector blocks][scalar channels][W].
// Lanes and vector channels of each site are exchanged, and summed over lanes as they come.
#pragma once

#include <type_traits>

#include <lanes/backend/cpu/gather_plan.hpp>
#include <lanes/backend/cpu/micro_kernels.hpp>

namespace lanes::cpu {

template <class Stencil, class T>
class WeightGradient {
  static constexpr int W = simd_width<T>;
  static constexpr int in = Stencil::in, out = Stencil::out, taps = Stencil::taps;
  static constexpr bool vector_is_out = out >= in;
  static constexpr int vector_channels = vector_is_out ? out : in;
  static constexpr int scalar_channels = vector_is_out ? in : out;
  static constexpr long vector_step = (vector_is_out ? Stencil::out_pitch : Stencil::in_pitch) * W;
  static constexpr long scalar_step = (vector_is_out ? Stencil::in_pitch : Stencil::out_pitch) * W;
  static constexpr int vector_blocks = (vector_channels + W - 1) / W;

 public:
  static constexpr int size = taps * vector_blocks * scalar_channels * W;
  /// Where weight [o][i][t] stands.
  static constexpr int at(int o, int i, int t) {
    const int v = vector_is_out ? o : i, s = vector_is_out ? i : o;
    return ((t * vector_blocks + v / W) * scalar_channels + s) * W + v % W;
  }

  template <class Context>
  static void add(Context& context, int variant, const T* input, const T* d_out, T* gradient) {
    const GatherPlan& plan =
        vector_is_out ? forward_plan<Stencil>(variant) : adjoint_plan<Stencil>(variant);
    const T *vectors = vector_is_out ? d_out : input, *scalars = vector_is_out ? input : d_out;
    constexpr int row = vector_blocks * W * W;
    typename Context::Scope scope(context);
    T* transposed = context.template take<T>(GatherPlan::longest * row);
    for (int i = 0; i < plan.runs(); ++i) {
      const GatherPlan::Run run = plan[i];
      if (run.taps == 0) continue;
      for (int s = 0; s < run.sites; ++s)
        for (int v = 0; v < vector_blocks; ++v)
          transpose(vectors + long(run.slots[s]) * W + v * W * vector_step, vector_step,
                    vector_channels - v * W, transposed + long(s) * row + long(v) * W * W);
      for (int t = 0; t < run.taps; t += taps_at_once) {
        for (int v = 0; v + blocks_at_once <= vector_blocks; v += blocks_at_once)
          some_taps<blocks_at_once>(run, t, v, transposed, scalars, gradient);
        if constexpr (vector_blocks % blocks_at_once == 1)
          some_taps<1>(run, t, vector_blocks - 1, transposed, scalars, gradient);
      }
    }
  }

 private:
  // With few scalar channels some taps share one visit of accumulate, so that it still fills the
  // pipeline; with many, two blocks of vectors share the scalars.
  static constexpr int taps_at_once = scalar_channels >= 8 ? 1 : 16 / scalar_channels;
  static constexpr int blocks_at_once = taps_at_once == 1 && vector_blocks > 1 ? 2 : 1;

  // Adds a run's share of taps t, t + 1, .. and blocks v, v + 1, .. of the vectors, all scalars.
  template <int V>
  static void some_taps(const GatherPlan::Run& run, int t, int v, const T* transposed,
                        const T* scalars, T* gradient) {
    for_channel_blocks<scalar_channels, accumulator_block(scalar_channels, V)>(
        [&](auto block, int first) {
          some_channels<V, decltype(block)::value>(run, t, v, first, transposed + long(v) * W * W,
                                                   scalars, gradient);
        });
  }

  template <int V, int C>
  static void some_channels(const GatherPlan::Run& run, int t, int v, int first,
                            const T* transposed, const T* scalars, T* gradient) {
    constexpr int rows = V * taps_at_once;  // of C sums, each
    const int *tap = run.tap + t, *inputs = run.inputs + t * run.sites;
    Vector<T> sum[std::size_t(rows * C)];
    T* to[std::size_t(rows)];
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r) {
      const int u = r % taps_at_once, block = v + r / taps_at_once;
      to[r] =
          t + u < run.taps
              ? gradient + ((long(tap[u]) * vector_blocks + block) * scalar_channels + first) * W
              : nullptr;
    }
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c)
        sum[r * C + c] = to[r] ? Vector<T>::load(to[r] + c * W) : Vector<T>(0);
    if constexpr (taps_at_once == 1) {  // the next tap's sums
      const int ahead = t + 1 < run.taps ? 1 : 0;
      const long next = long(tap[ahead] - tap[0]) * vector_blocks * scalar_channels * W;
      for (int r = 0; r < rows; ++r)
        for (int c = 0; c < C; ++c) __builtin_prefetch(to[r] + next + c * W, 1);
    }
    for (int s = 0; s < run.sites; ++s) {
      const T* vectors = transposed + long(s) * vector_blocks * W * W;
      const T* runs[std::size_t(taps_at_once)];  // beyond the visible taps something, not stored
#pragma GCC unroll 32
      for (int u = 0; u < taps_at_once; ++u)
        runs[u] = scalars + first * scalar_step + long(inputs[(to[u] ? u : 0) * run.sites + s]) * W;
      if constexpr (V == 1)
        accumulate<taps_at_once, C, scalar_step, T>(sum, vectors, runs);
      else
        accumulate_shared<V, C, scalar_step, T>(sum, vectors, runs[0]);
    }
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c)
        if (to[r]) sum[r * C + c].store(to[r] + c * W);
  }
};

}  // namespace lanes::cpu
