// SPDX-License-Identifier: BSD-3-Clause
//
// Stencil: everything a backend must know of a contraction over a lattice, at compile time: which
// sites are read (Inputs) and written (Outputs), through which taps, with how many channels.
//
//   out[x][o] = bias[o] + sum over taps t and channels i of weight[o][i][t] in[x + offset(t)][i]
//
// (a correlation, as in every deep-learning library), periodic, kernel^D taps in C order, centred;
// offsets are multiples of the dilation. Sets of sites: AllSites, and those of a partition
// (geometry/partition.hpp).
//
// Inputs may have `ones`, the bits of channels that enter as one more than what is stored, hidden
// sites included: what that adds is the same at every site, and contractions add it with the bias.
//
// Both ends are stored channel by channel: rows [channels][pitch], of which the first `slots` of a
// channel are used. The pitch is odd, so that the channels of a site do not share a set of the
// cache.
#pragma once

#include <lanes/geometry/partition.hpp>

namespace lanes {

template <class Geometry, int In, int Out, int Kernel, int Dilation, bool Bias, class InputSites,
          class OutputSites>
class Stencil {
  template <class End>
  static constexpr int pitch() {
    if constexpr (DenseSites<End>)
      return End::slots | 1;
    else
      return Geometry::volume | 1;
  }

 public:
  using Lattice = Geometry;
  using Inputs = InputSites;
  using Outputs = OutputSites;
  static constexpr int dimension = Geometry::dimension, volume = Geometry::volume;
  static constexpr int in = In, out = Out, kernel = Kernel, dilation = Dilation;
  static constexpr bool bias = Bias;
  // Bits of the input channels that enter as one more than what is stored (Inputs::ones), hidden
  // sites as one.
  static constexpr unsigned ones = [] {
    if constexpr (SitesWithOnes<Inputs>)
      return Inputs::ones;
    else
      return 0u;
  }();
  static constexpr bool masked = Inputs::size != volume || Outputs::size != volume;
  static constexpr int variants =
      Inputs::variants > Outputs::variants ? Inputs::variants : Outputs::variants;
  static constexpr int in_pitch = pitch<Inputs>(), in_rows = in * in_pitch;  // of a channel, of all
  static constexpr int out_pitch = pitch<Outputs>(), out_rows = out * out_pitch;  // the same
  static constexpr int taps = [] {
    int n = 1;
    for (int mu = 0; mu < dimension; ++mu) n *= Kernel;
    return n;
  }();

  LANES_HD static constexpr int extent(int mu) { return Geometry::extent(mu); }

  /// The site that output `site` reads through `tap`.
  LANES_HD static constexpr int source(int site, int tap) { return moved(site, tap, Dilation); }
  /// The output site that reads `site` through `tap`: target(source(x, t), t) == x.
  LANES_HD static constexpr int target(int site, int tap) { return moved(site, tap, -Dilation); }

 private:
  LANES_HD static constexpr int moved(int site, int tap, int step) {
    for (int mu = dimension - 1; mu >= 0; --mu) {
      site = Geometry::shifted(site, mu, (tap % Kernel - Kernel / 2) * step);
      tap /= Kernel;
    }
    return site;
  }
};

}  // namespace lanes
