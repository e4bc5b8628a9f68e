// SPDX-License-Identifier: BSD-3-Clause
//
// PlainConvolution: the convolution that one writes down first, nested loops with the lanes
// innermost: what the library's kernels are measured against, and checked against.
//
// Shapes: x [in][input pitch][W], y [out][output pitch][W], weight [out][in][taps], bias [out].
#pragma once

#include <vector>

#include <lanes/core/simd.hpp>
#include <support/stencil_flops.hpp>

namespace lanes::benchmarks {

template <class Stencil, class Real>
class PlainConvolution {
  static constexpr int W = simd_width<Real>, in = Stencil::in, out = Stencil::out,
                       taps = Stencil::taps;
  static constexpr long x_pitch = Stencil::in_pitch, y_pitch = Stencil::out_pitch;
  using Inputs = typename Stencil::Inputs;
  using Outputs = typename Stencil::Outputs;

 public:
  explicit PlainConvolution(int variant) {
    const auto input = slots<Stencil, Inputs>(variant), output = slots<Stencil, Outputs>(variant);
    for (int i = 0; i < Outputs::size; ++i) {
      output_.push_back(Outputs::slot(variant, i));
      for (int t = 0; t < taps; ++t)
        source_.push_back(input[std::size_t(Stencil::source(Outputs::site(variant, i), t))]);
    }
    for (int i = 0; i < Inputs::size; ++i) {
      input_.push_back(Inputs::slot(variant, i));
      for (int t = 0; t < taps; ++t)
        target_.push_back(output[std::size_t(Stencil::target(Inputs::site(variant, i), t))]);
    }
  }

  void forward(const Real* weight, const Real* x, Real* y) const {
    for (int i = 0; i < Outputs::size; ++i)
      for (int o = 0; o < out; ++o) {
        Real sum[W];
        for (int l = 0; l < W; ++l) sum[l] = weight[out * in * taps + o];
        for (int t = 0; t < taps; ++t) {
          const int from = source_[std::size_t(i * taps + t)];
          if (from < 0) continue;
          for (int c = 0; c < in; ++c) {
            const Real w = weight[(o * in + c) * taps + t];
            const Real* row = x + (long(c) * x_pitch + from) * W;
#pragma omp simd
            for (int l = 0; l < W; ++l) sum[l] += w * row[l];
          }
        }
        Real* to = y + (long(o) * y_pitch + output_[std::size_t(i)]) * W;
        for (int l = 0; l < W; ++l) to[l] = sum[l];
      }
  }

  void input_adjoint(const Real* weight, const Real* dy, Real* dx) const {
    for (int i = 0; i < Inputs::size; ++i)
      for (int c = 0; c < in; ++c) {
        Real sum[W] = {};
        for (int t = 0; t < taps; ++t) {
          const int from = target_[std::size_t(i * taps + t)];
          if (from < 0) continue;
          for (int o = 0; o < out; ++o) {
            const Real w = weight[(o * in + c) * taps + t];
            const Real* row = dy + (long(o) * y_pitch + from) * W;
#pragma omp simd
            for (int l = 0; l < W; ++l) sum[l] += w * row[l];
          }
        }
        Real* to = dx + (long(c) * x_pitch + input_[std::size_t(i)]) * W;
        for (int l = 0; l < W; ++l) to[l] = sum[l];
      }
  }

  /// Adds to gradient, [out][in][taps] and [out].
  void weight_adjoint(const Real* x, const Real* dy, Real* gradient) const {
    for (int o = 0; o < out; ++o)
      for (int c = 0; c < in; ++c)
        for (int t = 0; t < taps; ++t) {
          Real sum[W] = {};
          for (int i = 0; i < Outputs::size; ++i) {
            const int from = source_[std::size_t(i * taps + t)];
            if (from < 0) continue;
            const Real* a = dy + (long(o) * y_pitch + output_[std::size_t(i)]) * W;
            const Real* b = x + (long(c) * x_pitch + from) * W;
#pragma omp simd
            for (int l = 0; l < W; ++l) sum[l] += a[l] * b[l];
          }
          for (int l = 0; l < W; ++l) gradient[(o * in + c) * taps + t] += sum[l];
        }
    for (int o = 0; o < out; ++o) {
      Real sum[W] = {};
      for (int i = 0; i < Outputs::size; ++i)
        for (int l = 0; l < W; ++l)
          sum[l] += dy[(long(o) * y_pitch + output_[std::size_t(i)]) * W + l];
      for (int l = 0; l < W; ++l) gradient[out * in * taps + o] += sum[l];
    }
  }

 private:
  std::vector<int> output_, source_, input_,
      target_;  // slots; [sites][taps] where -1 is a masked site
};

}  // namespace lanes::benchmarks
