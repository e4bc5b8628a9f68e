// SPDX-License-Identifier: BSD-3-Clause
//
// GatherPlan: which rows a contraction over a stencil reads, worked out once per (stencil,
// direction). Target sites that see the same set of visible taps are put into runs, so that a
// hidden site (one that a mask makes irrelevant) costs nothing and a whole run executes the same
// instructions. Runs follow each other along the lattice: what they read stays near.
//
// A Stencil (contraction/stencil.hpp) names sets of sites, Inputs and Outputs, each with
//   size, site(variant, i), slot(variant, i)   slot: the row block that stores its channels
// and source(site, tap): the site that an output site reads through a tap; target is its inverse.
#pragma once

#include <array>
#include <map>
#include <vector>

#include <lanes/core/finite_math.hpp>

namespace lanes::cpu {

class GatherPlan {
 public:
  static constexpr int longest = 16;  // sites of a run
  struct Run {
    int sites, taps;
    const int* slots;   // [sites] where the target sites are stored
    const int* tap;     // [taps]
    const int* inputs;  // [taps][sites] where the sites read are stored
  };
  int runs() const { return static_cast<int>(runs_.size()); }
  /// A copy: a kernel need not read it again after each store.
  Run operator[](int i) const {
    const Place& at = runs_[static_cast<std::size_t>(i)];
    return {at.sites, at.taps, numbers_.data() + at.first, numbers_.data() + at.first + at.sites,
            numbers_.data() + at.first + at.sites + at.taps};
  }

  /// Targets: the set written; Sources: the set read; link(site, tap): the site read.
  template <class Targets, class Sources, class Link>
  static GatherPlan make(int variant, int volume, int taps, const Link& link) {
    std::vector<int> slot_of(static_cast<std::size_t>(volume), -1);
    for (int i = 0; i < Sources::size; ++i)
      slot_of[static_cast<std::size_t>(Sources::site(variant, i))] = Sources::slot(variant, i);
    GatherPlan plan;
    const auto end_run = [&](const std::vector<int>& visible, std::vector<int>& targets) {
      plan.runs_.push_back({static_cast<int>(targets.size()), static_cast<int>(visible.size()),
                            static_cast<int>(plan.numbers_.size())});
      for (int i : targets) plan.numbers_.push_back(Targets::slot(variant, i));
      for (int t : visible) plan.numbers_.push_back(t);
      for (int t : visible)
        for (int i : targets)
          plan.numbers_.push_back(
              slot_of[static_cast<std::size_t>(link(Targets::site(variant, i), t))]);
      targets.clear();
    };
    std::map<std::vector<int>, std::vector<int>> targets_by_taps;
    for (int i = 0; i < Targets::size; ++i) {
      std::vector<int> visible;
      for (int t = 0; t < taps; ++t)
        if (slot_of[static_cast<std::size_t>(link(Targets::site(variant, i), t))] >= 0)
          visible.push_back(t);
      auto& targets = targets_by_taps[visible];
      targets.push_back(i);
      if (targets.size() == std::size_t(longest)) end_run(visible, targets);
    }
    for (auto& [visible, targets] : targets_by_taps)
      if (!targets.empty()) end_run(visible, targets);
    return plan;
  }

 private:
  struct Place {
    int sites, taps, first;
  };
  std::vector<Place> runs_;
  std::vector<int> numbers_;  // of all runs: slots, taps, inputs
};

/// The plan of an output reading inputs (forward), one per variant of the masks; built at first
/// use. A stencil without masks has one plan for every variant.
template <class Stencil>
const GatherPlan& forward_plan(int variant) {
  static const auto plans = [] {
    std::array<GatherPlan, Stencil::variants> all;
    for (int v = 0; v < Stencil::variants; ++v)
      all[static_cast<std::size_t>(v)] =
          GatherPlan::make<typename Stencil::Outputs, typename Stencil::Inputs>(
              v, Stencil::volume, Stencil::taps, &Stencil::source);
    return all;
  }();
  return plans[static_cast<std::size_t>(variant % Stencil::variants)];
}

/// The plan of an input collecting from the outputs that read it (adjoint).
template <class Stencil>
const GatherPlan& adjoint_plan(int variant) {
  static const auto plans = [] {
    std::array<GatherPlan, Stencil::variants> all;
    for (int v = 0; v < Stencil::variants; ++v)
      all[static_cast<std::size_t>(v)] =
          GatherPlan::make<typename Stencil::Inputs, typename Stencil::Outputs>(
              v, Stencil::volume, Stencil::taps, &Stencil::target);
    return all;
  }();
  return plans[static_cast<std::size_t>(variant % Stencil::variants)];
}

}  // namespace lanes::cpu
