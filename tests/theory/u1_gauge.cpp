// SPDX-License-Identifier: BSD-3-Clause
//
// U1 and U1Gauge: the base density and its draws, the action by hand, the force against differences
// and against the one derived from the density, gauge invariance, and HMC against the exact
// plaquette and topological susceptibility.
// timeout: 600
#include <cmath>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/exact/exact_u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/theory/u1_gauge.hpp>

#include "testing/tile.hpp"

using namespace lanes;
using testing::deviation;
using testing::Tile;

namespace {

template <class P, class G>
std::vector<double> links() {
  auto x = testing::normal_field<P>(U1::rows<G>, 3, 2.0);
  for (double& v : x) v = double(typename P::Real(wrap(Pack<double, 1>(v)).value));
  return x;
}

// The same theory, without its force.
template <class G>
struct Derived : LocalTheory<Derived<G>, U1, G> {
  U1Gauge<G> theory{1.7};
  template <class T, class Site>
  T density(const Site& theta) const {
    return theory.template density<T>(theta);
  }
};

template <class G>
void laws() {
  constexpr int lanes = Tile<Double>::lanes, V = G::volume, D = G::dimension;
  Tile<Double> tile;
  const U1Gauge<G> theory(1.7);
  const auto x = links<Double, G>();
  const auto s = tile.action(theory, x);
  for (int k = 0; k < lanes; ++k) {
    std::vector<double> theta(std::size_t(D * V));
    for (std::size_t r = 0; r < theta.size(); ++r)
      theta[r] = x[r * std::size_t(lanes) + std::size_t(k)];
    double mean = 0;
    Plaquette{}.measure<G>(theta.data(), &mean);
    CHECK(std::abs(s[std::size_t(k)] + 1.7 * mean * V * D * (D - 1) / 2) < Double::agreement * V);
  }
  const auto f = tile.force(theory, x);
  CHECK(deviation(f, tile.force(Derived<G>{}, x)) < Double::agreement);
  CHECK(deviation(f, testing::central_differences(
                         [&](const std::vector<double>& at) { return tile.action(theory, at); }, x,
                         lanes)) < Double::gradient);
  // theta_mu(x) += alpha(x) - alpha(x + mu)
  auto turned = x;
  const auto alpha = testing::normal_field<Double>(V, 4);
  for (int site = 0; site < V; ++site)
    for (int mu = 0; mu < D; ++mu)
      for (int k = 0; k < lanes; ++k)
        turned[std::size_t(U1::row<G>(site, mu) * lanes + k)] +=
            alpha[std::size_t(site * lanes + k)] -
            alpha[std::size_t(G::forward(site, mu) * lanes + k)];
  CHECK(deviation(tile.action(theory, turned), s) < Double::agreement);
  CHECK(deviation(tile.force(theory, turned), f) < Double::agreement);
}

}  // namespace

TEST_CASE("action, force, gauge invariance") {
  laws<Lattice<4, 6>>();
  laws<Lattice<3, 2, 4>>();
  laws<Lattice<2, 3, 2, 3>>();
}
TEST_CASE("the force in single precision") {
  using G = Lattice<4, 6>;
  Tile<Single> tile;
  const auto x = links<Single, G>();
  CHECK(deviation(tile.force(U1Gauge<G>(1.7), x), tile.force(Derived<G>{}, x)) < Single::agreement);
}
TEST_CASE_TEMPLATE("the base density is uniform on [0, 2 pi)", P, Single, Double) {
  using G = Lattice<3, 3>;
  using Real = typename P::Real;
  Tile<P> tile;
  auto& context = tile.context();
  typename Tile<P>::Context::Scope scope(context);
  const auto z = context.template rows<Real>(U1::rows<G>);
  const auto l = context.template rows<double>(1);
  double re = 0, im = 0, n = 0;
  for (std::uint64_t batch = 0; batch < 200; ++batch) {
    fill(context, l, 1, 2.0);
    context.set_first_lane(batch * Tile<P>::lanes);
    U1::draw_base<G>(context, RandomStream(Seed{5}, Purpose::base), z, l);
    for (double v : tile.values(l, 1))
      REQUIRE(std::abs(v - 2 + U1::rows<G> * std::log(two_pi)) < Double::agreement * 100);
    for (double v : tile.values(z, U1::rows<G>)) {
      REQUIRE(v >= 0);
      REQUIRE(v < double(Real(two_pi)));
      re += std::cos(v), im += std::sin(v), ++n;
    }
  }
  CHECK(std::abs(re) < 5 * std::sqrt(0.5 * n));
  CHECK(std::abs(im) < 5 * std::sqrt(0.5 * n));
}
TEST_CASE("HMC: plaquette and charge at beta = 2 on 8 x 8") {
  using G = Lattice<8, 8>;
  const U1Gauge<G> theory(2.0);
  const ExactU1 exact(2.0, G::volume);
  HybridMonteCarlo<U1Gauge<G>> hmc(theory, {.step_size = 0.2, .steps = 8, .chains = 64}, Seed{11});
  hmc.thermalise(200);
  const auto ensemble = hmc.sample(1500, 3);
  for (double v : ensemble.configurations) {
    REQUIRE(v >= 0);
    REQUIRE(v < two_pi);
  }
  const Estimate plaquette = analyse(Plaquette{}, ensemble)[0];
  const Estimate charge = analyse(TopologicalChargeSquared{}, ensemble)[0];
  CHECK(std::abs(plaquette.value - exact.plaquette()) < 5 * plaquette.error);
  CHECK(plaquette.error < 1e-3);
  CHECK(std::abs(charge.value - exact.topological_charge_squared()) < 5 * charge.error);
  CHECK(charge.error < 0.1);
}
TEST_CASE("beta that is no coupling is refused") {
  using Theory = U1Gauge<Lattice<4, 4>>;
  for (const auto& [beta, text] :
       {std::pair{-1.0, "-1"}, {std::nan(""), "nan"}, {double(INFINITY), "inf"}})
    CHECK_THROWS_WITH_AS(
        Theory{beta},
        ("lanes: U1Gauge: beta is " + std::string(text) + " (allowed: >= 0 and finite)").c_str(),
        std::invalid_argument);
}
