// SPDX-License-Identifier: BSD-3-Clause
//
// Shapes of arrays in files: their text, their size and what they match. An extent of -1 in an
// expected shape stands for any.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <lanes/core/finite_math.hpp>

namespace lanes::detail {

/// (3, 4), (3,) or (): as Python writes a tuple.
inline std::string tuple_text(std::span<const std::ptrdiff_t> shape) {
  std::string text = "(";
  for (const std::ptrdiff_t extent : shape) {
    if (text.size() > 1) text += ' ';
    text += (extent < 0 ? std::string("any") : std::to_string(extent)) + ",";
  }
  if (shape.size() > 1) text.pop_back();
  return text + ")";
}

inline bool shape_matches(std::span<const std::ptrdiff_t> shape,
                          std::span<const std::ptrdiff_t> expected) {
  if (shape.size() != expected.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (expected[i] >= 0 && shape[i] != expected[i]) return false;
  }
  return true;
}

inline constexpr std::size_t most_dimensions = 64;  // NumPy's

/// Multiplies all extents and the size of a value into `bytes`; false if there are too many, one is
/// negative, or the product of those that are not 0, which bounds the strides, overflows.
inline bool shape_bytes(std::span<const std::ptrdiff_t> shape, std::size_t value_size,
                        std::size_t& bytes) {
  std::ptrdiff_t product = static_cast<std::ptrdiff_t>(value_size);
  bool empty = false;
  for (const std::ptrdiff_t extent : shape) {
    if (extent < 0) return false;
    if (extent == 0) empty = true;
    if (extent > 0 && __builtin_mul_overflow(product, extent, &product)) return false;
  }
  bytes = empty ? 0 : static_cast<std::size_t>(product);
  return shape.size() <= most_dimensions;
}

}  // namespace lanes::detail
