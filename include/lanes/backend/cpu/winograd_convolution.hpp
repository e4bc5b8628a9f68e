// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradConvolution: a dense periodic 3 x 3 convolution in two dimensions by nested F(M, 3), a
// drop-in for DirectConvolution (same operations, same results to rounding).
//
// Output patches of M0 x M1 sites (winograd_patches.hpp); for each point xi of (M0+2)(M1+2):
//   forward          out = A^T [ U(xi) V(xi) ] A,   V = B^T in B,   U = G weight G^T
//   input_adjoint    the same with the taps reflected and in, out exchanged
//   weight_adjoint   dU(xi) += (A d_out A^T)(xi) V(xi)^T
//
// Patches are taken in batches. The transforms go channel by channel through a batch: a channel's
// sites follow each other in memory, and what overlaps between patches is still near. Rows between
// the stages: [point][patch][channel], each point padded by one row (powers of two alias in L1).
#pragma once

#include <lanes/backend/cpu/direct_convolution.hpp>
#include <lanes/backend/cpu/winograd_filter.hpp>

namespace lanes::cpu {

/// Whether the algorithm applies and pays: 3 x 3, no hidden sites, patches fit, eight channels or
/// more.
template <class Stencil>
constexpr bool winograd_applies() {
  if constexpr (Stencil::dimension != 2 || Stencil::kernel != 3 || Stencil::masked || Stencil::ones) {
    return false;
  } else {
    return Stencil::in >= 8 && Stencil::out >= 8 &&
           winograd_patch(Stencil::extent(0), Stencil::dilation) != 0 &&
           winograd_patch(Stencil::extent(1), Stencil::dilation) != 0;
  }
}

template <class Stencil, class T>
class WinogradConvolution {
  static constexpr int W = simd_width<T>;
  static constexpr int in = Stencil::in, out = Stencil::out;
  using Filter = WinogradFilter<Stencil, T>;
  using Patches = WinogradPatches<Stencil>;
  using Sites = typename Patches::Sites;
  static constexpr int M0 = Patches::M0, M1 = Patches::M1, P0 = Patches::P0, P1 = Patches::P1;
  static constexpr int points = P0 * P1, patches = Patches::count;
  using Rows0 = Winograd<M0>;
  using Rows1 = Winograd<M1>;
  static constexpr int at_once = patches % 4 == 0 ? 4 : patches % 2 == 0 ? 2 : 1;
  using Batch = typename Patches::template Batch<at_once>;
  static Batch batch(int first) { return Patches::template batch<at_once>(first); }
  static constexpr int out_blocks = Filter::out_blocks;

 public:
  static constexpr int parameters = Filter::parameters, weights = Filter::weights;
  static constexpr int gradients = Filter::gradients;

  static void prepare(const T* external, T* prepared) { Filter::prepare(external, prepared); }
  static void collect(const T* gradient, T* external) { Filter::collect(gradient, external); }

  // A store that has ahead(lane, row) is told of each row some time before it is stored.
  template <class Context, class Store>
  static void forward(Context& context, const T* prepared, int, Rows<T> input, Store store) {
    const T* bias = prepared + Filter::at_bias;
    convolve<in, Stencil::in_pitch, out, Stencil::out_pitch>(
        context, context.pointer(input), prepared, store, [=](int c, Vector<T> v) {
          if constexpr (Stencil::bias) v += Vector<T>(bias[c]);
          return v;
        });
  }

  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* prepared, int, Rows<T> d_out, Store store) {
    convolve<out, Stencil::out_pitch, in, Stencil::in_pitch>(context, context.pointer(d_out),
                                                             prepared + Filter::at_reflected, store,
                                                             [](int, Vector<T> v) { return v; });
  }

  template <class Context>
  static void weight_adjoint(Context& context, T* gradient, int, Rows<T> input, Rows<T> d_out) {
    const T *x = context.pointer(input), *dy = context.pointer(d_out);
    constexpr int x_stride = (at_once * in + 1) * W, y_stride = (at_once * out_blocks * W + 1) * W;
    typename Context::Scope scope(context);
    T* inputs = context.template take<T>(std::size_t(points) * x_stride);
    T* outputs = context.template take<T>(std::size_t(points) * y_stride);
    T* turned = context.template take<T>(std::size_t(M0 * M1) * (W + 1) * W);
    for (int first = 0; first < patches; first += at_once) {
      const Batch here = batch(first), next = batch(first + at_once);
      transform_input<in, Stencil::in_pitch>(x, here, next, inputs, x_stride);
      for (int n = 0; n < at_once; ++n)
        for (int v = 0; v < out_blocks; ++v)
          transform_output_adjoint(dy, here[std::size_t(n)], v, turned,
                                   outputs + long(n * out_blocks + v) * W * W, y_stride);
      if constexpr (Stencil::bias)
        add_bias(outputs + (P1 + 1) * y_stride, gradient + Filter::at_bias_gradient);
      for (int xi = 0; xi < points; ++xi)
        for (int v = 0; v < out_blocks; ++v)
          for_channel_blocks<in, accumulator_block(in)>([&](auto block, int c0) {
            constexpr int A = decltype(block)::value;
            T* to = gradient + (long(xi * out_blocks + v) * in + c0) * W;
            for (int c = 0; c < A; ++c)
              __builtin_prefetch(to + (in + c) * W, 1);  // the next block's sums
            Vector<T> sum[A];
#pragma GCC unroll 32
            for (int c = 0; c < A; ++c) sum[c] = Vector<T>::load(to + c * W);
            for (int n = 0; n < at_once; ++n) {
              const T* run = inputs + xi * x_stride + (long(n) * in + c0) * W;
              accumulate<1, A, W, T>(
                  sum, outputs + xi * y_stride + long(n * out_blocks + v) * W * W, &run);
            }
#pragma GCC unroll 32
            for (int c = 0; c < A; ++c) sum[c].store(to + c * W);
          });
    }
  }

 private:
  // Point (1, 1) of A d_out A^T is the sum over the patch: the gradient of the bias comes for free.
  static void add_bias(const T* sums, T* gradient) {
    for (int v = 0; v < out_blocks; ++v) {
      Vector<T> sum = Vector<T>::load(gradient + v * W);
      for (int n = 0; n < at_once; ++n)
        for (int lane = 0; lane < W; ++lane)
          sum += Vector<T>::load(sums + (long(n * out_blocks + v) * W + lane) * W);
      sum.store(gradient + v * W);
    }
  }

  // Calls f(site) for the outputs of a patch.
  template <class F>
  LANES_INLINE static void for_outputs(const Sites& patch, F&& f) {
    for (int i = 0; i < M0; ++i)
      for (int j = 0; j < M1; ++j) f(patch.output(i, j));
  }

  template <int Groups, class F>
  LANES_INLINE static void for_groups(F&& f) {
    [&]<int... G>(std::integer_sequence<int, G...>) LANES_INLINE_LAMBDA {
      (f(std::integral_constant<int, G>{}), ...);
    }(std::make_integer_sequence<int, Groups>{});
  }

  // to [point][patch][Channels] = B^T x B; asks for the next batch meanwhile.
  template <int Channels, int Pitch>
  static void transform_input(const T* x, const Batch& here, const Batch& next, T* to,
                              long stride) {
    for (int c = 0; c < Channels; ++c)
      for (int n = 0; n < at_once; ++n) {
        const T* channel = x + long(c) * Pitch * W;
        if constexpr (patches > at_once)
          for_outputs(next[std::size_t(n)],
                      [=](int site) { __builtin_prefetch(channel + long(site) * W); });
        transform_input(channel, here[std::size_t(n)], to + (long(n) * Channels + c) * W, stride);
      }
  }

  LANES_INLINE static void transform_input(const T* channel, const Sites& patch, T* to,
                                           long stride) {
    const T* row[P0];
    long column[P1];
    for (int i = 0; i < P0; ++i) row[i] = channel + long(patch.first[i]) * W;
    for (int j = 0; j < P1; ++j) column[j] = long(patch.second[j]) * W;
    for_groups<Rows0::groups>([&](auto group) LANES_INLINE_LAMBDA {
      Vector<T> half[2][P1];  // two rows of points, transformed along the first direction
      int point_row[2];
#pragma GCC unroll 8
      for (int j = 0; j < P1; ++j) {
        int n = 0;
        Rows0::template input<decltype(group)::value>(
            [&](int i) LANES_INLINE_LAMBDA { return Vector<T>::load(row[i] + column[j]); },
            [&](int point, Vector<T> v) LANES_INLINE_LAMBDA {
              point_row[n] = point;
              half[n++][j] = v;
            });
      }
#pragma GCC unroll 2
      for (int n = 0; n < 2; ++n)
        for_groups<Rows1::groups>([&](auto inner) LANES_INLINE_LAMBDA {
          Rows1::template input<decltype(inner)::value>(
              [&](int j) LANES_INLINE_LAMBDA { return half[n][j]; },
              [&](int point, Vector<T> v)
                  LANES_INLINE_LAMBDA { v.store(to + (point_row[n] * P1 + point) * stride); });
        });
    });
  }

  // store(lane, row, finish(channel, value)) for value = A^T products A.
  template <int Channels, int Pitch, class Lane, class Store, class Finish>
  static void transform_output(const T* products, long stride, const Batch& here, const Batch& next,
                               Lane lane, const Store& store, const Finish& finish) {
    for (int c = 0; c < Channels; ++c)
      for (int n = 0; n < at_once; ++n) {
        const Sites& patch = here[std::size_t(n)];
        const T* from = products + (long(n) * Channels + c) * W;
        if constexpr (requires { store.ahead(lane, 0L); })
          for_outputs(next[std::size_t(n)],
                      [&](int site) { store.ahead(lane, long(c) * Pitch + site); });
        Vector<T> half[M0][P1];
        for (int j = 0; j < P1; ++j) {
          Vector<T> m[P0], y[M0];
          for (int i = 0; i < P0; ++i) m[i] = Vector<T>::load(from + (i * P1 + j) * stride);
          Rows0::output(m, y);
          for (int i = 0; i < M0; ++i) half[i][j] = y[i];
        }
        for (int i = 0; i < M0; ++i) {
          Vector<T> y[M1];
          Rows1::output(half[i], y);
          for (int j = 0; j < M1; ++j)
            store(lane, long(c) * Pitch + patch.output(i, j), finish(c, y[j]));
        }
      }
  }

  // A d_out A^T of one patch and W channels, with lanes and channels exchanged: [point][lane] of
  // channels.
  static void transform_output_adjoint(const T* dy, const Sites& patch, int block, T* turned, T* to,
                                       long stride) {
    constexpr int padded = (W + 1) * W;
    constexpr long step = long(Stencil::out_pitch) * W;
    for (int i = 0; i < M0; ++i)
      for (int j = 0; j < M1; ++j)
        transpose(dy + block * W * step + long(patch.output(i, j)) * W, step, out - block * W,
                  turned + (i * M1 + j) * padded);
    for (int lane = 0; lane < W; ++lane) {
      Vector<T> half[P0][M1];
      for (int j = 0; j < M1; ++j) {
        Vector<T> y[M0], m[P0];
        for (int i = 0; i < M0; ++i)
          y[i] = Vector<T>::load(turned + (i * M1 + j) * padded + lane * W);
        Rows0::output_adjoint(y, m);
        for (int i = 0; i < P0; ++i) half[i][j] = m[i];
      }
      for (int i = 0; i < P0; ++i) {
        Vector<T> m[P1];
        Rows1::output_adjoint(half[i], m);
        for (int j = 0; j < P1; ++j) m[j].store(to + (i * P1 + j) * stride + lane * W);
      }
    }
  }

  template <int Contracted, int SourcePitch, int Channels, int Pitch, class Context, class Store,
            class Finish>
  static void convolve(Context& context, const T* source, const T* weight, const Store& store,
                       const Finish& finish) {
    constexpr long x_stride = (at_once * Contracted + 1) * W,
                   y_stride = (at_once * Channels + 1) * W;
    typename Context::Scope scope(context);
    T* inputs = context.template take<T>(std::size_t(points * x_stride));
    T* products = context.template take<T>(std::size_t(points * y_stride));
    for (int first = 0; first < patches; first += at_once) {
      const Batch here = batch(first), next = batch(first + at_once);
      transform_input<Contracted, SourcePitch>(source, here, next, inputs, x_stride);
      for (int xi = 0; xi < points; ++xi)
        for_channel_blocks<Channels, channel_block>([&](auto block, int c0) {
          constexpr int C = decltype(block)::value;
          constexpr int S = site_block(C) < at_once ? site_block(C) : at_once;
          const T* w = weight + (long(xi) * Channels + c0) * Contracted;
          for (int n = 0; n < at_once; n += S) {
            Vector<T> sum[S][C];
            multiply_strided<S, C, T>(inputs + xi * x_stride + long(n) * Contracted * W,
                                      Contracted * W, Contracted, w, sum);
#pragma GCC unroll 32
            for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
              for (int c = 0; c < C; ++c)
                sum[s][c].store(products + xi * y_stride + (long(n + s) * Channels + c0 + c) * W);
          }
        });
      transform_output<Channels, Pitch>(products, y_stride, here, next, context.lane(), store,
                                        finish);
    }
  }
};

}  // namespace lanes::cpu
