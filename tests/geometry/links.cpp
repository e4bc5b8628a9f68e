// SPDX-License-Identifier: BSD-3-Clause
//
// Links: rows, loops and staples against sums by hand and against each other, and adjoints against
// the change of a linear action, all in whole numbers: nothing is rounded.
#include <array>

#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/links.hpp>

using namespace lanes;

namespace {

/// Numbers without a pattern; one of them is raised by one.
struct Links {
  int raised = -1;
  long operator()(int row) const { return (row * 7919L + 13) % 1009 + (row == raised ? 1 : 0); }
};
struct Weights {
  int seed = 3;
  long operator()(int site) const { return (site * 31L + seed * 17) % 23 - 11; }
};

using Small = Lattice<2, 3>;
static_assert(link_rows<Small> == 12 && link_row<Small>(4, 0) == 4 && link_row<Small>(4, 1) == 10);
static_assert(link_rows<Lattice<2, 3, 4>> == 72 && link_row<Lattice<2, 3, 4>>(5, 2) == 53);

}  // namespace

TEST_CASE("a plaquette and a rectangle by hand") {
  // sites 0 1 2 / 3 4 5, rows of direction 0: 0 .. 5, of direction 1: 6 .. 11
  const Links links;
  CHECK(plaquette<Small>(1, 0, 1, links) == links(1) + links(10) - links(2) - links(7));
  CHECK(plaquette<Small>(5, 0, 1, links) == links(5) + links(8) - links(3) - links(11));
  CHECK(rectangle<Small>(1, 1, links) ==
        links(7) + links(8) + links(0) - links(11) - links(10) - links(1));
  CHECK(line<Small>(1, 0, 2, links) == double(links(1) + links(4)));
  CHECK(line<Small>(4, 1, 3, links) == double(links(10) + links(11) + links(9)));
}

TEST_CASE("loops are made of plaquettes, and plaquettes of a link and a staple") {
  using G = Lattice<4, 6>;
  const Links links;
  for (int x = 0; x < G::volume; ++x) {
    const auto p = [&](int site) { return plaquette<G>(site, 0, 1, links); };
    REQUIRE(loop<G>(x, 0, 1, 1, 1, links) == double(p(x)));
    REQUIRE(loop<G>(x, 1, 0, 1, 1, links) == -double(p(x)));
    for (int a = 0; a < 2; ++a) {
      const int sign = a == 0 ? 1 : -1;
      REQUIRE(rectangle<G>(x, a, links) == sign * (p(x) + p(G::forward(x, a))));
      REQUIRE(loop<G>(x, a, 1 - a, 2, 1, links) == double(rectangle<G>(x, a, links)));
    }
    double all = 0;
    for (int i = 0; i < 3; ++i)
      for (int k = 0; k < 2; ++k) all += double(p(G::shifted(G::shifted(x, 0, i), 1, k)));
    REQUIRE(loop<G>(x, 0, 1, 3, 2, links) == all);
  }
}

TEST_CASE_TEMPLATE("staples, and what plaquettes give back to a link", G, Lattice<4, 6>,
                   Lattice<3, 2, 4>) {
  constexpr int D = G::dimension;
  const Links links;
  // S = sum of w_{mu nu}(x) P_{mu nu}(x) over x and mu < nu
  const auto weights = [](int mu, int nu) { return Weights{D * mu + nu}; };
  const auto action = [&](const Links& at) {
    long sum = 0;
    for (int x = 0; x < G::volume; ++x)
      for (int mu = 0; mu < D; ++mu)
        for (int nu = mu + 1; nu < D; ++nu) sum += weights(mu, nu)(x) * plaquette<G>(x, mu, nu, at);
    return sum;
  };
  for (int x = 0; x < G::volume; ++x)
    for (int mu = 0; mu < D; ++mu) {
      long given = 5;
      for (int nu = 0; nu < D; ++nu) {
        if (nu == mu) continue;
        const auto s = staples<G>(x, mu, nu, links);
        const long here = links(link_row<G>(x, mu));
        REQUIRE(plaquette<G>(x, mu, nu, links) == here - s.above);
        REQUIRE(plaquette<G>(G::backward(x, nu), mu, nu, links) == s.below - here);
        given = mu < nu ? add_plaquettes<G>(given, x, mu, nu, weights(mu, nu))
                        : add_plaquettes<G>(given, x, mu, nu, weights(nu, mu));
      }
      REQUIRE(given == 5 + action({link_row<G>(x, mu)}) - action({}));
    }
}

TEST_CASE("what rectangles give back to a link") {
  using G = Lattice<4, 6>;
  const Weights weights;
  for (int a = 0; a < 2; ++a) {
    const auto action = [&](const Links& at) {
      long sum = 0;
      for (int x = 0; x < G::volume; ++x) sum += weights(x) * rectangle<G>(x, a, at);
      return sum;
    };
    for (int x = 0; x < G::volume; ++x)
      for (int mu = 0; mu < 2; ++mu)
        REQUIRE(of_rectangles<G>(x, mu, a, weights) == action({link_row<G>(x, mu)}) - action({}));
  }
}
