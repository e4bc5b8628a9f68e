// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradPatches: the lattice cut into patches of M0 x M1 outputs, each read with one neighbour on
// every side.
//
// A dilation d splits a direction of extent E into gcd(E, d) cycles of steps d; patches are taken
// along the cycles, whose length must be a multiple of M. Points of a patch: [P0 = M0 + 2][P1 = M1
// + 2], outputs inside the rim.
#pragma once

#include <array>
#include <cstddef>
#include <numeric>

#include <lanes/backend/cpu/winograd_transform.hpp>

namespace lanes::cpu {

/// The patch size of a direction: 4, 3, 2, or 0 where no patches fit.
constexpr int winograd_patch(int extent, int dilation) {
  const int cycle = extent / std::gcd(extent, dilation);
  return cycle % 4 == 0 ? 4 : cycle % 3 == 0 ? 3 : cycle % 2 == 0 ? 2 : 0;
}

template <class Stencil>
struct WinogradPatches {
  static constexpr int M0 = winograd_patch(Stencil::extent(0), Stencil::dilation);
  static constexpr int M1 = winograd_patch(Stencil::extent(1), Stencil::dilation);
  static constexpr int P0 = M0 + 2, P1 = M1 + 2;
  static constexpr int patches0 = Stencil::extent(0) / M0, patches1 = Stencil::extent(1) / M1;
  static constexpr int count = patches0 * patches1;

  // Whether the outputs of a patch lie evenly in a row: their addresses are constants then.
  static constexpr bool even = Stencil::extent(1) % Stencil::dilation == 0;

  /// The sites of a patch: (i, j) in [0, P0) x [0, P1) is site row[i] + column(j).
  struct Sites {
    long row[std::size_t(P0)];       // site (i, 1)
    long distance[std::size_t(P1)];  // from there to (i, j)
    LANES_INLINE long column(int j) const {
      return even && j >= 1 && j <= M1 ? (j - 1) * Stencil::dilation : distance[j];
    }
    /// Calls f(site) for the outputs.
    template <class F>
    LANES_INLINE void for_outputs(F&& f) const {
      for (int i = 1; i <= M0; ++i)
        for (int j = 1; j <= M1; ++j) f(row[i] + column(j));
    }
  };
  template <int N>
  using Group = std::array<Sites, std::size_t(N)>;

  /// The patches begin .. begin + N - 1.
  template <int N>
  static Group<N> group(int begin) {
    Group<N> all;
    for (int n = 0; n < N; ++n) all[std::size_t(n)] = sites(begin + n);
    return all;
  }

 private:
  static Sites sites(int patch) {
    const auto column = [=](int j) { return coordinate<1>(patch % patches1, j); };
    Sites s;
    for (int i = 0; i < P0; ++i)
      s.row[i] = coordinate<0>(patch / patches1, i) * Stencil::extent(1) + column(1);
    for (int j = 0; j < P1; ++j) s.distance[j] = column(j) - column(1);
    return s;
  }

  // Position i = 0 .. M + 1 of a patch along one direction.
  template <int Direction>
  static int coordinate(int patch, int i) {
    constexpr int E = Stencil::extent(Direction), d = Stencil::dilation, cycles = std::gcd(E, d);
    constexpr int M = Direction == 0 ? M0 : M1, per_cycle = E / cycles / M;
    const int u = patch % per_cycle * M + i - 1;  // position along the cycle
    return ((patch / per_cycle + d * u) % E + E) % E;
  }
};

}  // namespace lanes::cpu
