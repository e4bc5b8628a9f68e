// SPDX-License-Identifier: BSD-3-Clause
//
// LinePatches: whole lines of output sites, as stripe masks have them, cut into patches of M sites
// that follow each other along the line (with the dilation as step). A patch is read with one
// neighbour on both ends; its sites see three lines of inputs, their own (a = 1) and one on each
// side.
//
// Outputs that are lines along mu (line_direction, geometry/partition.hpp): site(variant,
// k * extent(mu) + x) is the site with x_mu = x on line k.
#pragma once

#include <array>
#include <cstddef>
#include <numeric>
#include <vector>

#include <lanes/backend/cpu/winograd_patches.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes::cpu {

template <class Stencil>
class LinePatches {
  using Outputs = typename Stencil::Outputs;
  using Inputs = typename Stencil::Inputs;

 public:
  static constexpr int M = winograd_patch(Stencil::extent(0), Stencil::dilation), P = M + 2;
  static constexpr int count = Outputs::size / M;

  struct Patch {
    int outputs[std::size_t(P)];  // where the line's sites -1 .. M of the patch are stored
    int inputs[3][std::size_t(
        P)];  // and those that they see through the taps a = 0, 1, 2 across the line
  };

  /// The number of the tap a across the line and b along it.
  static constexpr int tap(int direction, int a, int b) {
    return direction == 1 ? 3 * a + b : 3 * b + a;
  }

  /// Whether patches fit both ways and no line of inputs is read by two lines of outputs.
  static constexpr bool apply() {
    if (M == 0 || winograd_patch(Stencil::extent(1), Stencil::dilation) != M) return false;
    for (int variant = 0; variant < Outputs::variants; ++variant) {
      const int mu = line_direction<typename Stencil::Lattice, Outputs>(variant),
                e = Stencil::extent(mu);
      std::array<bool, std::size_t(Stencil::volume)> read{};
      for (int k = 0; k < Outputs::size / e; ++k)
        for (int a = 0; a < 3; ++a) {
          bool& here =
              read[std::size_t(Stencil::source(Outputs::site(variant, k * e), tap(mu, a, 1)))];
          if (here) return false;
          here = true;
        }
    }
    return true;
  }

  /// Of a variant of the masks; built at first use.
  static const LinePatches& of(int variant) {
    static const auto all = [] {
      std::vector<LinePatches> made;
      for (int v = 0; v < Stencil::variants; ++v) made.push_back(LinePatches(v));
      return made;
    }();
    return all[std::size_t(variant % Stencil::variants)];
  }

  const Patch* patches() const { return patches_.data(); }
  /// Where inputs are stored that no output reads.
  const std::vector<int>& unread() const { return unread_; }
  int direction() const { return direction_; }

 private:
  explicit LinePatches(int variant)
      : direction_(line_direction<typename Stencil::Lattice, Outputs>(variant)) {
    const int e = Stencil::extent(direction_), d = Stencil::dilation;
    const int cycles = std::gcd(e, d), per_cycle = e / cycles / M;
    std::vector<bool> read(std::size_t(Stencil::volume), false);
    for (int k = 0; k < Outputs::size / e; ++k)
      for (int q = 0; q < e / M; ++q) {
        Patch patch;
        for (int j = 0; j < P; ++j) {
          const int x = (q / per_cycle + d * (q % per_cycle * M + j - 1) + d * e) % e;
          const int i = k * e + x;
          patch.outputs[j] = Outputs::slot(variant, i);
          for (int a = 0; a < 3; ++a) {
            const int site = Stencil::source(Outputs::site(variant, i), tap(direction_, a, 1));
            patch.inputs[a][j] = Inputs::slot(variant, site);
            read[std::size_t(site)] = true;
          }
        }
        patches_.push_back(patch);
      }
    for (int site = 0; site < Stencil::volume; ++site)
      if (!read[std::size_t(site)]) unread_.push_back(Inputs::slot(variant, site));
  }

  std::vector<Patch> patches_;
  std::vector<int> unread_;
  int direction_ = 0;
};

}  // namespace lanes::cpu
