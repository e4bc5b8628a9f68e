// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradFilter: the parameters of a WinogradConvolution in their three layouts, with points xi =
// [P0][P1]:
//
//   external    weight [out][in][9], bias [out]   (PyTorch's)
//   packed      U = G weight G^T, [xi][out blocks][in][C];  bias [out];
//               the same of the reflected taps, [xi][in blocks][out][C]   (what multiply reads)
//   gradient    dU' of the reflected taps, [xi][vector blocks of in][out][W];  bias [out]
//               (what accumulate writes)
//
// prepare maps external to packed; collect is the adjoint of the map external -> gradient layout:
// G^T dU' G, reflected.
#pragma once

#include <lanes/backend/cpu/micro_kernels.hpp>
#include <lanes/backend/cpu/winograd_patches.hpp>
#include <lanes/backend/cpu/winograd_transform.hpp>

namespace lanes::cpu {

template <class Stencil, class T>
class WinogradFilter {
  static constexpr int W = simd_width<T>;
  static constexpr int in = Stencil::in, out = Stencil::out;
  using Patches = WinogradPatches<Stencil>;
  using Rows0 = Winograd<Patches::M0>;
  using Rows1 = Winograd<Patches::M1>;
  static constexpr int P0 = Rows0::points, P1 = Rows1::points, points = P0 * P1;
  static constexpr int kernel_size = 9 * in * out;
  static constexpr int product_size = points * in * out;
  static constexpr int bias_size = Stencil::bias ? out : 0;

 public:
  static constexpr int in_blocks = (in + W - 1) / W;
  static constexpr int at_bias = product_size, at_reflected = at_bias + bias_size;
  static constexpr int at_bias_gradient = points * in_blocks * out * W;

  static constexpr int parameters = kernel_size + bias_size;
  static constexpr int weights = at_reflected + product_size;
  static constexpr int gradients = at_bias_gradient + bias_size;

  static void pack(const T* external, T* packed) {
    T* transposed = packed + at_reflected;
    for (int o = 0; o < out; ++o) {
      T w[9][std::size_t(in)];
      for (int i = 0; i < in; ++i)
        for (int t = 0; t < 9; ++t) w[t][i] = external[(o * in + i) * 9 + t];
      for (bool reflected : {false, true}) {
        T half[std::size_t(P0)][3][std::size_t(in)];  // G applied to the first direction
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
                transposed[(p * P1 + q) * in * out + panel_at(i, in, o, out)] = sum;
              else
                packed[(p * P1 + q) * in * out + panel_at(o, out, i, in)] = sum;
            }
      }
    }
    for (int o = 0; o < bias_size; ++o) packed[at_bias + o] = external[kernel_size + o];
  }

  static void unpack(const T* gradient, T* external) {
    for (int block = 0; block < in_blocks; ++block)
      for (int o = 0; o < out; ++o) {
        Vector<T> half[3][std::size_t(P1)];
        for (int q = 0; q < P1; ++q) {
          for (int a = 0; a < 3; ++a) half[a][q] = Vector<T>(0);
          for (int p = 0; p < P0; ++p) {
            const auto u =
                Vector<T>::load(gradient + (long((p * P1 + q) * in_blocks + block) * out + o) * W);
            for (int a = 0; a < 3; ++a)
              half[a][q] = fma(Vector<T>(Rows0::filter[p][a]), u, half[a][q]);
          }
        }
        for (int a = 0; a < 3; ++a)
          for (int b = 0; b < 3; ++b) {
            Vector<T> sum(0);
            for (int q = 0; q < P1; ++q) sum = fma(Vector<T>(Rows1::filter[q][b]), half[a][q], sum);
            alignas(64) T lane[std::size_t(W)];
            sum.store(lane);
            for (int v = 0; v < W && block * W + v < in; ++v)
              external[(o * in + block * W + v) * 9 + 8 - 3 * a - b] += lane[v];
          }
      }
    for (int o = 0; o < bias_size; ++o) external[kernel_size + o] += gradient[at_bias_gradient + o];
  }
};

}  // namespace lanes::cpu
