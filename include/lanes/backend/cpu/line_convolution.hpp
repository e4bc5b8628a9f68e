// SPDX-License-Identifier: BSD-3-Clause
//
// LineConvolution: a 3 x 3 convolution in two dimensions from all sites to whole lines of them, by
// F(M, 3) along the lines; a drop-in for DirectConvolution (same operations, same results to
// rounding), with M = 4 half as many products.
//
// Patches of M sites, points xi of M + 2, taps a = 0, 1, 2 across the line (line_patches.hpp):
//   forward          out = A^T [ sum_a U_a(xi) V_a(xi) ],   V_a = B^T in_a,   U_a = G weight_a
//   input_adjoint    d_in_a = A^T [ U'_a(xi) V(xi) ],   V = B^T d_out,   U' of the reflected taps,
//                    in and out exchanged
//   adjoint          input_adjoint, and with the same V
//                    dU'_a(xi) += V(xi) (A in_a)(xi)^T,   d_weight += G^T dU', reflected
//
// The layouts of the parameters are DirectConvolution's: the filters are transformed when a tile
// needs them, which costs one product in a hundred, so that no layout depends on the lines'
// direction. Gradient: d_weight [taps][vector blocks of in][out][W], then the bias' (bias.hpp).
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <lanes/backend/cpu/direct_convolution.hpp>
#include <lanes/backend/cpu/line_patches.hpp>
#include <lanes/backend/cpu/winograd_products.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes::cpu {

/// Whether the algorithm applies and pays: all sites to lines, 3 x 3, eight channels or more, and
/// no site that two lines see.
template <class Stencil>
constexpr bool lines_apply() {
  if constexpr (Stencil::dimension != 2 || Stencil::kernel != 3 || Stencil::ones != 0 ||
                Stencil::Inputs::size != Stencil::volume || Stencil::in < 8 || Stencil::out < 8 ||
                Stencil::Outputs::size == Stencil::volume)
    return false;
  else if constexpr (!in_lines<typename Stencil::Lattice, typename Stencil::Outputs>())
    return false;
  else
    return LinePatches<Stencil>::apply();
}

template <class Stencil, class T>
class LineConvolution {
  static constexpr int W = simd_width<T>;
  static constexpr int in = Stencil::in, out = Stencil::out, taps = Stencil::taps;
  using Direct = DirectConvolution<Stencil, T>;
  using Bias = BiasOf<Stencil>;
  using Patches = LinePatches<Stencil>;
  using Patch = typename Patches::Patch;
  static constexpr int M = Patches::M, points = Patches::P;
  using Line = Winograd<M>;
  static constexpr int at_once = Patches::count % 4 == 0 ? 4 : Patches::count % 2 == 0 ? 2 : 1;
  using Products = WinogradProducts<T, points, at_once>;
  static constexpr long stride(int channels) { return Products::stride(channels); }
  static constexpr int in_blocks = (in + W - 1) / W;
  static constexpr long turned_stride = stride(in_blocks * W);
  static constexpr int tap_size = in_blocks * out * W;  // of a gradient

 public:
  static constexpr int parameters = Direct::parameters, weights = Direct::weights;
  static constexpr int gradients = taps * tap_size + Bias::size;

  static void pack(const T* external, T* packed) { Direct::pack(external, packed); }
  static void unpack(const T* gradient, T* external) {
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < taps; ++t)
          external[(o * in + i) * taps + t] +=
              gradient[t * tap_size + (i / W * out + o) * W + i % W];
    Bias::unpack(gradient + taps * tap_size, external);
  }

  /// store(lane, o * out_pitch + slot, value)
  template <class Context, class Store>
  static void forward(Context& context, const T* packed, int variant, Rows<T> input,
                      const Store& store) {
    const Patches& lines = Patches::of(variant);
    const T *x = context.pointer(input), *add = packed + Bias::kernel_size;
    const auto lane = context.lane();
    typename Context::Scope scope(context);
    T* filter = context.template take<T>(std::size_t(points) * 3 * in * out);
    T* inputs = context.template take<T>(std::size_t(points * stride(3 * in)));
    T* products = context.template take<T>(std::size_t(points * stride(out)));
    for (int a = 0; a < 3; ++a)
      transform<out, in, false>(packed, lines.direction(), a,
                                [=](int xi, int first, int width) LANES_INLINE_LAMBDA {
                                  return filter + (xi * out + first) * 3 * in + a * in * width;
                                });
    for (int n0 = 0; n0 < Patches::count; n0 += at_once) {
      const Patch* here = lines.patches() + n0;
      for (int i = 0; i < in; ++i)
        for (int n = 0; n < at_once; ++n)
          for (int a = 0; a < 3; ++a)
            to_points<stride(3 * in)>(x + long(i) * Stencil::in_pitch * W, here[n].inputs[a],
                                      inputs + ((n * 3 + a) * in + i) * W);
      Products::template multiply<3 * in, out>(inputs, filter, products, [](int, int) {});
      for (int o = 0; o < out; ++o)
        for (int n = 0; n < at_once; ++n)
          from_points<stride(out)>(
              products + (n * out + o) * W, [&](int j, Vector<T> v) LANES_INLINE_LAMBDA {
                if constexpr (Bias::size > 0) v += Vector<T>(add[o]);
                store(lane, long(o) * Stencil::out_pitch + here[n].outputs[j], v);
              });
    }
  }

  /// store(lane, i * in_pitch + slot, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* packed, int variant, Rows<T> d_out,
                            const Store& store) {
    adjoint(context, packed, variant, d_out, store, [](const Patch*, const T*) {});
  }

  template <class Context, class Store>
  static void adjoint(Context& context, const T* packed, T* gradient, int variant, Rows<T> input,
                      Rows<T> d_out, const Store& store) {
    constexpr int size = points * tap_size;  // of dU'_a
    const T* x = context.pointer(input);
    typename Context::Scope scope(context);
    T* d_filter = context.template take<T>(std::size_t(3 * size));
    T* sites_of_lane = context.template take<T>(std::size_t(M) * (W + 1) * W);
    T* turned = context.template take<T>(std::size_t(points * turned_stride));
    std::fill_n(d_filter, 3 * size, T(0));
    adjoint(context, packed, variant, d_out, store, [=](const Patch* here, const T* outputs) {
      for (int a = 0; a < 3; ++a) {
        for (int n = 0; n < at_once; ++n)
          for (int v = 0; v < in_blocks; ++v)
            turn(x, here[n].inputs[a], v, sites_of_lane, turned + (n * in_blocks + v) * W * W);
        Products::template accumulate<out, in_blocks>(outputs, turned, d_filter + a * size);
      }
    });
    const int direction = Patches::of(variant).direction();
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) {
        T* to = gradient + Patches::tap(direction, a, b) * tap_size;
        for (int k = 0; k < tap_size; k += W) {
          Vector<T> sum = Vector<T>::load(to + k);
          for (int xi = 0; xi < points; ++xi)
            sum = fma(Vector<T>(T(Line::filter[xi][2 - b])),
                      Vector<T>::load(d_filter + a * size + xi * tap_size + k), sum);
          sum.store(to + k);
        }
      }
    Bias::add_gradient(context.pointer(d_out), variant, gradient + taps * tap_size);
  }

 private:
  // store for the adjoint of every input;  use(patches, V) for each batch.
  template <class Context, class Store, class Use>
  static void adjoint(Context& context, const T* packed, int variant, Rows<T> d_out,
                      const Store& store, const Use& use) {
    const Patches& lines = Patches::of(variant);
    const T* dy = context.pointer(d_out);
    const auto lane = context.lane();
    typename Context::Scope scope(context);
    T* filter = context.template take<T>(std::size_t(3 * points) * in * out);
    T* inputs = context.template take<T>(std::size_t(points * stride(out)));
    T* products = context.template take<T>(std::size_t(points * stride(in)));
    for (int a = 0; a < 3; ++a)
      transform<in, out, true>(packed + Bias::kernel_size + Bias::size, lines.direction(), a,
                               [=](int xi, int first, int) LANES_INLINE_LAMBDA {
                                 return filter + ((a * points + xi) * in + first) * out;
                               });
    for (int n0 = 0; n0 < Patches::count; n0 += at_once) {
      const Patch* here = lines.patches() + n0;
      for (int o = 0; o < out; ++o)
        for (int n = 0; n < at_once; ++n)
          to_points<stride(out)>(dy + long(o) * Stencil::out_pitch * W, here[n].outputs,
                                 inputs + (n * out + o) * W);
      for (int a = 0; a < 3; ++a) {
        // What a site needs of the store, before it is stored.
        const auto ahead = [&](int step, int steps) LANES_INLINE_LAMBDA {
          if constexpr (FetchingStore<Store, decltype(lane)>)
            for (int u = step * in * at_once / steps; u < (step + 1) * in * at_once / steps; ++u)
              for (int j = 1; j <= M; ++j)
                store.ahead(lane,
                            long(u / at_once) * Stencil::in_pitch + here[u % at_once].inputs[a][j]);
        };
        Products::template multiply<out, in>(inputs, filter + a * points * in * out, products,
                                             ahead);
        for (int i = 0; i < in; ++i)
          for (int n = 0; n < at_once; ++n)
            from_points<stride(in)>(
                products + (n * in + i) * W, [&](int j, Vector<T> v) LANES_INLINE_LAMBDA {
                  store(lane, long(i) * Stencil::in_pitch + here[n].inputs[a][j], v);
                });
      }
      use(here, inputs);
    }
    for (int i = 0; i < in; ++i)
      for (int slot : lines.unread()) store(lane, long(i) * Stencil::in_pitch + slot, Vector<T>(0));
  }

  // to(xi, first channel of a block, its width)[k] = (G weight)(xi) of all weights k of the block,
  // for the taps a across the line; weight: panels [channel blocks][taps][Contracted][C].
  template <int Channels, int Contracted, bool Reflected, class To>
  static void transform(const T* weight, int direction, int a, const To& to) {
    for_channel_blocks<Channels, channel_block_of(Channels)>([&](auto block, int first) {
      constexpr int C = decltype(block)::value, size = Contracted * C;
      const T* panel = weight + long(first) * taps * Contracted;
      const T* tap[3];
      for (int b = 0; b < 3; ++b)
        tap[b] = panel + Patches::tap(direction, a, Reflected ? 2 - b : b) * size;
      for (int xi = 0; xi < points; ++xi) {
        T* __restrict u = to(xi, first, C);
        const T f0 = T(Line::filter[xi][0]), f1 = T(Line::filter[xi][1]),
                f2 = T(Line::filter[xi][2]);
        LANES_INDEPENDENT
        for (int k = 0; k < size; ++k) u[k] = f0 * tap[0][k] + f1 * tap[1][k] + f2 * tap[2][k];
      }
    });
  }

  // to[xi] = B^T of the sites of one channel.
  template <long Stride>
  LANES_INLINE static void to_points(const T* channel, const int (&sites)[std::size_t(points)],
                                     T* to) {
    const auto load = [&](int j)
                          LANES_INLINE_LAMBDA { return Vector<T>::load(channel + sites[j] * W); };
    const auto store = [&](int xi, Vector<T> v) LANES_INLINE_LAMBDA { v.store(to + xi * Stride); };
    [&]<int... G>(std::integer_sequence<int, G...>) LANES_INLINE_LAMBDA {
      (Line::template input<G>(load, store), ...);
    }
    (std::make_integer_sequence<int, Line::groups>{});
  }
  // store(j, value) for the sites j = 1 .. M of a patch.
  template <long Stride, class Store>
  LANES_INLINE static void from_points(const T* from, const Store& store) {
    Vector<T> m[std::size_t(points)], y[std::size_t(M)];
#pragma GCC unroll 8
    for (int xi = 0; xi < points; ++xi) m[xi] = Vector<T>::load(from + xi * Stride);
    Line::output(m, y);
#pragma GCC unroll 8
    for (int j = 0; j < M; ++j) store(j + 1, y[j]);
  }

  // to [point][lane] = A x of one patch and W channels, with lanes and channels exchanged.
  static void turn(const T* x, const int (&sites)[std::size_t(points)], int block, T* sites_of_lane,
                   T* to) {
    constexpr long padded = (W + 1) * W, step = long(Stencil::in_pitch) * W;
    for (int j = 0; j < M; ++j)
      transpose(x + block * W * step + sites[j + 1] * W, step, in - block * W,
                sites_of_lane + j * padded);
    for (int lane = 0; lane < W; ++lane) {
      Vector<T> y[std::size_t(M)], m[std::size_t(points)];
#pragma GCC unroll 8
      for (int j = 0; j < M; ++j) y[j] = Vector<T>::load(sites_of_lane + j * padded + lane * W);
      Line::output_adjoint(y, m);
#pragma GCC unroll 8
      for (int xi = 0; xi < points; ++xi) m[xi].store(to + xi * turned_stride + lane * W);
    }
  }
};

}  // namespace lanes::cpu
