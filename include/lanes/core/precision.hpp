// SPDX-License-Identifier: BSD-3-Clause
//
// Precision policies: the type Real that fields, parameters and activations are stored and computed
// in, and the type Operand that the factors of contractions (inputs, weights, adjoints) are rounded
// to; products are summed in Real. Log densities, actions and every sum that ends in a log weight
// are double whatever the policy: a log weight rounded to single precision spoils accept/reject.
//
// Tolerances live here and nowhere else; they are relative to a quantity of order one.
//   round_trip   inverse(forward(x)) against x
//   agreement    two ways to compute the same number (backends, thread counts, scalar against pack)
//   gradient     an adjoint against central differences (Double) or the Double adjoint (Single)
#pragma once

#include <type_traits>

#include <lanes/core/macros.hpp>

namespace lanes {

template <class P>
concept Precision = requires {
  typename P::Real;
  typename P::Operand;
  double{P::round_trip};
  double{P::agreement};
  double{P::gradient};
  P::name;
};

struct Double {
  using Real = double;
  using Operand = double;
  static constexpr double round_trip = 1e-10;
  static constexpr double agreement = 1e-11;
  static constexpr double gradient = 1e-6;
  static constexpr const char* name = "Double";
};
static_assert(Precision<Double>);

struct Single {
  using Real = float;
  using Operand = float;
  static constexpr double round_trip = 2e-4;
  static constexpr double agreement = 2e-4;
  static constexpr double gradient = 2e-3;
  static constexpr const char* name = "Single";
};
static_assert(Precision<Single>);

/// float, with the operands of contractions rounded to a shorter type such as bfloat16
/// (core/bfloat16.hpp). The flow stays exactly invertible and its ln q exact: a rounded network is
/// a network. Its gradient is that of the network without rounding, taken at rounded operands.
template <class OperandType>
struct Mixed {
  using Real = float;
  using Operand = OperandType;
  static constexpr double round_trip = Single::round_trip;
  static constexpr double agreement = 5e-2;  // an operand may be rounded the other way
  static constexpr double gradient = 5e-2;
  static constexpr const char* name = "Mixed";
};
static_assert(Precision<Mixed<float>>);

namespace detail {

/// The policy, or a shipped one where it was refused, so that a compiler says so and little more.
template <class P>
using PrecisionOr = std::conditional_t<Precision<P>, P, Double>;

}  // namespace detail

}  // namespace lanes
