// SPDX-License-Identifier: BSD-3-Clause
//
// A density that states its reach: the derived force is that of its action, on lattices where what
// it sees is one site in two ways too; what it does not state is NaN.
#include <array>
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/theory_laws.hpp>
#include <lanes/theory/local_theory.hpp>

using namespace lanes;

namespace {

// Neighbours, those two sites away, and one across.
template <class G>
struct Far : LocalTheory<Far<G>, Scalar, G> {
  static constexpr Displacement<2> across{{1, -1}};
  // a neighbour, and one of them twice: what is seen counts once
  static constexpr std::array reach = {step<2>(0, 2), step<2>(1, 2), across, step<2>(0), across};
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    T s = T(0.4) * square(phi.here()) + pow(phi.here(), 4) +
          T(0.3) * phi.here() * sin(phi.at(across));
    for (int mu = 0; mu < 2; ++mu)
      s += square(phi.forward(mu) - phi.here()) - T(0.2) * phi.here() * phi.at(step<2>(mu, 2));
    return s;
  }
};

// Sees more than it says.
template <class G>
struct Careless : LocalTheory<Careless<G>, Scalar, G> {
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    return square(phi.here() - phi.at(step<2>(0, 2)));
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a density that sees beyond its neighbours keeps the laws", G, Lattice<5, 6>,
                   Lattice<2, 4>, Lattice<2, 2>) {
  const auto r = laws::check_theory<laws::AllTranslations>(Far<G>{}, Seed{1});
  CHECK_MESSAGE(r.passed(), to_string(r));
}

TEST_CASE("what is not stated is NaN in the action and in the force") {
  using G = Lattice<4, 4>;
  laws::Tile<Double> tile;
  const auto x = tile.draw<Scalar, G>(Seed{1}).field;
  for (double s : tile.action(Careless<G>{}, x)) CHECK(std::isnan(s));
  for (double f : tile.force(Careless<G>{}, x)) CHECK(std::isnan(f));
}
