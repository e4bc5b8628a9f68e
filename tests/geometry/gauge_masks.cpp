// SPDX-License-Identifier: BSD-3-Clause
//
// Gauge masks: the formulas of the header site by site, and that no loop which a network sees has
// an active link.
#include <set>

#include <doctest/doctest.h>

#include <lanes/geometry/gauge_masks.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/gauge_loops.hpp>

using namespace lanes;

namespace {

int modulo(int a, int n) { return (a % n + n) % n; }

template <class G, class Masks, class Role>
void check(const Role& role) {
  using M = typename Masks::template Masks<G>;
  for (int v = 0; v < M::variants; ++v) {
    CAPTURE(v);
    std::set<int> active, frozen;
    for (int i = 0; i < M::active_size; ++i) active.insert(M::active(v, i));
    for (int i = 0; i < M::frozen_size; ++i) frozen.insert(M::frozen(v, i));
    REQUIRE(active.size() == std::size_t(M::active_size));
    REQUIRE(frozen.size() == std::size_t(M::frozen_size));
    const int mu = M::direction(v), a = M::loop_direction(v), b = 1 - a;
    for (int x = 0; x < G::volume; ++x) {
      const int want = role(v, mu, G::coordinate(x, mu), G::coordinate(x, 1 - mu));
      REQUIRE(want == (active.count(x) ? 0 : frozen.count(x) ? 1 : 2));
    }
    using Link = std::pair<int, int>;
    std::set<Link> moved;
    for (int x : active) moved.insert({x, mu});
    for (int x : frozen) {
      for (Link l : {Link{x, 0}, {G::forward(x, 0), 1}, {G::forward(x, 1), 0}, {x, 1}})
        REQUIRE(moved.count(l) == 0);
      const int up = G::forward(x, a), side = G::forward(x, b);
      for (Link l :
           {Link{x, a}, {up, a}, {G::forward(up, a), b}, {G::forward(up, b), a}, {side, a}, {x, b}})
        REQUIRE(moved.count(l) == 0);
    }
    // An active plaquette has one active link, its own.
    for (int x : active) {
      int found = 0;
      for (Link l : {Link{x, 0}, {G::forward(x, 0), 1}, {G::forward(x, 1), 0}, {x, 1}})
        found += int(moved.count(l));
      REQUIRE(found == 1);
    }
  }
}

// Active sites are whole lines along the active links, or no lines at all.
template <class G, class Partition>
constexpr bool lines_along_links() {
  using M = typename Partition::template Masks<G>;
  for (int v = 0; v < M::variants; ++v)
    if (line_direction<G, ActiveSites<M>>(v) != M::direction(v)) return false;
  return in_lines<G, ActiveSites<M>>();
}
template <class G, class Partition>
constexpr bool no_lines() {
  using M = typename Partition::template Masks<G>;
  for (int v = 0; v < M::variants; ++v)
    if (line_direction<G, ActiveSites<M>>(v) != -1) return false;
  return !in_lines<G, ActiveSites<M>>();
}
static_assert(lines_along_links<Lattice<8, 8>, StripeMasks>());
static_assert(lines_along_links<Lattice<4, 12>, StripeMasks>());
static_assert(lines_along_links<Lattice<32, 16>, SweepMasks>());
static_assert(lines_along_links<Lattice<4, 4>, SweepMasks>());
static_assert(no_lines<Lattice<8, 8>, SchwingerMasks>() &&
              no_lines<Lattice<4, 4>, SchwingerMasks>());

int stripes(int v, int mu, int, int x_nu) {
  REQUIRE(mu == v % 2);
  const int k = modulo(x_nu - v / 2, 4);
  return k == 0 ? 0 : k < 3 ? 1 : 2;
}
int sweep(int v, int mu, int, int x_nu) {
  REQUIRE(mu == v / 4 % 2);
  const int k = modulo(x_nu - (3 - v % 4), 4);
  return k == 0 ? 0 : k < 3 ? 1 : 2;
}
int schwinger(int v, int mu, int x_mu, int x_nu) {
  REQUIRE(mu == v / 4 % 2);
  if (modulo(x_mu - v % 4 - 2 * (x_nu % 2), 4) == 0) return 0;
  return modulo(x_mu - v % 4 - 1, 2) == 0 ? 1 : 2;
}

}  // namespace

TEST_CASE("who is active, frozen and passive") {
  check<Lattice<4, 8>, StripeMasks>(stripes);
  check<Lattice<12, 4>, StripeMasks>(stripes);
  check<Lattice<4, 8>, SweepMasks>(sweep);
  check<Lattice<12, 4>, SweepMasks>(sweep);
  check<Lattice<4, 8>, SchwingerMasks>(schwinger);
  check<Lattice<12, 4>, SchwingerMasks>(schwinger);
}

TEST_CASE("in a sweep the next layer moves the passive plaquettes, and no active one") {
  using G = Lattice<8, 4>;
  using M = SweepMasks::Masks<G>;
  for (int v = 0; v < M::variants; ++v) {
    if (v % 4 == 3) continue;  // the sweep turns
    std::set<int> moved;
    for (int i = 0; i < M::active_size; ++i) moved.insert(M::active(v, i));
    for (int i = 0; i < M::active_size; ++i) {
      const int next = M::active(v + 1, i), beside = G::forward(next, 1 - M::direction(v));
      CHECK(moved.count(next) == 0);
      CHECK(moved.count(beside) == 1);  // the plaquettes of a link: its own, and the one behind
    }
  }
}

TEST_CASE_TEMPLATE("an enclosure is the active plaquette and the passive one beside it", Masks,
                   StripeMasks, SweepMasks, SchwingerMasks) {
  using G = Lattice<8, 4>;
  using M = typename Masks::template Masks<G>;
  using Shown = PlaquettesAndEnclosures::Sites<M, G>;
  for (int v = 0; v < M::variants; ++v) {
    std::set<int> frozen;
    for (int i = 0; i < M::frozen_size; ++i) frozen.insert(M::frozen(v, i));
    const int nu = 1 - M::direction(v);
    REQUIRE(Shown::along(v) == nu);
    for (int i = 0; i < Shown::size; ++i) {
      if (!Shown::rectangle(i)) continue;
      const int site = M::active(v, i - M::frozen_size);
      CHECK(Shown::site(v, i) == site);
      CHECK(G::forward(Shown::base(v, i), nu) == site);
      CHECK(frozen.count(Shown::base(v, i)) == 0);
    }
  }
}
