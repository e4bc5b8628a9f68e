// SPDX-License-Identifier: BSD-3-Clause
//
// LoopSplit<Geometry, Mu, C0, C1, Begin, Cut>: a two-dimensional lattice of links in cells of C0 x
// C1 plaquettes, and a line that divides a rectangle in each of them. Along Mu, from the cell's
// corner:
//
//   0      Begin           Cut             length
//   |        |     part     |     rest       |        whole = part + rest, both as wide as the cell
//
// A rectangle's loop is the sum of its plaquettes theta_0(x) + theta_1(x + 0) - theta_0(x + 1) -
// theta_1(x): with the links along Mu on its low and its high side, and the lines of links at its
// ends,
//
//   loop = sign (low - high - line(from) + line(to)),   sign = + for Mu = 0, - for Mu = 1
//
// The first link of the line at Cut is the cell's own: it turns part by sign, rest by -sign, and no
// other loop of this or a coarser split. Cells are numbered as sites of a lattice.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/links.hpp>

namespace lanes::detail {

template <class Geometry, int Mu, int C0, int C1, int Begin, int Cut>
struct LoopSplit {
  static constexpr int nu = 1 - Mu;
  static constexpr int length = Mu == 0 ? C0 : C1, width = Mu == 0 ? C1 : C0;
  static constexpr int sign = Mu == 0 ? 1 : -1;
  static_assert(0 <= Begin && Begin < Cut && Cut < length);
  using Cells = Grid<Geometry::extents[0] / C0, Geometry::extents[1] / C1>;
  static constexpr int size = Cells::volume;

  /// The row of the link of cell i.
  LANES_HD LANES_INLINE static constexpr int own(int i) {
    return row(nu, along(i) + Cut, across(i));
  }

  template <class T>
  struct Loops {
    T part, whole;
  };
  /// The loops of cell i; links(row): an angle.
  template <class Links>
  LANES_HD LANES_INLINE static auto loops(int i, const Links& links) {
    const auto begin = line(i, Begin, links), cut = line(i, Cut, links);
    const auto part = sides(i, Begin, Cut, links) - begin;
    const auto whole = part + sides(i, Cut, length, links) + line(i, length, links);
    using T = decltype(begin + begin);
    return Mu == 0 ? Loops<T>{part + cut, whole} : Loops<T>{-(part + cut), -whole};
  }

  /// The links of those loops are `edges` in number; of the i-th, its row and how its adjoint
  /// comes from theirs, part(cell) and whole(cell).
  static constexpr int ends = Begin == 0 ? 2 : 3;
  static constexpr int in_lines = ends * size * width;
  static constexpr int edges = in_lines + size * length;

  LANES_HD LANES_INLINE static constexpr int edge(int i) {
    if (i < in_lines)
      return row(nu, line_of(i) / ends * length + end_of(i), i % Geometry::extent(nu));
    const int k = i - in_lines;
    return row(Mu, k % Geometry::extent(Mu), k / Geometry::extent(Mu) * width);
  }
  template <class Part, class Whole>
  LANES_HD LANES_INLINE static auto edge_adjoint(int i, const Part& part, const Whole& whole) {
    auto sum = part(0) - part(0);
    if (i < in_lines) {
      const int a = line_of(i) / ends, b = i % Geometry::extent(nu) / width, u = end_of(i);
      if (u == 0) sum += whole(cell(a - 1, b));
      if (u == Begin) sum -= part(cell(a, b)) + whole(cell(a, b));
      if (u == Cut) sum += part(cell(a, b));
    } else {
      const int k = i - in_lines, u = k % Geometry::extent(Mu) % length;
      const int a = k % Geometry::extent(Mu) / length, b = k / Geometry::extent(Mu);
      if (u >= Begin) sum += whole(cell(a, b)) - whole(cell(a, b - 1));
      if (u >= Begin && u < Cut) sum += part(cell(a, b)) - part(cell(a, b - 1));
    }
    return Mu == 0 ? sum : -sum;
  }

 private:
  // Sites and cells by their coordinates along and across Mu, periodic where they go too far.
  LANES_HD LANES_INLINE static constexpr int row(int direction, int a, int b) {
    a = a % Geometry::extent(Mu), b = b % Geometry::extent(nu);
    return link_row<Geometry>(a * Geometry::stride(Mu) + b * Geometry::stride(nu), direction);
  }
  LANES_HD LANES_INLINE static constexpr int cell(int a, int b) {
    const int n = Cells::extent(Mu), m = Cells::extent(nu);
    return (a + n) % n * Cells::stride(Mu) + (b + m) % m * Cells::stride(nu);
  }
  LANES_HD LANES_INLINE static constexpr int along(int i) {
    return Cells::coordinate(i, Mu) * length;
  }
  LANES_HD LANES_INLINE static constexpr int across(int i) {
    return Cells::coordinate(i, nu) * width;
  }
  // The number of the i-th edge's line, and its distance from the cell's corner.
  LANES_HD LANES_INLINE static constexpr int line_of(int i) { return i / Geometry::extent(nu); }
  LANES_HD LANES_INLINE static constexpr int end_of(int i) {
    const int end = line_of(i) % ends;
    return end == 0 ? Begin : end == 1 ? Cut : 0;
  }

  template <class Links>
  LANES_HD LANES_INLINE static auto line(int i, int at, const Links& links) {
    const int a = along(i) + at, b = across(i);
    auto sum = links(row(nu, a, b));
    for (int k = 1; k < width; ++k) sum += links(row(nu, a, b + k));
    return sum;
  }
  template <class Links>
  LANES_HD LANES_INLINE static auto sides(int i, int from, int to, const Links& links) {
    const int a = along(i), b = across(i);
    auto sum = links(row(Mu, a + from, b)) - links(row(Mu, a + from, b + width));
    for (int k = from + 1; k < to; ++k)
      sum += links(row(Mu, a + k, b)) - links(row(Mu, a + k, b + width));
    return sum;
  }
};

}  // namespace lanes::detail
