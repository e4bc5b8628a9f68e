// SPDX-License-Identifier: BSD-3-Clause
//
// SiteTables: what a contraction looks up while it runs, on the device, made once for each stencil:
// for every site that it writes the slot of that site, and for every tap the slot that it reads, or
// -1 where nothing is stored there.
//
//   table [variants][sites][1 + taps]
#pragma once

#include <utility>
#include <vector>

#include <lanes/backend/thrust/device.hpp>

namespace lanes::device {

/// Forward: sites written are the stencil's Outputs and sites read its Inputs; else the other way
/// round.
template <class Stencil, bool Forward>
struct SiteTable {
  using Written = std::conditional_t<Forward, typename Stencil::Outputs, typename Stencil::Inputs>;
  using Read = std::conditional_t<Forward, typename Stencil::Inputs, typename Stencil::Outputs>;
  static constexpr int sites = Written::size, step = 1 + Stencil::taps;
  static constexpr char key = 0;  // its address names the table

  static std::vector<int> make() {
    std::vector<int> table;
    table.reserve(std::size_t(Stencil::variants) * sites * step);
    for (int v = 0; v < Stencil::variants; ++v) {
      std::vector<int> slot_of(std::size_t(Stencil::volume), -1);
      for (int i = 0; i < Read::size; ++i)
        slot_of[std::size_t(Read::site(v, i))] = Read::slot(v, i);
      for (int i = 0; i < sites; ++i) {
        table.push_back(Written::slot(v, i));
        for (int t = 0; t < Stencil::taps; ++t) {
          const int site = Written::site(v, i);
          table.push_back(
              slot_of[std::size_t(Forward ? Stencil::source(site, t) : Stencil::target(site, t))]);
        }
      }
    }
    return table;
  }
};

class SiteTables {
 public:
  /// The table of a variant.
  template <class Table, class Stencil>
  const int* of(int variant) {
    const int* table = find<Table>();
    return table + long(variant % Stencil::variants) * Table::sites * Table::step;
  }

 private:
  template <class Table>
  const int* find() {
    for (const auto& [key, table] : tables_)
      if (key == &Table::key) return table.data();
    Vector<int> table;
    table.assign(Table::make());
    return tables_.emplace_back(&Table::key, std::move(table)).second.data();
  }

  std::vector<std::pair<const char*, Vector<int>>> tables_;
};

}  // namespace lanes::device
