// SPDX-License-Identifier: BSD-3-Clause
//
// Checkerboard lists: active and frozen partition the lattice, the variants exchange them, every
// neighbour of a frozen site is active. A refinement's: the new sites have an odd coordinate. And
// the sets of sites that contractions take from them.
#include <set>

#include <doctest/doctest.h>

#include <lanes/geometry/partition.hpp>

using namespace lanes;

using Board = Checkerboard::Masks<Lattice<4, 4>>;
static_assert(Board::variants == 2 && Board::active_size == 8 && Board::frozen_size == 8);
static_assert(Board::active(0, 0) == 0 && Board::active(0, 2) == 5 &&
              Board::frozen(0, 0) == 1);  // even sites move first
static_assert(Board::active(1, 0) == 1 && Board::frozen(1, 0) == 0);
static_assert(AllSites<Lattice<4, 4>>::size == 16 && AllSites<Lattice<4, 4>>::slot(0, 5) == 5);
static_assert(ActiveSites<Board>::site(0, 2) == 5 &&
              ActiveSites<Board>::slot(0, 2) == 2);  // stored densely
static_assert(FrozenSites<Board>::site(0, 2) == 4 &&
              FrozenSites<Board>::slot(0, 2) == 4);  // where they are

// Whole lines, read off the sites: in site order they lie along the last direction.
template <class G>
constexpr int direction_of_all = line_direction<G, AllSites<G>>(0);
static_assert(direction_of_all<Lattice<4, 6>> == 1 && direction_of_all<Lattice<2, 4, 6>> == 2);
static_assert(line_direction<Lattice<4, 4>, ActiveSites<Board>>(1) == -1);
static_assert(!in_lines<Lattice<4, 4>, ActiveSites<Board>>());
// Lines along direction 0; and what is nearly one: from its second site, backwards, or cut short.
template <int Start, int Step, int Size = 4>
struct Column {
  static constexpr int variants = 1, size = Size;
  static constexpr int site(int, int i) { return 5 + 6 * ((Start + Step * i + 8) % 4); }
  static constexpr int slot(int, int i) { return i; }
};
static_assert(line_direction<Lattice<4, 6>, Column<0, 1>>(0) == 0);
static_assert(line_direction<Lattice<4, 6>, Column<1, 1>>(0) == -1);
static_assert(line_direction<Lattice<4, 6>, Column<0, -1>>(0) == -1);
static_assert(line_direction<Lattice<4, 6>, Column<0, 1, 3>>(0) == -1);

TEST_CASE_TEMPLATE("a checkerboard partitions the lattice", L, Lattice<2>, Lattice<10>,
                   Lattice<4, 6>, Lattice<2, 8>, Lattice<4, 2, 6>, Lattice<2, 4, 2, 6>) {
  using P = Checkerboard::Masks<L>;
  for (int variant = 0; variant < P::variants; ++variant) {
    std::set<int> active, frozen;
    int before = -1;
    for (int i = 0; i < P::active_size; ++i) {
      const int site = P::active(variant, i);
      REQUIRE(site > before);  // ascending, so that a tile is read forwards
      before = site;
      REQUIRE(L::parity(site) == variant);
      active.insert(site);
      REQUIRE(P::frozen(1 - variant, i) == site);
    }
    for (int i = 0; i < P::frozen_size; ++i) frozen.insert(P::frozen(variant, i));
    REQUIRE(int(active.size()) == P::active_size);
    REQUIRE(int(frozen.size()) == P::frozen_size);
    std::set<int> all = active;
    all.insert(frozen.begin(), frozen.end());
    REQUIRE(int(all.size()) == L::volume);
    REQUIRE(*all.begin() == 0);
    REQUIRE(*all.rbegin() == L::volume - 1);
    for (int site : frozen)
      for (int mu = 0; mu < L::dimension; ++mu) {
        REQUIRE(active.count(L::forward(site, mu)) == 1);
        REQUIRE(active.count(L::backward(site, mu)) == 1);
      }
  }
}

TEST_CASE_TEMPLATE("a refinement freezes the sites with even coordinates", L, Lattice<2>,
                   Lattice<10>, Lattice<4, 6>, Lattice<2, 8>, Lattice<4, 2, 6>,
                   Lattice<2, 4, 2, 6>) {
  using P = Refinement::Masks<L>;
  REQUIRE(P::variants == 1);
  std::set<int> all;
  for (int i = 0; i < P::active_size + P::frozen_size; ++i) {
    const bool active = i < P::active_size;
    const int site = active ? P::active(0, i) : P::frozen(0, i - P::active_size);
    bool odd = false;
    for (int mu = 0; mu < L::dimension; ++mu) odd = odd || L::coordinate(site, mu) % 2 == 1;
    REQUIRE(odd == active);
    all.insert(site);
  }
  REQUIRE(int(all.size()) == L::volume);
  REQUIRE(*all.begin() == 0);
  REQUIRE(*all.rbegin() == L::volume - 1);
}
