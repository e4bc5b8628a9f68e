// SPDX-License-Identifier: BSD-3-Clause
//
// stencil_flops: flops of one lane of a contraction as a direct convolution, each way:
// 2 in out (pairs of an output site and a tap that reads an input site).
#pragma once

#include <vector>

#include <lanes/contraction/stencil.hpp>

namespace lanes::benchmarks {

/// [volume], where a site's channels are stored; -1: the site does not belong to Sites.
template <class Stencil, class Sites>
std::vector<int> slots(int variant) {
  std::vector<int> slot(std::size_t(Stencil::volume), -1);
  for (int i = 0; i < Sites::size; ++i)
    slot[std::size_t(Sites::site(variant, i))] = Sites::slot(variant, i);
  return slot;
}

template <class Stencil>
double stencil_flops(int variant = 0) {
  const auto slot = slots<Stencil, typename Stencil::Inputs>(variant);
  long pairs = 0;
  for (int i = 0; i < Stencil::Outputs::size; ++i)
    for (int t = 0; t < Stencil::taps; ++t)
      pairs += slot[std::size_t(Stencil::source(Stencil::Outputs::site(variant, i), t))] >= 0;
  return 2.0 * double(pairs) * Stencil::in * Stencil::out;
}

}  // namespace lanes::benchmarks
