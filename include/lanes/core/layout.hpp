// SPDX-License-Identifier: BSD-3-Clause
//
// Layout of parts in one flat vector, at compile time.
//   aligned_size(n)             n rounded up to a whole number of cache lines, whatever the element
//   running_sums(n_0, n_1, ..)  where each part starts, and the size of all: {0, n_0, n_0+n_1, ..}
#pragma once

#include <array>
#include <cstddef>

#include <lanes/core/finite_math.hpp>

namespace lanes::detail {

constexpr int aligned_size(int n) { return (n + 15) / 16 * 16; }

template <class... Sizes>
constexpr auto running_sums(Sizes... sizes) {
  std::array<int, sizeof...(Sizes) + 1> at{};
  std::size_t l = 0;
  ((at[l + 1] = at[l] + sizes, ++l), ...);
  return at;
}

}  // namespace lanes::detail
