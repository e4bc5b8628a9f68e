// SPDX-License-Identifier: BSD-3-Clause
//
// make_room(v, n, rows): v.resize(n * rows) for n configurations; where there is no memory for
// them, std::runtime_error that says how much they take.
#pragma once

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <lanes/core/error.hpp>

namespace lanes::detail {

template <class Value>
void make_room(std::vector<Value>& v, std::size_t n, std::size_t rows) {
  const double bytes = double(n) * double(rows) * double(sizeof(Value));
  try {
    if (bytes > double(v.max_size()) * double(sizeof(Value))) throw std::bad_alloc();
    v.resize(n * rows);
  } catch (const std::bad_alloc&) {
    throw std::runtime_error("lanes: there is no memory for " + to_text(n) + " configurations of " +
                             to_text(rows) + " numbers, " + to_text(bytes / 1e9) +
                             " GB: keep fewer, or write them piece by piece (lanes/io/npy.hpp)");
  }
}

}  // namespace lanes::detail
