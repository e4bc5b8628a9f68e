// SPDX-License-Identifier: BSD-3-Clause
//
// A density that states its reach: the derived force is that of its action, on lattices where what
// it sees is one site in two ways too; what it does not state is NaN.
#include <array>
#include <cmath>
#include <cstddef>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/testing/workbench.hpp>
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

/// The largest difference of dS/dx and (S(x + h) - S(x - h)) / 2h, relative to the largest.
template <class G>
double deviation() {
  const Far<G> theory;
  laws::Workbench<Double, Scalar, G, Rescaling> bench(Seed{1}, 0.3);
  const auto x = bench.base(), force = bench.force(theory, x);
  const std::size_t n = std::size_t(bench.lanes);
  double worst = 0, largest = 0;
  for (std::size_t site = 0; site < std::size_t(G::volume); ++site) {
    auto up = x, down = x;
    for (std::size_t k = 0; k < n; ++k) up[site * n + k] += 1e-5, down[site * n + k] -= 1e-5;
    const auto s_up = bench.action(theory, up), s_down = bench.action(theory, down);
    for (std::size_t k = 0; k < n; ++k) {
      const double numerical = (s_up[k] - s_down[k]) / 2e-5;
      worst = std::fmax(worst, std::abs(numerical - force[site * n + k]));
      largest = std::fmax(largest, std::abs(numerical));
    }
  }
  return worst / largest;
}

}  // namespace

TEST_CASE("the derived force of a density that sees beyond its neighbours") {
  CHECK(deviation<Lattice<5, 6>>() < Double::gradient);
  CHECK(deviation<Lattice<2, 4>>() < Double::gradient);
  CHECK(deviation<Lattice<2, 2>>() < Double::gradient);
}

TEST_CASE("what is not stated is NaN in the action and in the force") {
  using G = Lattice<4, 4>;
  laws::Workbench<Double, Scalar, G, Rescaling> bench(Seed{1}, 0.3);
  for (double s : bench.action(Careless<G>{}, bench.base())) CHECK(std::isnan(s));
  for (double f : bench.force(Careless<G>{}, bench.base())) CHECK(std::isnan(f));
}
