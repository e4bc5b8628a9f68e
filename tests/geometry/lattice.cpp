// SPDX-License-Identifier: BSD-3-Clause
//
// Site numbering, neighbours, shifts and parity in 1 to 4 dimensions, square and not, extent 2
// included.
#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>

using namespace lanes;

static_assert(Lattice<7>::dimension == 1 && Lattice<7>::volume == 7);
static_assert(Lattice<4, 6>::dimension == 2 && Lattice<4, 6>::volume == 24);
static_assert(Lattice<2, 3, 5>::dimension == 3 && Lattice<2, 3, 5>::volume == 30);
static_assert(Lattice<2, 4, 3, 2>::dimension == 4 && Lattice<2, 4, 3, 2>::volume == 48);
static_assert(Lattice<4, 6>::extent(0) == 4 && Lattice<4, 6>::extent(1) == 6);
static_assert(Lattice<2, 3, 5>::stride(0) == 15 && Lattice<2, 3, 5>::stride(1) == 5 &&
              Lattice<2, 3, 5>::stride(2) == 1);
// The example of the header.
static_assert(Lattice<4, 6>::forward(23, 1) == 18 && Lattice<4, 6>::coordinate(23, 0) == 3);
static_assert(Lattice<4, 6>::forward(23, 0) == 5 && Lattice<4, 6>::backward(0, 0) == 18);
static_assert(Lattice<4, 6>::shifted(0, 1, -7) == 5 && Lattice<4, 6>::shifted(5, 1, 13) == 0);
static_assert(Lattice<2>::forward(1, 0) == 0 && Lattice<2>::backward(1, 0) == 0);
static_assert(Lattice<4, 6>::parity(0) == 0 && Lattice<4, 6>::parity(1) == 1 &&
              Lattice<4, 6>::parity(6) == 1 && Lattice<4, 6>::parity(7) == 0);

TEST_CASE_TEMPLATE("sites, neighbours and shifts", L, Lattice<7>, Lattice<2>, Lattice<4, 6>,
                   Lattice<5, 2>, Lattice<2, 3, 5>, Lattice<4, 2, 6>, Lattice<2, 4, 3, 2>) {
  for (int site = 0; site < L::volume; ++site) {
    int x[4] = {}, number = 0, sum = 0;
    for (int mu = 0; mu < L::dimension; ++mu) {
      x[mu] = L::coordinate(site, mu);
      REQUIRE(x[mu] >= 0);
      REQUIRE(x[mu] < L::extents[std::size_t(mu)]);
      number = number * L::extent(mu) + x[mu];  // C order
      sum += x[mu];
    }
    REQUIRE(number == site);
    REQUIRE(L::parity(site) == sum % 2);
    for (int mu = 0; mu < L::dimension; ++mu) {
      const int e = L::extent(mu), up = L::forward(site, mu), down = L::backward(site, mu);
      REQUIRE(L::backward(up, mu) == site);
      REQUIRE(L::forward(down, mu) == site);
      for (int nu = 0; nu < L::dimension; ++nu) {
        REQUIRE(L::coordinate(up, nu) == (nu == mu ? (x[nu] + 1) % e : x[nu]));
        REQUIRE(L::coordinate(down, nu) == (nu == mu ? (x[nu] + e - 1) % e : x[nu]));
      }
      int walked = site;
      for (int steps = 0; steps <= 2 * e + 1; ++steps) {
        REQUIRE(L::shifted(site, mu, steps) == walked);
        REQUIRE(L::shifted(walked, mu, -steps) == site);
        walked = L::forward(walked, mu);
      }
    }
  }
}
