// SPDX-License-Identifier: BSD-3-Clause
//
// ExternalOrder: what the contractions of this backend share: parameters and gradients stay in
// external order, weight [out][in][taps], then bias [out].
#pragma once

#include <lanes/core/finite_math.hpp>

namespace lanes::device {

template <class Stencil, class Real>
class ExternalOrder {
 public:
  static constexpr int kernel_size = Stencil::in * Stencil::out * Stencil::taps;
  static constexpr int parameters = kernel_size + (Stencil::bias ? Stencil::out : 0);
  static constexpr int weights = parameters, gradients = parameters;

  static void pack(const Real* external, Real* packed) {
    for (int i = 0; i < parameters; ++i) packed[i] = external[i];
  }
  static void unpack(const Real* gradient, Real* external) {
    for (int i = 0; i < parameters; ++i) external[i] += gradient[i];
  }
};

}  // namespace lanes::device
