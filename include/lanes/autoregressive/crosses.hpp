// SPDX-License-Identifier: BSD-3-Clause
//
// The geometry of a hierarchical autoregressive network on L x L sites, L = 2^m (2203.10989):
//
//   Skeleton   rows 0 and L/2, columns 0 and L/2: 4 L - 4 spins
//   Crosses<D> the (L/D)^2 squares between lines D apart; inside each, the border of 4 (D - 1)
//              spins (its corners do not matter) and the cross of 2 (D - 1) - 1 spins in the
//              middle, drawn given it
//   Singles    the L^2/4 sites with two odd coordinates, alone between four known neighbours
//
// D = L/2, L/4, .., 4. post: skeleton, crosses and singles are every site once. Everything is
// constexpr and callable in device code.
#pragma once

#include <lanes/core/macros.hpp>

namespace lanes::detail {

template <int L>
struct Skeleton {
  static constexpr int spins = 4 * L - 4;
  /// One row after the other, then what the columns add, one after the other.
  LANES_HD static constexpr int site(int i) {
    if (i < 2 * L) return (i < L ? 0 : L / 2) * L + i % L;
    const int k = (i - 2 * L) % (L - 2);  // coordinates without 0 and L/2
    return (k + (k < L / 2 - 1 ? 1 : 2)) * L + (i - 2 * L < L - 2 ? 0 : L / 2);
  }
};

template <int L, int D>
struct Crosses {
  static constexpr int side = D - 1, squares = (L / D) * (L / D);
  static constexpr int border = 4 * side, spins = 2 * side - 1;

  /// Number i of a square: its border, then its cross (the middle row, then the middle column).
  LANES_HD static constexpr int site(int square, int i) {
    const int x = square / (L / D) * D, y = square % (L / D) * D;
    const int line = i / side, k = i % side + 1;
    if (line == 0) return x * L + y + k;
    if (line == 1) return (x + D) % L * L + y + k;
    if (line == 2) return (x + k) * L + y;
    if (line == 3) return (x + k) * L + (y + D) % L;
    if (line == 4) return (x + D / 2) * L + y + k;
    return (x + k + (k < D / 2 ? 0 : 1)) * L + y + D / 2;
  }
};

template <int L>
struct Singles {
  static constexpr int spins = L * L / 4;
  LANES_HD static constexpr int site(int i) {
    return (2 * (i / (L / 2)) + 1) * L + 2 * (i % (L / 2)) + 1;
  }
};

}  // namespace lanes::detail
