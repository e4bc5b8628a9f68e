// SPDX-License-Identifier: BSD-3-Clause
//
// Share: what one part of a model (a layer, a network, a level) sees of the model's four vectors
// while it works: prepared parameters, gradient, tape, and how often the masks have been turned.
// The parts of a part get theirs by at(offset), which parts.hpp knows.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// The direction in which a layer is run: x = f(z), or z = f^-1(x).
enum class Way { forward, inverse };
/// The other direction.
constexpr Way opposite(Way way) { return way == Way::forward ? Way::inverse : Way::forward; }
/// +1 or -1.
constexpr int sign(Way way) { return way == Way::forward ? 1 : -1; }

/// Where a part begins in the vectors of the part that holds it.
struct Offset {
  int parameters = 0;  // external order, PyTorch's
  int weights = 0;     // the same, prepared for a backend
  int gradients = 0;
  int tape = 0;   // rows
  int turns = 0;  // of the masks
};

template <class Real>
struct Share {
  const Real* weights;       // [weights]
  Real* gradient = nullptr;  // [gradients], added to; null: none is wanted, here and below
  Rows<Real> tape = {};      // [tape_rows]
  int turn = 0;              // chooses the variant of masks: turn modulo their number

  Share at(const Offset& o) const {
    return {weights + o.weights, gradient ? gradient + o.gradients : nullptr, tape.from(o.tape),
            turn + o.turns};
  }
  /// For a part with masks of this many variants: turn is the variant.
  Share of(int variants) const { return {weights, gradient, tape, turn % variants}; }
};

}  // namespace lanes
