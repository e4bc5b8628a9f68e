// SPDX-License-Identifier: BSD-3-Clause
//
// is_c_order(array): whether an array of somebody else's (an xtensor array: shape() and strides()
// in elements) is contiguous with the last index fastest, as lanes reads data(). What has no
// strides() is. shape_text(shape): "[10][4][6]".
#pragma once

#include <cstddef>
#include <string>

#include <lanes/core/finite_math.hpp>

namespace lanes::detail {

/// An array with more than one axis, as xtensor's.
template <class Array>
concept ShapedArray = requires(const Array& array) {
  array.shape().size();
  array.strides();
};

template <class Array>
bool is_c_order(const Array& array) {
  if constexpr (ShapedArray<Array>) {
    long long stride = 1;
    for (std::size_t i = array.shape().size(); i-- > 0;) {
      const auto extent = static_cast<long long>(array.shape()[i]);  // that of 1 has any stride
      if (extent > 1 && static_cast<long long>(array.strides()[i]) != stride) return false;
      stride *= extent;
    }
  }
  return true;
}

template <class Shape>
std::string shape_text(const Shape& shape) {
  std::string text;
  for (const auto extent : shape) text.append("[").append(std::to_string(extent)).append("]");
  return text;
}

}  // namespace lanes::detail
