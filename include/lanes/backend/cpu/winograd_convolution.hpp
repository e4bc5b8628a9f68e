// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradConvolution: a dense periodic 3 x 3 convolution in two dimensions by nested F(M, 3), a drop-in for
// DirectConvolution (same operations, same three layouts of parameters, same results to rounding).
//
// Output patches of M0 x M1 sites (winograd_patches.hpp); for each point xi of (M0+2)(M1+2):
//   forward          out = A^T [ U(xi) V(xi) ] A,   V = B^T in B,   U = G weight G^T
//   input_adjoint    the same with the taps reflected and in, out exchanged
//   weight_adjoint   dU(xi) += (A d_out A^T)(xi) V(xi)^T;  collect brings it back: G^T dU G
// Rows between stages: [point][patch][channel], each point padded by one row: power-of-two strides alias in
// L1 (the input transform is four times slower without).
#pragma once

#include <lanes/backend/cpu/direct_convolution.hpp>
#include <lanes/backend/cpu/winograd_patches.hpp>
#include <lanes/backend/cpu/winograd_transform.hpp>

namespace lanes::cpu {

/// Whether the algorithm applies and pays: 3 x 3, no hidden sites, patches fit, eight channels or more.
template <class Stencil>
constexpr bool winograd_applies() {
  if constexpr (Stencil::dimension != 2 || Stencil::kernel != 3 || Stencil::masked) {
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
  using Patches = WinogradPatches<Stencil>;
  static constexpr int M0 = Patches::M0, M1 = Patches::M1;
  using Rows0 = Winograd<M0>;
  using Rows1 = Winograd<M1>;
  static constexpr int P0 = Rows0::points, P1 = Rows1::points, points = P0 * P1;
  static constexpr int patches = Patches::count;
  static constexpr int at_once = patches % 4 == 0 ? 4 : patches % 2 == 0 ? 2 : 1;
  static constexpr int out_blocks = (out + W - 1) / W;
  static constexpr int kernel_size = 9 * in * out;
  static constexpr int product_size = points * in * out;
  static constexpr int bias_size = Stencil::bias ? out : 0;
  static constexpr int at_bias = points * out_blocks * in * W;

 public:
  static constexpr int parameters = kernel_size + bias_size;
  static constexpr int weights = 2 * product_size + bias_size;
  static constexpr int gradients =
      points * out_blocks * in * W + (Stencil::bias ? out_blocks * W : 0);

  static void prepare(const T* external, T* prepared) {
    T* transposed = prepared + product_size + bias_size;
    for (int o = 0; o < out; ++o) {
      T w[9][in];
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < 9; ++t) w[t][i] = external[(o * in + i) * 9 + t];
      for (bool reflected : {false, true}) {
        T half[P0][3][in];  // G applied to the first direction
        for (int p = 0; p < P0; ++p)
          for (int b = 0; b < 3; ++b)
            for (int i = 0; i < in; ++i) {
              T sum = 0;
              for (int a = 0; a < 3; ++a)
                sum += T(Rows0::filter[p][a]) * w[reflected ? 8 - 3 * a - b : 3 * a + b][i];
              half[p][b][i] = sum;
            }
        for (int p = 0; p < P0; ++p)
          for (int q = 0; q < P1; ++q)
            for (int i = 0; i < in; ++i) {
              T sum = 0;
              for (int b = 0; b < 3; ++b) sum += T(Rows1::filter[q][b]) * half[p][b][i];
              if (reflected)
                transposed[blocked(p * P1 + q, i, in, o, out)] = sum;
              else
                prepared[blocked(p * P1 + q, o, out, i, in)] = sum;
            }
      }
    }
    for (int o = 0; o < bias_size; ++o) prepared[product_size + o] = external[kernel_size + o];
  }

  static void collect(const T* gradient, T* external) {
    for (int block = 0; block < out_blocks; ++block)
      for (int i = 0; i < in; ++i) {
        Vector<T> half[3][P1];
        for (int q = 0; q < P1; ++q) {
          for (int a = 0; a < 3; ++a) half[a][q] = Vector<T>(0);
          for (int p = 0; p < P0; ++p) {
            const auto u =
                Vector<T>::load(gradient + (long((p * P1 + q) * out_blocks + block) * in + i) * W);
            for (int a = 0; a < 3; ++a)
              half[a][q] = fma(Vector<T>(Rows0::filter[p][a]), u, half[a][q]);
          }
        }
        for (int a = 0; a < 3; ++a)
          for (int b = 0; b < 3; ++b) {
            Vector<T> sum(0);
            for (int q = 0; q < P1; ++q) sum = fma(Vector<T>(Rows1::filter[q][b]), half[a][q], sum);
            alignas(64) T lane[W];
            sum.store(lane);
            for (int v = 0; v < W && block * W + v < out; ++v)
              external[((block * W + v) * in + i) * 9 + 3 * a + b] += lane[v];
          }
      }
    for (int o = 0; o < bias_size; ++o) external[kernel_size + o] += gradient[at_bias + o];
  }

  // A store that has ahead(lane, row) is told of each row some time before it is stored.
  template <class Context, class Store>
  static void forward(Context& context, const T* prepared, int, Rows<T> input, Store store) {
    const T* bias = prepared + product_size;
    convolve<in, out>(
        context, context.pointer(input), prepared,
        [&](int site, int c, Vector<T> v) LANES_INLINE_LAMBDA {
          if constexpr (Stencil::bias) v += Vector<T>(bias[c]);
          store(context.lane(), long(site) * out + c, v);
        },
        [&](int site, int c)
            LANES_INLINE_LAMBDA { fetch(store, context.lane(), long(site) * out + c); });
  }

  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* prepared, int, Rows<T> d_out, Store store) {
    convolve<out, in>(
        context, context.pointer(d_out), prepared + product_size + bias_size,
        [&](int site, int c, Vector<T> v)
            LANES_INLINE_LAMBDA { store(context.lane(), long(site) * in + c, v); },
        [&](int site, int c)
            LANES_INLINE_LAMBDA { fetch(store, context.lane(), long(site) * in + c); });
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
      for (int n = 0; n < at_once; ++n) {
        transform_input<in>(x, first + n, inputs + long(n) * in * W, x_stride);
        for (int v = 0; v < out_blocks; ++v)
          transform_output_adjoint(dy, first + n, v, turned,
                                   outputs + long(n * out_blocks + v) * W * W, y_stride);
      }
      if constexpr (Stencil::bias) add_bias(outputs + (P1 + 1) * y_stride, gradient + at_bias);
      for (int xi = 0; xi < points; ++xi)
        for (int v = 0; v < out_blocks; ++v)
          for_channel_blocks<in, 16>([&](auto block, int c0) {
            constexpr int A = decltype(block)::value;
            T* to = gradient + (long(xi * out_blocks + v) * in + c0) * W;
            for (int c = 0; c < A; ++c)
              __builtin_prefetch(to + (in + c) * W, 1);  // the next block's sums
            Vector<T> sum[A];
            for (int c = 0; c < A; ++c) sum[c] = Vector<T>::load(to + c * W);
            for (int n = 0; n < at_once; ++n) {
              const T* rows[A];
              for (int c = 0; c < A; ++c)
                rows[c] = inputs + xi * x_stride + (long(n) * in + c0 + c) * W;
              accumulate<A, T>(sum, outputs + xi * y_stride + long(n * out_blocks + v) * W * W,
                               rows);
            }
            for (int c = 0; c < A; ++c) sum[c].store(to + c * W);
          });
    }
  }

 private:
  template <class Store, class Lane>
  LANES_INLINE static void fetch(const Store& store, Lane lane, long row) {
    if constexpr (requires { store.ahead(lane, row); }) store.ahead(lane, row);
  }

  static constexpr int blocked(int xi, int channel, int channels, int k, int contracted) {
    const int first = channel / channel_block * channel_block;
    const int width = first + channel_block <= channels ? channel_block : channels % channel_block;
    return xi * channels * contracted + first * contracted + k * width + channel - first;
  }

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

  // Fetches the next patch meanwhile: its rows are many short streams, which no hardware prefetcher follows.
  template <int Channels>
  static void transform_input(const T* x, int patch, T* to, long stride) {
    const auto site = Patches::sites(patch);
    const auto next = Patches::sites(Patches::next(patch));
    for (int c = 0; c < Channels; ++c) {
      Patches::for_outputs(next,
                           [&](int s) { __builtin_prefetch(x + (long(s) * Channels + c) * W); });
      const T* from = x + c * W;
      T* channel = to + c * W;
      for_groups<Rows0::groups>([&](auto group) {
        constexpr int G = decltype(group)::value;
        Vector<T> half[2][P1];  // two rows of points, transformed along the first direction
        int row[2];
#pragma GCC unroll 8
        for (int j = 0; j < P1; ++j) {
          int n = 0;
          Rows0::template input<G>(
              [&](int i) LANES_INLINE_LAMBDA {
                return Vector<T>::load(from + long(site[std::size_t(i * P1 + j)]) * Channels * W);
              },
              [&](int point, Vector<T> v)
                  LANES_INLINE_LAMBDA { row[n] = point, half[n++][j] = v; });
        }
#pragma GCC unroll 2
        for (int n = 0; n < 2; ++n)
          for_groups<Rows1::groups>([&](auto inner) LANES_INLINE_LAMBDA {
            Rows1::template input<decltype(inner)::value>(
                [&](int j) LANES_INLINE_LAMBDA { return half[n][j]; },
                [&](int point, Vector<T> v)
                    LANES_INLINE_LAMBDA { v.store(channel + (row[n] * P1 + point) * stride); });
          });
      });
    }
  }

  template <int Groups, class F>
  LANES_INLINE static void for_groups(F&& f) {
    [&]<int... G>(std::integer_sequence<int, G...>) LANES_INLINE_LAMBDA {
      (f(std::integral_constant<int, G>{}), ...);
    }(std::make_integer_sequence<int, Groups>{});
  }

  template <int Channels, class Store, class Ahead>
  static void transform_output(const T* products, long stride, int patch, Store&& store,
                               Ahead&& ahead) {
    const auto site = Patches::sites(patch);
    const auto next = Patches::sites(Patches::next(patch));
    for (int c = 0; c < Channels; ++c) {
      Patches::for_outputs(next, [&](int s) { ahead(s, c); });
      Vector<T> half[M0][P1];
      for (int j = 0; j < P1; ++j) {
        Vector<T> m[P0], y[M0];
        for (int i = 0; i < P0; ++i)
          m[i] = Vector<T>::load(products + (i * P1 + j) * stride + c * W);
        Rows0::output(m, y);
        for (int i = 0; i < M0; ++i) half[i][j] = y[i];
      }
      for (int i = 0; i < M0; ++i) {
        Vector<T> y[M1];
        Rows1::output(half[i], y);
        for (int j = 0; j < M1; ++j) store(site[std::size_t((i + 1) * P1 + j + 1)], c, y[j]);
      }
    }
  }

  // A d_out A^T of one patch and W channels, with lanes and channels exchanged: [point][lane] of channels.
  static void transform_output_adjoint(const T* dy, int patch, int block, T* turned, T* to,
                                       long stride) {
    const auto site = Patches::sites(patch);
    constexpr int padded = (W + 1) * W;
    for (int i = 0; i < M0; ++i)
      for (int j = 0; j < M1; ++j)
        transpose(dy + (long(site[std::size_t((i + 1) * P1 + j + 1)]) * out + block * W) * W,
                  out - block * W, turned + (i * M1 + j) * padded);
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

  template <int Contracted, int Channels, class Context, class Store, class Ahead>
  static void convolve(Context& context, const T* source, const T* weight, Store&& store,
                       Ahead&& ahead) {
    constexpr long x_stride = (at_once * Contracted + 1) * W,
                   y_stride = (at_once * Channels + 1) * W;
    typename Context::Scope scope(context);
    T* inputs = context.template take<T>(std::size_t(points * x_stride));
    T* products = context.template take<T>(std::size_t(points * y_stride));
    for (int first = 0; first < patches; first += at_once) {
      for (int n = 0; n < at_once; ++n)
        transform_input<Contracted>(source, first + n, inputs + long(n) * Contracted * W, x_stride);
      for (int xi = 0; xi < points; ++xi)
        for_channel_blocks<Channels, channel_block>([&](auto block, int c0) {
          constexpr int C = decltype(block)::value;
          constexpr int S = site_block(C) < at_once ? site_block(C) : at_once;
          const T* w = weight + (long(xi) * Channels + c0) * Contracted;
          for (int n = 0; n < at_once; n += S) {
            Vector<T> sum[S][C];
            multiply_strided<S, C, T>(inputs + xi * x_stride + long(n) * Contracted * W,
                                      Contracted * W, Contracted, w, sum);
            for (int s = 0; s < S; ++s)
              for (int c = 0; c < C; ++c)
                sum[s][c].store(products + xi * y_stride + (long(n + s) * Channels + c0 + c) * W);
          }
        });
      for (int n = 0; n < at_once; ++n)
        transform_output<Channels>(products + long(n) * Channels * W, y_stride, first + n, store,
                                   ahead);
    }
  }
};

}  // namespace lanes::cpu
