// SPDX-License-Identifier: BSD-3-Clause
//
// Where a coupling enters a model that is to know it (training/conditional.hpp): as a constant input
// channel of its networks, which on a periodic lattice is a change of the biases of their first contraction; and in
// the parameters of layers that have no network.
//
//   conditioned(bool* marks)   a part of a model marks those of its parameters, external order (optional:
//                              all of them where it says nothing)
#pragma once

#include <algorithm>

#include <lanes/core/finite_math.hpp>

namespace lanes::detail {

template <class Part>
void mark_conditioned(bool* marks) {
  if constexpr (requires { Part::conditioned(marks); })
    Part::conditioned(marks);
  else
    std::fill_n(marks, Part::parameters, true);
}

}  // namespace lanes::detail
