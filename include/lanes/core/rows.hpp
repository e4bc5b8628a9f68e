// SPDX-License-Identifier: BSD-3-Clause
//
// Rows<T>: a view of rows x lanes, the one shape of everything that is computed on lanes: a field,
// the activations of a network, a value per lane (one row). It owns nothing and does not know how
// many lanes a row has; the context that hands it out does. Row r of a view lies at data + (first +
// r) * lanes.
#pragma once

#include <lanes/core/macros.hpp>

namespace lanes {

template <class T>
struct Rows {
  T* data = nullptr;
  long first = 0;

  /// The view that starts `rows` further down.
  LANES_HD Rows from(long rows) const { return {data, first + rows}; }
  LANES_HD explicit operator bool() const { return data != nullptr; }
};

}  // namespace lanes
