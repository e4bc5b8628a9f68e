// SPDX-License-Identifier: BSD-3-Clause
//
// NarrowConvolution: a convolution that has one or two channels at one end and many at the other; a
// drop-in for DirectConvolution (same operations, same external order). Each direction goes site by
// site of the wide end y, so that its rows, the most of all memory here, pass once; t runs over the
// taps that y sees, x(y, t) is the site of the narrow end there:
//
//   expand    wide[y][c] = sum_{t,k} weight[t][k][c] narrow[x(y, t)][k]
//   reduce    narrow[x(y, t)][k] += sum_c weight[t][k][c] wide[y][c]
//   gradient  d_weight[t][k][c] += sum_{y,lane} wide[y][c] narrow[x(y, t)][k]
//
// Forward is the one, input_adjoint the other; adjoint does a run of sites (gather_plan.hpp) of it
// and of the gradient while that run is near. Sums of the gradient are taken lane by lane, and over
// the lanes at the end. Prepared: weights of expand [taps][narrow][wide], of reduce
// [wide][taps][narrow], bias. Gradient: [taps][narrow][wide, whole registers], bias.
#pragma once

#include <algorithm>
#include <type_traits>

#include <lanes/backend/cpu/bias.hpp>
#include <lanes/backend/cpu/gather_plan.hpp>
#include <lanes/backend/cpu/micro_kernels.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/core/rows.hpp>

namespace lanes::cpu {

/// Whether one end is that narrow.
template <class Stencil>
inline constexpr bool narrow_applies = (Stencil::in <= 2 && Stencil::out >= 4) ||
                                       (Stencil::out <= 2 && Stencil::in >= 4);

template <class Stencil, class T>
class NarrowConvolution {
  static constexpr int W = simd_width<T>, taps = Stencil::taps;
  static constexpr bool expands = Stencil::out >= Stencil::in;  // going forward
  static constexpr int wide = expands ? Stencil::out : Stencil::in;
  static constexpr int narrow = expands ? Stencil::in : Stencil::out;
  static constexpr int wide_pitch = expands ? Stencil::out_pitch : Stencil::in_pitch;
  static constexpr int narrow_pitch = expands ? Stencil::in_pitch : Stencil::out_pitch;
  static constexpr long wide_step = long(wide_pitch) * W, narrow_step = long(narrow_pitch) * W;
  using Narrow = std::conditional_t<expands, typename Stencil::Inputs, typename Stencil::Outputs>;
  using Bias = BiasOf<Stencil>;
  using Run = GatherPlan::Run;
  static constexpr int kernel_size = Bias::kernel_size, at_reduce = kernel_size;
  static constexpr int at_bias = 2 * kernel_size;
  static constexpr int wide_blocks = (wide + W - 1) / W;
  static constexpr int gradient_size = taps * narrow * wide_blocks * W;

  // Register blocks: sums kept at once, sites that share a weight, taps that share a wide row.
  static constexpr int sums = simd_registers >= 32 ? 24 : 8;
  static constexpr int reduce_sites = 4 / narrow;
  static constexpr int reduce_taps = std::clamp(sums / (reduce_sites * narrow), 1, taps);
  static constexpr int gradient_channels = simd_registers >= 32 ? 4 : 2;
  static constexpr int gradient_taps = std::clamp(sums / (gradient_channels * narrow), 1, taps);

 public:
  static constexpr int parameters = kernel_size + (Stencil::bias ? Stencil::out : 0);
  static constexpr int weights = at_bias + Bias::size;
  static constexpr int gradients = gradient_size + Bias::size;

  static void pack(const T* external, T* packed) {
    for (int t = 0; t < taps; ++t)
      for (int k = 0; k < narrow; ++k)
        for (int c = 0; c < wide; ++c)
          packed[(t * narrow + k) * wide + c] = packed[at_reduce + (c * taps + t) * narrow + k] =
              external[at(t, k, c)];
    Bias::pack(external, packed + at_bias);
  }

  static void unpack(const T* gradient, T* external) {
    for (int t = 0; t < taps; ++t)
      for (int k = 0; k < narrow; ++k)
        for (int c = 0; c < wide; ++c)
          external[at(t, k, c)] += gradient[(t * narrow + k) * wide_blocks * W + c];
    Bias::unpack(gradient + gradient_size, external);
  }

  /// store(lane, o * out_pitch + slot, value)
  template <class Context, class Store>
  static void forward(Context& context, const T* packed, int variant, Rows<T> input,
                      const Store& store) {
    run_all<expands, Bias::size != 0>(context, packed, variant, context.pointer(input), store,
                                      [](const Run&) {});
  }

  /// store(lane, i * in_pitch + slot, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* packed, int variant, Rows<T> d_out,
                            const Store& store) {
    run_all<!expands, false>(context, packed, variant, context.pointer(d_out), store,
                             [](const Run&) {});
  }

  template <class Context, class Store>
  static void adjoint(Context& context, const T* packed, T* gradient, int variant, Rows<T> input,
                      Rows<T> d_out, const Store& store) {
    const T *x = context.pointer(input), *dy = context.pointer(d_out);
    typename Context::Scope scope(context);
    T* lanes = context.template take<T>(std::size_t(taps * narrow * wide * W));
    std::fill(lanes, lanes + taps * narrow * wide * W, T(0));
    run_all<!expands, false>(context, packed, variant, dy, store, [=](const Run& run) {
      add_products(run, expands ? dy : x, expands ? x : dy, lanes);
    });
    sum_lanes(context, lanes, gradient);
    Bias::add_gradient(dy, variant, gradient + gradient_size);
  }

 private:
  // Where a weight stands in external order.
  static constexpr int at(int t, int k, int c) {
    return ((expands ? c : k) * Stencil::in + (expands ? k : c)) * taps + t;
  }

  // Stores the values of expand or reduce, with the bias if Biased; after(run) each run.
  template <bool Expand, bool Biased, class Context, class Store, class After>
  static void run_all(Context& context, const T* packed, int variant, const T* source,
                      const Store& store, const After& after) {
    const GatherPlan& plan =
        expands ? forward_plan<Stencil>(variant) : adjoint_plan<Stencil>(variant);
    const auto lane = context.lane();
    const T* bias = Biased ? packed + at_bias : nullptr;
    if constexpr (Expand) {
      for (int i = 0; i < plan.runs(); ++i) {
        const Run run = plan[i], next = plan[(i + 1) % plan.runs()];
        for_channel_blocks<wide, channel_block>([&](auto block, int first) {
          constexpr int C = decltype(block)::value, S = site_block(C);
          for_sites<S>(run.sites, [&](auto sites, int begin) LANES_INLINE_LAMBDA {
            if constexpr (FetchingStore<Store, decltype(lane)>)
              for (int s = begin; s < begin + sites.value && s < next.sites; ++s)
                for (int c = 0; c < C; ++c)
                  store.ahead(lane, long(first + c) * wide_pitch + next.slots[s]);
            expand<sites.value, C>(
                run, begin, source, packed + first, Biased ? bias + first : nullptr,
                [=](int c, int slot, Vector<T> v)
                    LANES_INLINE_LAMBDA { store(lane, long(first + c) * wide_pitch + slot, v); });
          });
        });
        after(run);
      }
    } else {
      typename Context::Scope scope(context);
      T* to = context.template take<T>(std::size_t(narrow * narrow_step));
      for (int k = 0; k < narrow; ++k)
        std::fill(to + k * narrow_step, to + (k + 1) * narrow_step, Biased ? bias[k] : T(0));
      for (int i = 0; i < plan.runs(); ++i) {
        const Run run = plan[i];
        for_sites<reduce_sites>(run.sites, [&](auto sites, int begin) LANES_INLINE_LAMBDA {
          for_taps<reduce_taps>(run.taps, [&](auto count, int t) LANES_INLINE_LAMBDA {
            reduce<sites.value, count.value>(run, begin, t, source, packed + at_reduce, to);
          });
        });
        after(run);
      }
      for (int k = 0; k < narrow; ++k)
        for (int i = 0; i < Narrow::size; ++i) {
          const long row = long(k) * narrow_pitch + Narrow::slot(variant, i);
          store(lane, row, Vector<T>::load(to + row * W));
        }
    }
  }

  // put(c, slot, value) for sites begin .. begin + S - 1 of a run and C channels.
  template <int S, int C, class Put>
  static void expand(const Run& run, int begin, const T* source, const T* weight, const T* bias,
                     const Put& put) {
    Vector<T> sum[std::size_t(S)][std::size_t(C)];
#pragma GCC unroll 32
    for (int c = 0; c < C; ++c) {
      const Vector<T> b(bias ? bias[c] : T(0));
#pragma GCC unroll 32
      for (int s = 0; s < S; ++s) sum[s][c] = b;
    }
    const int *tap = run.tap, *from = run.inputs + begin;
    for (int t = 0; t < run.taps; ++t, from += run.sites)
#pragma GCC unroll 2
      for (int k = 0; k < narrow; ++k) {
        const T* w = weight + (long(tap[t]) * narrow + k) * wide;
        Vector<T> x[std::size_t(S)];
#pragma GCC unroll 32
        for (int s = 0; s < S; ++s)
          x[s] = Vector<T>::load(source + k * narrow_step + long(from[s]) * W);
#pragma GCC unroll 32
        for (int c = 0; c < C; ++c) {
          const Vector<T> b(w[c]);
#pragma GCC unroll 32
          for (int s = 0; s < S; ++s) fused_add<T>(sum[s][c], x[s], b);
        }
      }
    const int* slots = run.slots + begin;
#pragma GCC unroll 32
    for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) put(c, slots[s], sum[s][c]);
  }

  // Sites begin .. begin + S - 1 of a run, taps t .. t + N - 1.
  template <int S, int N>
  static void reduce(const Run& run, int begin, int t, const T* source, const T* weight, T* to) {
    const int *slots = run.slots + begin, *tap = run.tap + t;
    const T *row[std::size_t(S)], *w[std::size_t(N)];
    Vector<T> sum[std::size_t(S)][std::size_t(N * narrow)];
#pragma GCC unroll 32
    for (int s = 0; s < S; ++s) {
      row[s] = source + long(slots[s]) * W;
#pragma GCC unroll 32
      for (int n = 0; n < N * narrow; ++n) sum[s][n] = Vector<T>(0);
    }
#pragma GCC unroll 32
    for (int u = 0; u < N; ++u) w[u] = weight + tap[u] * narrow;
#pragma GCC unroll 1
    for (int c = 0; c < wide; ++c) {
      Vector<T> x[std::size_t(S)];
#pragma GCC unroll 32
      for (int s = 0; s < S; ++s) x[s] = Vector<T>::load(row[s] + c * wide_step);
#pragma GCC unroll 32
      for (int n = 0; n < N * narrow; ++n) {
        const Vector<T> b(w[n / narrow][long(c) * taps * narrow + n % narrow]);
#pragma GCC unroll 32
        for (int s = 0; s < S; ++s) fused_add<T>(sum[s][n], x[s], b);
      }
    }
    const int* target = run.inputs + t * run.sites + begin;
#pragma GCC unroll 32
    for (int u = 0; u < N; ++u)
#pragma GCC unroll 32
      for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
        for (int k = 0; k < narrow; ++k) {
          T* here = to + k * narrow_step + long(target[u * run.sites + s]) * W;
          (Vector<T>::load(here) + sum[s][u * narrow + k]).store(here);
        }
  }

  // lanes [tap][narrow][wide][lane] += the products of a run.
  static void add_products(const Run& run, const T* wides, const T* narrows, T* lanes) {
    for_channel_blocks<wide, gradient_channels>([&](auto block, int first) {
      for_taps<gradient_taps>(run.taps, [&](auto count, int t) LANES_INLINE_LAMBDA {
        add_products<decltype(block)::value, count.value>(run, t, wides + first * wide_step,
                                                          narrows, lanes + first * W);
      });
    });
  }

  // For C wide channels and N taps from t.
  template <int C, int N>
  static void add_products(const Run& run, int t, const T* wides, const T* narrows, T* lanes) {
    constexpr long step = long(narrow) * wide * W;
    const int *slots = run.slots, *from = run.inputs + t * run.sites;
    T* to[std::size_t(N)];
    Vector<T> sum[std::size_t(N * narrow)][std::size_t(C)];
#pragma GCC unroll 32
    for (int u = 0; u < N; ++u) {
      to[u] = lanes + run.tap[t + u] * step;
#pragma GCC unroll 32
      for (int i = 0; i < narrow * C; ++i)
        sum[u * narrow + i / C][i % C] = Vector<T>::load(to[u] + (i / C * wide + i % C) * W);
    }
    for (int s = 0; s < run.sites; ++s) {
      Vector<T> x[std::size_t(C)];
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c)
        x[c] = Vector<T>::load(wides + c * wide_step + long(slots[s]) * W);
#pragma GCC unroll 32
      for (int i = 0; i < N * narrow; ++i) {
        auto y = Vector<T>::load(narrows + i % narrow * narrow_step +
                                 long(from[i / narrow * run.sites + s]) * W);
        y.keep();
#pragma GCC unroll 32
        for (int c = 0; c < C; ++c) fused_add<T>(sum[i][c], x[c], y);
      }
    }
#pragma GCC unroll 32
    for (int u = 0; u < N; ++u)
#pragma GCC unroll 32
      for (int i = 0; i < narrow * C; ++i)
        sum[u * narrow + i / C][i % C].store(to[u] + (i / C * wide + i % C) * W);
  }

  template <class Context>
  static void sum_lanes(Context& context, const T* lanes, T* gradient) {
    T* turned = context.template take<T>(W * W);
    for (int tk = 0; tk < taps * narrow; ++tk)
      for (int v = 0; v < wide_blocks; ++v) {
        transpose(lanes + (tk * wide + v * W) * W, W, wide - v * W, turned);
        T* to = gradient + (tk * wide_blocks + v) * W;
        Vector<T> sum = Vector<T>::load(to);
        for (int lane = 0; lane < W; ++lane) sum += Vector<T>::load(turned + lane * W);
        sum.store(to);
      }
  }
};

}  // namespace lanes::cpu
