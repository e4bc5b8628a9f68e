// SPDX-License-Identifier: BSD-3-Clause
//
// GatherPlan: which rows a contraction over a stencil reads, worked out once per (stencil,
// direction, block size). Target sites that see the same set of visible taps are put into blocks of
// `block` sites, so that a hidden site (one that a mask makes irrelevant) costs nothing and every
// block runs the same instructions.
//
// A Stencil (network/stencil.hpp) names sets of sites, Inputs and Outputs, each with
//   size, site(variant, i), slot(variant, i)        slot: the row block where that site's channels are stored
// and source(site, tap): the site that an output site reads through a tap; target is its inverse.
#pragma once

#include <array>
#include <map>
#include <vector>

namespace lanes::cpu {

struct GatherPlan {
  struct Block {
    int sites;  // `block` or 1
    int taps;
    int first_slot, first_tap, first_input;
  };
  std::vector<Block> blocks;
  std::vector<int> slots;   // [blocks][sites] where the target sites are stored
  std::vector<int> taps;    // [blocks][taps]
  std::vector<int> inputs;  // [blocks][taps][sites] where the sites read are stored

  /// Targets: the set written; Sources: the set read; link(site, tap): the site read.
  template <class Targets, class Sources, class Link>
  static GatherPlan make(int variant, int volume, int taps, int block, Link link) {
    std::vector<int> slot_of(static_cast<std::size_t>(volume), -1);
    for (int i = 0; i < Sources::size; ++i)
      slot_of[static_cast<std::size_t>(Sources::site(variant, i))] = Sources::slot(variant, i);
    std::map<std::vector<int>, std::vector<int>> targets_by_taps;
    for (int i = 0; i < Targets::size; ++i) {
      std::vector<int> visible;
      for (int t = 0; t < taps; ++t)
        if (slot_of[static_cast<std::size_t>(link(Targets::site(variant, i), t))] >= 0)
          visible.push_back(t);
      targets_by_taps[visible].push_back(i);
    }
    GatherPlan plan;
    for (const auto& [visible, targets] : targets_by_taps) {
      for (std::size_t i = 0; i < targets.size();) {
        const int sites = targets.size() - i >= static_cast<std::size_t>(block) ? block : 1;
        plan.blocks.push_back(
            {sites, static_cast<int>(visible.size()), static_cast<int>(plan.slots.size()),
             static_cast<int>(plan.taps.size()), static_cast<int>(plan.inputs.size())});
        for (int s = 0; s < sites; ++s)
          plan.slots.push_back(Targets::slot(variant, targets[i + static_cast<std::size_t>(s)]));
        for (int t : visible) {
          plan.taps.push_back(t);
          for (int s = 0; s < sites; ++s) {
            const int site = Targets::site(variant, targets[i + static_cast<std::size_t>(s)]);
            plan.inputs.push_back(slot_of[static_cast<std::size_t>(link(site, t))]);
          }
        }
        i += static_cast<std::size_t>(sites);
      }
    }
    return plan;
  }
};

/// The plan of an output reading inputs (forward), one per variant of the masks; built at first
/// use. A stencil without masks has one plan for every variant.
template <class Stencil, int Block>
const GatherPlan& forward_plan(int variant) {
  static const auto plans = [] {
    std::array<GatherPlan, Stencil::variants> all;
    for (int v = 0; v < Stencil::variants; ++v)
      all[static_cast<std::size_t>(v)] =
          GatherPlan::make<typename Stencil::Outputs, typename Stencil::Inputs>(
              v, Stencil::volume, Stencil::taps, Block, &Stencil::source);
    return all;
  }();
  return plans[static_cast<std::size_t>(variant % Stencil::variants)];
}

/// The plan of an input collecting from the outputs that read it (adjoint).
template <class Stencil, int Block>
const GatherPlan& adjoint_plan(int variant) {
  static const auto plans = [] {
    std::array<GatherPlan, Stencil::variants> all;
    for (int v = 0; v < Stencil::variants; ++v)
      all[static_cast<std::size_t>(v)] =
          GatherPlan::make<typename Stencil::Inputs, typename Stencil::Outputs>(
              v, Stencil::volume, Stencil::taps, Block, &Stencil::target);
    return all;
  }();
  return plans[static_cast<std::size_t>(variant % Stencil::variants)];
}

}  // namespace lanes::cpu
