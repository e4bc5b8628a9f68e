// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/loop_split.hpp>

using namespace lanes;
using detail::LoopSplit;

namespace {

/// Sum of the plaquettes in a rectangle of n0 x n1 with its corner at (x0, x1).
template <class G>
double plaquettes(const std::vector<double>& theta, int x0, int x1, int n0, int n1) {
  double sum = 0;
  for (int i = 0; i < n0; ++i)
    for (int j = 0; j < n1; ++j) {
      const int x = G::shifted(G::shifted(0, 0, x0 + i), 1, x1 + j), v = G::volume;
      const auto at = [&](int row) { return theta[std::size_t(row)]; };
      sum += at(x) + at(v + G::forward(x, 0)) - at(G::forward(x, 1)) - at(v + x);
    }
  return sum;
}

template <class G, int Mu, int C0, int C1, int Begin, int Cut>
void check() {
  using Split = LoopSplit<G, Mu, C0, C1, Begin, Cut>;
  constexpr int rows = 2 * G::volume, n = Split::size;
  INFO(__PRETTY_FUNCTION__);
  std::vector<double> theta(rows);
  for (int r = 0; r < rows; ++r) theta[std::size_t(r)] = std::fmod(0.777 * r * r + 0.9 * r, 6.28);
  const auto links = [&](int row) { return theta[std::size_t(row)]; };
  const auto all = [&] {
    std::vector<double> loops;
    for (int i = 0; i < n; ++i) loops.push_back(Split::loops(i, links).part);
    for (int i = 0; i < n; ++i) loops.push_back(Split::loops(i, links).whole);
    return loops;
  };

  // The loops are sums of plaquettes.
  const auto loops = all();
  for (int i = 0; i < n; ++i) {
    const int x0 = Split::Cells::coordinate(i, 0) * C0, x1 = Split::Cells::coordinate(i, 1) * C1;
    const auto rectangle = [&](int to) {
      return Mu == 0 ? plaquettes<G>(theta, x0 + Begin, x1, to - Begin, C1)
                     : plaquettes<G>(theta, x0, x1 + Begin, C0, to - Begin);
    };
    CHECK(std::abs(loops[std::size_t(i)] - rectangle(Cut)) < 1e-12);
    CHECK(std::abs(loops[std::size_t(n + i)] - rectangle(Mu == 0 ? C0 : C1)) < 1e-12);
  }

  // Every link turns the loops as edge_adjoint says; a cell's own only its part.
  std::vector<int> edge_of(rows, -1);
  for (int i = 0; i < Split::edges; ++i) {
    const int row = Split::edge(i);
    REQUIRE((row >= 0 && row < rows));
    REQUIRE(edge_of[std::size_t(row)] == -1);
    edge_of[std::size_t(row)] = i;
  }
  for (int r = 0; r < rows; ++r) {
    theta[std::size_t(r)] += 1;
    const auto turned = all();
    theta[std::size_t(r)] -= 1;
    for (int l = 0; l < 2 * n; ++l) {
      const double moved = turned[std::size_t(l)] - loops[std::size_t(l)];
      const auto is = [&](int m) { return [=](int i) { return i + m == l ? 1. : 0.; }; };
      const int e = edge_of[std::size_t(r)];
      CHECK(std::abs(moved - (e < 0 ? 0 : Split::edge_adjoint(e, is(0), is(n)))) < 1e-12);
      for (int i = 0; i < n; ++i)
        if (r == Split::own(i)) CHECK(std::abs(moved - (l == i ? Split::sign : 0)) < 1e-12);
    }
  }
}

}  // namespace

TEST_CASE("loops, their links and what a cell's own link turns") {
  check<Lattice<8, 4>, 0, 8, 4, 0, 4>();  // the whole torus
  check<Lattice<8, 4>, 1, 4, 4, 0, 2>();
  check<Lattice<8, 4>, 0, 2, 2, 0, 1>();
  check<Lattice<8, 4>, 1, 1, 2, 0, 1>();
  check<Lattice<6, 5>, 0, 3, 5, 0, 1>();  // slice by slice
  check<Lattice<6, 5>, 0, 3, 5, 1, 2>();
  check<Lattice<6, 5>, 1, 1, 5, 3, 4>();
}
TEST_CASE("cells' links stay off the axes, and the loops of coarser splits as they are") {
  using G = Lattice<4, 4>;
  using A = LoopSplit<G, 0, 4, 4, 0, 2>;
  using B = LoopSplit<G, 1, 2, 4, 0, 2>;
  using C = LoopSplit<G, 0, 2, 2, 0, 1>;
  using D = LoopSplit<G, 1, 1, 2, 0, 1>;
  std::set<int> own;
  const auto add = [&]<class Split>(Split) {
    for (int i = 0; i < Split::size; ++i) {
      const int row = Split::own(i), site = row % G::volume;
      CHECK(own.insert(row).second);
      CHECK(G::coordinate(site, 1 - row / G::volume) != 0);
    }
  };
  add(A{}), add(B{}), add(C{}), add(D{});
  CHECK(own.size() == G::volume - 1);
  const auto untouched = [&]<class Coarse, class Fine>(Coarse, Fine) {
    for (int i = 0; i < Fine::size; ++i) {
      const auto links = [&](int row) { return row == Fine::own(i) ? 1 : 0; };
      for (int k = 0; k < Coarse::size; ++k) {
        CHECK(Coarse::loops(k, links).part == 0);
        CHECK(Coarse::loops(k, links).whole == 0);
      }
    }
  };
  untouched(A{}, B{}), untouched(A{}, C{}), untouched(A{}, D{});
  untouched(B{}, C{}), untouched(B{}, D{}), untouched(C{}, D{});
}
