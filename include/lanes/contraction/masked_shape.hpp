// SPDX-License-Identifier: BSD-3-Clause
//
// MaskedShape: which inputs an output of a masked matrix [outputs][inputs] sees.
//
//   inputs    free_in that everybody sees, then per_in of each of n positions, in order
//   outputs   free_out that see the free inputs only, then per_out of each position
//   output of position j sees the free inputs and the inputs of positions < j (own: <= j)
//
// Positions are taken in blocks: an output of block t sees everything of earlier blocks, so a
// masked matrix is dense rectangles [outputs of block t][seen(t)], and a triangle in each diagonal
// block. The free outputs are block -1. Contractions take a shape as a type with a static member
// value.
#pragma once

#include <lanes/core/macros.hpp>

namespace lanes {

struct MaskedShape {
  int free_in = 0, per_in = 1, free_out = 0, per_out = 1, positions = 1;
  bool own = false, bias = true;

  static constexpr int block = 16;  // positions

  constexpr int inputs() const { return free_in + per_in * positions; }
  constexpr int outputs() const { return free_out + per_out * positions; }
  constexpr int blocks() const { return (positions + block - 1) / block; }

  /// First position of block t, t in [0, blocks()]; of the end: positions.
  constexpr int position(int t) const { return t * block < positions ? t * block : positions; }
  /// First output and first input of block t in [-1, blocks()].
  constexpr int output(int t) const { return t < 0 ? 0 : free_out + per_out * position(t); }
  constexpr int input(int t) const { return t < 0 ? 0 : free_in + per_in * position(t); }
  /// Inputs that every output of block t sees: those before its triangle.
  constexpr int seen(int t) const { return t < 0 ? free_in : input(t); }
  /// Inputs that some output of block t sees.
  constexpr int reach(int t) const { return t < 0 ? free_in : input(t + 1); }

  /// Whether output o sees input i.
  LANES_HD constexpr bool visible(int o, int i) const {
    if (i < free_in) return true;
    if (o < free_out) return false;
    const int from = (i - free_in) / per_in, to = (o - free_out) / per_out;
    return own ? from <= to : from < to;
  }
  /// Inputs that output o sees: [0, visible_inputs(o)).
  constexpr int visible_inputs(int o) const {
    return o < free_out ? free_in : free_in + per_in * ((o - free_out) / per_out + (own ? 1 : 0));
  }
};

}  // namespace lanes
