// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradConvolution: a dense periodic 3 x 3 convolution in two dimensions by nested F(M, 3), a
// drop-in for DirectConvolution (same operations, same results to rounding).
//
// Output patches of M0 x M1 sites (winograd_patches.hpp); for each point xi of (M0+2)(M1+2):
//   forward          out = A^T [ U(xi) V(xi) ] A,   V = B^T in B,   U = G weight G^T
//   input_adjoint    the same with d_out for in, U' of the reflected taps, in and out exchanged
//   adjoint          input_adjoint, and with the same V = B^T d_out B
//                    dU'(xi) += V(xi) (A in A^T)(xi)^T
//
// Patches are taken in groups. The transforms go channel by channel through a group: a channel's
// sites follow each other in memory, and what overlaps between patches is still near. Between the
// stages stand the products of every point (winograd_products.hpp). While a group is multiplied,
// which needs no memory, the rows that its outputs go to are fetched.
#pragma once

#include <lanes/backend/cpu/direct_convolution.hpp>
#include <lanes/backend/cpu/winograd_filter.hpp>
#include <lanes/backend/cpu/winograd_products.hpp>
#include <lanes/backend/cpu/winograd_stages.hpp>
#include <lanes/contraction/contraction.hpp>

namespace lanes::cpu {

/// Whether the algorithm applies and pays: 3 x 3, no hidden sites, patches fit, eight channels or
/// more.
template <class Stencil>
constexpr bool winograd_applies() {
  if constexpr (Stencil::dimension != 2 || Stencil::kernel != 3 || Stencil::masked ||
                Stencil::ones) {
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
  using Stages = WinogradStages<Stencil, T>;
  static constexpr int sites = Patches::M0 * Patches::M1, points = Patches::P0 * Patches::P1;
  static constexpr int patches = Patches::count;
  static constexpr int at_once = patches % 4 == 0 ? 4 : patches % 2 == 0 ? 2 : 1;
  using Group = typename Patches::template Group<at_once>;
  using Products = WinogradProducts<T, points, at_once>;
  static constexpr int in_blocks = Filter::in_blocks;
  static constexpr long stride(int channels) { return Products::stride(channels); }
  static constexpr long turned_stride = stride(in_blocks * W);

 public:
  static constexpr int parameters = Filter::parameters, weights = Filter::weights;
  static constexpr int gradients = Filter::gradients;

  static void pack(const T* external, T* packed) { Filter::pack(external, packed); }
  static void unpack(const T* gradient, T* external) { Filter::unpack(gradient, external); }

  // A store that has ahead(lane, row) is told of each row some time before it is stored.
  template <class Context, class Store>
  static void forward(Context& context, const T* packed, int, Rows<T> input, const Store& store) {
    const T* bias = packed + Filter::at_bias;
    convolve<in, Stencil::in_pitch, out, Stencil::out_pitch>(
        context, context.pointer(input), packed, store,
        [=](int c, Vector<T> v) LANES_INLINE_LAMBDA {
          if constexpr (Stencil::bias) v += Vector<T>(bias[c]);
          return v;
        },
        [](const Group&, const T*) {});
  }

  template <class Context, class Store>
  static void input_adjoint(Context& context, const T* packed, int, Rows<T> d_out,
                            const Store& store) {
    adjoint(context, packed, d_out, store, [](const Group&, const T*) {});
  }

  template <class Context, class Store>
  static void adjoint(Context& context, const T* packed, T* gradient, int, Rows<T> input,
                      Rows<T> d_out, const Store& store) {
    const T *x = context.pointer(input), *dy = context.pointer(d_out);
    typename Context::Scope scope(context);
    T* sites_of_lane = context.template take<T>(std::size_t(sites) * (W + 1) * W);
    T* turned = context.template take<T>(std::size_t(points) * turned_stride);
    adjoint(context, packed, d_out, store,
            [=](const Group& here, const T* outputs) LANES_INLINE_LAMBDA {
              if constexpr (Stencil::bias) add_bias(dy, here, gradient + Filter::at_bias_gradient);
              for (int n = 0; n < at_once; ++n)
                for (int v = 0; v < in_blocks; ++v)
                  turn(x, here[std::size_t(n)], v, sites_of_lane,
                       turned + long(n * in_blocks + v) * W * W);
              Products::template accumulate<out, in_blocks>(outputs, turned, gradient);
            });
  }

 private:
  template <class Context, class Store, class Use>
  static void adjoint(Context& context, const T* packed, Rows<T> d_out, const Store& store,
                      const Use& use) {
    convolve<out, Stencil::out_pitch, in, Stencil::in_pitch>(
        context, context.pointer(d_out), packed + Filter::at_reflected, store,
        [](int, Vector<T> v) LANES_INLINE_LAMBDA { return v; }, use);
  }

  // store(lane, row, finish(channel, value)) for the convolution's values;  use(patches, V) for
  // each group.
  template <int Contracted, int SourcePitch, int Channels, int Pitch, class Context, class Store,
            class Finish, class Use>
  static void convolve(Context& context, const T* source, const T* weight, const Store& store,
                       const Finish& finish, const Use& use) {
    typename Context::Scope scope(context);
    T* inputs = context.template take<T>(std::size_t(points * stride(Contracted)));
    T* products = context.template take<T>(std::size_t(points * stride(Channels)));
    const auto lane = context.lane();
    for (int first = 0; first < patches; first += at_once) {
      const Group here = Patches::template group<at_once>(first);
      for (int c = 0; c < Contracted; ++c)
        for (int n = 0; n < at_once; ++n)
          Stages::template input<stride(Contracted)>(source + long(c) * SourcePitch * W,
                                                     here[std::size_t(n)],
                                                     inputs + (long(n) * Contracted + c) * W);
      Products::template multiply<Contracted, Channels>(
          inputs, weight, products, [&](int step, int steps) LANES_INLINE_LAMBDA {
            if constexpr (FetchingStore<Store, decltype(lane)>)
              for_share<Channels>(step, steps, here, [&](int c, long site) LANES_INLINE_LAMBDA {
                store.ahead(lane, long(c) * Pitch + site);
              });
          });
      for (int c = 0; c < Channels; ++c)
        for (int n = 0; n < at_once; ++n)
          Stages::template output<stride(Channels)>(
              products + (long(n) * Channels + c) * W, here[std::size_t(n)],
              [&, row = long(c) * Pitch](long site, Vector<T> v)
                  LANES_INLINE_LAMBDA { store(lane, row + site, finish(c, v)); });
      use(here, inputs);
    }
  }

  // Calls f(channel, site) for the outputs of a group in a part of its channels: one of `steps`.
  template <int Channels, class F>
  LANES_INLINE static void for_share(int step, int steps, const Group& patch, const F& f) {
    for (int unit = step * Channels * at_once / steps;
         unit < (step + 1) * Channels * at_once / steps; ++unit)
      patch[std::size_t(unit % at_once)].for_outputs(
          [&](long site) LANES_INLINE_LAMBDA { f(unit / at_once, site); });
  }

  // to [point][lane] = (A x A^T) of one patch and W channels, with lanes and channels exchanged.
  static void turn(const T* x, const Sites& patch, int block, T* sites_of_lane, T* to) {
    constexpr int padded = (W + 1) * W;
    constexpr long step = long(Stencil::in_pitch) * W;
    T* site_of_lane = sites_of_lane;
    patch.for_outputs([&](long site) {
      transpose(x + block * W * step + site * W, step, in - block * W, site_of_lane);
      site_of_lane += padded;
    });
    for (int lane = 0; lane < W; ++lane)
      Stages::template output_adjoint<padded, turned_stride>(sites_of_lane + lane * W,
                                                             to + lane * W);
  }

  static void add_bias(const T* dy, const Group& here, T* gradient) {
    for (int c = 0; c < out; ++c) {
      Vector<T> sum(0);
      for (int n = 0; n < at_once; ++n)
        here[std::size_t(n)].for_outputs([&](long site) LANES_INLINE_LAMBDA {
          sum += Vector<T>::load(dy + (long(c) * Stencil::out_pitch + site) * W);
        });
      gradient[c] += reduce_add(sum);
    }
  }
};

}  // namespace lanes::cpu
