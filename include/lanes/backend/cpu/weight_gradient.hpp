// SPDX-License-Identifier: BSD-3-Clause
//
// WeightGradient: the gradient of the weights of a DirectConvolution,
//
//   d_weight[o][i][t] += sum_{x,lane} d_out[x][o] in[source(x, t)][i]
//
// The side with more channels is the vector side; layout [taps][vector blocks][scalar channels][W].
// Two algorithms: with many scalar channels, lanes and vector channels of each site are exchanged,
// and summed over lanes as they come (accumulate); with one or two that would cost as much as the
// sums themselves: these are taken lane by lane, and over the lanes at the end. Sites that see the
// same taps are neighbours in the plan and share registers.
#pragma once

#include <type_traits>

#include <lanes/backend/cpu/gather_plan.hpp>
#include <lanes/backend/cpu/micro_kernels.hpp>

namespace lanes::cpu {

/// Adds the sum over sites and lanes of d_out to d_bias [Out].
template <class Stencil, class T>
void add_bias_gradient(const T* d_out, int variant, T* d_bias) {
  constexpr int W = simd_width<T>;
  using Outputs = typename Stencil::Outputs;
  for_channel_blocks<Stencil::out, 4>([&](auto block, int first) {
    constexpr int C = decltype(block)::value;
    Vector<T> sum[C];
    for (int c = 0; c < C; ++c) sum[c] = Vector<T>(0);
    for (int i = 0; i < Outputs::size; ++i) {
      const T* at = d_out + (long(first) * Stencil::out_pitch + Outputs::slot(variant, i)) * W;
      for (int c = 0; c < C; ++c) sum[c] += Vector<T>::load(at + long(c) * Stencil::out_pitch * W);
    }
    for (int c = 0; c < C; ++c) d_bias[first + c] += reduce_add(sum[c]);
  });
}

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
        vector_is_out ? forward_plan<Stencil, 1>(variant) : adjoint_plan<Stencil, 1>(variant);
    const T *vectors = vector_is_out ? d_out : input, *scalars = vector_is_out ? input : d_out;
    if constexpr (scalar_channels <= 2)
      accumulate_sites(context, plan, vectors, scalars, gradient);
    else
      accumulate_taps(context, plan, vectors, scalars, gradient);
  }

 private:
  // How many taps share one visit of accumulate, so that few channels still fill the pipeline.
  static constexpr int channels_at_once = accumulator_block(scalar_channels);
  static constexpr int taps_at_once = scalar_channels >= 8 ? 1 : 16 / scalar_channels;

  template <class Context>
  static void accumulate_taps(Context& context, const GatherPlan& plan, const T* vectors,
                              const T* scalars, T* gradient) {
    constexpr int sites_at_once = 16, row = vector_blocks * W * W;
    typename Context::Scope scope(context);
    T* transposed = context.template take<T>(sites_at_once * row);
    for (std::size_t begin = 0; begin < plan.blocks.size();) {
      std::size_t end = begin;
      while (end < plan.blocks.size() && end - begin < sites_at_once &&
             same_taps(plan, plan.blocks[begin], plan.blocks[end]))
        ++end;
      for (std::size_t b = begin; b < end; ++b) {
        const T* from = vectors + long(plan.slots[std::size_t(plan.blocks[b].first_slot)]) * W;
        for (int v = 0; v < vector_blocks; ++v)
          transpose(from + v * W * vector_step, vector_step, vector_channels - v * W,
                    transposed + long(b - begin) * row + long(v) * W * W);
      }
      const int visible = plan.blocks[begin].taps;
      const int* tap = plan.taps.data() + plan.blocks[begin].first_tap;
      for (int v = 0; v < vector_blocks; ++v)
        for (int t = 0; t < visible; t += taps_at_once)
          for_channel_blocks<scalar_channels, channels_at_once>([&](auto block, int first) {
            constexpr int C = decltype(block)::value, A = C * taps_at_once;
            Vector<T> sum[A];
            T* to[taps_at_once];
#pragma GCC unroll 32
            for (int u = 0; u < taps_at_once; ++u)
              to[u] =
                  t + u < visible
                      ? gradient +
                            ((long(tap[t + u]) * vector_blocks + v) * scalar_channels + first) * W
                      : nullptr;
#pragma GCC unroll 32
            for (int u = 0; u < taps_at_once; ++u)
#pragma GCC unroll 32
              for (int c = 0; c < C; ++c)
                sum[u * C + c] = to[u] ? Vector<T>::load(to[u] + c * W) : Vector<T>(0);
            for (std::size_t b = begin; b < end; ++b) {
              const int* from = plan.inputs.data() + plan.blocks[b].first_input + t;
              const T* runs[taps_at_once];  // beyond the visible taps something, not stored
#pragma GCC unroll 32
              for (int u = 0; u < taps_at_once; ++u)
                runs[u] = scalars + first * scalar_step + long(from[to[u] ? u : 0]) * W;
              accumulate<taps_at_once, C, scalar_step, T>(
                  sum, transposed + long(b - begin) * row + long(v) * W * W, runs);
            }
#pragma GCC unroll 32
            for (int u = 0; u < taps_at_once; ++u)
#pragma GCC unroll 32
              for (int c = 0; c < C; ++c)
                if (to[u]) sum[u * C + c].store(to[u] + c * W);
          });
      begin = end;
    }
  }

  // Sums over sites lane by lane, [taps][scalar][vector channel][lane].
  template <class Context>
  static void accumulate_sites(Context& context, const GatherPlan& plan, const T* vectors,
                               const T* scalars, T* gradient) {
    constexpr int rows = taps * scalar_channels * vector_channels;
    constexpr int at_once = simd_registers >= 32 ? 4 : 2, most = 6 / scalar_channels;
    typename Context::Scope scope(context);
    T* sums = context.template take<T>(std::size_t(rows) * W);
    T* turned = context.template take<T>(W * W);
    for (int i = 0; i < rows * W; ++i) sums[i] = 0;
    for (std::size_t begin = 0, end; begin < plan.blocks.size(); begin = end) {
      end = begin + 1;
      while (end < plan.blocks.size() && same_taps(plan, plan.blocks[begin], plan.blocks[end]))
        ++end;
      const int visible = plan.blocks[begin].taps;
      for_channel_blocks<vector_channels, at_once>([&](auto channels, int first) {
        for (int t = 0; t < visible; t += most)
          with_constant<most>(visible - t, [&](auto count) {
            sum_sites<decltype(channels)::value, decltype(count)::value>(
                plan, begin, end, t, vectors + first * vector_step, scalars, sums + first * W);
          });
      });
    }
    for (int ts = 0; ts < taps * scalar_channels; ++ts)
      for (int v = 0; v < vector_blocks; ++v) {
        const int t = ts / scalar_channels, s = ts % scalar_channels;
        transpose(sums + (ts * vector_channels + v * W) * W, W, vector_channels - v * W, turned);
        T* to = gradient + ((t * vector_blocks + v) * scalar_channels + s) * W;
        Vector<T> sum = Vector<T>::load(to);
        for (int lane = 0; lane < W; ++lane) sum += Vector<T>::load(turned + lane * W);
        sum.store(to);
      }
  }

  // sums[tap][s][c] += sum over blocks begin .. end - 1, for C vector channels and N taps from t.
  template <int C, int N>
  static void sum_sites(const GatherPlan& plan, std::size_t begin, std::size_t end, int t,
                        const T* vectors, const T* scalars, T* sums) {
    constexpr int S = scalar_channels;
    T* to[N];
#pragma GCC unroll 32
    for (int u = 0; u < N; ++u)
      to[u] = sums + long(plan.taps[std::size_t(plan.blocks[begin].first_tap + t + u)]) * S *
                         vector_channels * W;
    Vector<T> sum[N * S][C];
#pragma GCC unroll 32
    for (int i = 0; i < N * S; ++i)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c)
        sum[i][c] = Vector<T>::load(to[i / S] + (i % S * vector_channels + c) * W);
    for (std::size_t b = begin; b < end; ++b) {
      const T* at = vectors + long(plan.slots[std::size_t(plan.blocks[b].first_slot)]) * W;
      const int* inputs = plan.inputs.data() + plan.blocks[b].first_input + t;
      Vector<T> x[C];
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) x[c] = Vector<T>::load(at + c * vector_step);
#pragma GCC unroll 32
      for (int i = 0; i < N * S; ++i) {
        auto y = Vector<T>::load(scalars + i % S * scalar_step + long(inputs[i / S]) * W);
        y.keep();
#pragma GCC unroll 32
        for (int c = 0; c < C; ++c) fused_add<T>(sum[i][c], x[c], y);
      }
    }
#pragma GCC unroll 32
    for (int i = 0; i < N * S; ++i)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) sum[i][c].store(to[i / S] + (i % S * vector_channels + c) * W);
  }

  // f(std::integral_constant<int, n>) for n, at most Most.
  template <int Most, class F>
  static void with_constant(int n, F&& f) {
    if constexpr (Most > 1)
      if (n < Most) return with_constant<Most - 1>(n, f);
    f(std::integral_constant<int, Most>{});
  }

  static bool same_taps(const GatherPlan& plan, const GatherPlan::Block& a,
                        const GatherPlan::Block& b) {
    if (a.taps != b.taps) return false;
    for (int t = 0; t < a.taps; ++t)
      if (plan.taps[std::size_t(a.first_tap + t)] != plan.taps[std::size_t(b.first_tap + t)])
        return false;
    return true;
  }
};

}  // namespace lanes::cpu
