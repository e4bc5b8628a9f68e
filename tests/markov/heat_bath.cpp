// SPDX-License-Identifier: BSD-3-Clause
//
// HeatBath of U1Gauge: the von Mises draw against I_n / I_0, the plaquette and the topological
// susceptibility against exact answers, reflections that keep the action, other dimensions against
// HMC, same bits for any number of threads.
// timeout: 300
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <lanes/exact/exact_u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/free_field.hpp>

using namespace lanes;
using laws::Tile;

/// Updates of two users who forgot something: nothing is drawn; the draw is no number.
struct Resting : FreeField<Lattice<2, 2>> {
  Resting() : FreeField(1.0) {}
};
struct Nowhere : FreeField<Lattice<2, 2>> {
  Nowhere() : FreeField(1.0) {}
};
template <>
struct lanes::LocalUpdates<Resting> {
  template <class Context>
  static void heat_bath(Context&, const Resting&, const RandomStream&,
                        Rows<typename Context::Real>) {}
  template <class Context>
  static void overrelaxation(Context&, const Resting&, Rows<typename Context::Real>) {}
};
template <>
struct lanes::LocalUpdates<Nowhere> {
  template <class Context>
  static void heat_bath(Context& context, const Nowhere&, const RandomStream&,
                        Rows<typename Context::Real> x) {
    using Real = typename Context::Real;
    fill(context, x, 4, std::numeric_limits<Real>::quiet_NaN());
  }
  template <class Context>
  static void overrelaxation(Context&, const Nowhere&, Rows<typename Context::Real>) {}
};

namespace {

void check_within(const Estimate& e, double exact, double largest_error) {
  CHECK_MESSAGE(std::abs(e.value - exact) < 4.5 * e.error, to_string(e), " is not ", exact);
  CHECK_MESSAGE(e.error < largest_error, to_string(e));
  CHECK(e.error > 0);
}

// int cos(n t) exp(kappa (cos t - 1)) dt / int exp(kappa (cos t - 1)) dt = I_n / I_0: the
// trapezoidal rule of a periodic function is exact to rounding.
double moment(int n, double kappa) {
  double sum = 0, norm = 0;
  for (int i = 0; i < 2000; ++i) {
    const double t = two_pi * i / 2000, w = std::exp(kappa * (std::cos(t) - 1));
    sum += w * std::cos(n * t);
    norm += w;
  }
  return sum / norm;
}

/// theta_mu(x) of every lane, all other links of the tile fixed, drawn `draws` times.
template <class P, class G>
void check_conditional(double beta, int mu, int site_index, int parity, int draws) {
  using Real = typename P::Real;
  Tile<P> tile;
  tile.visit([&](auto& context) {
    const auto x = context.template rows<Real>(U1::rows<G>);
    const auto unused = context.template rows<double>(1);
    fill(context, unused, 1);
    U1::draw_base<G>(context, RandomStream(Seed{3}, Purpose::base), x, unused);
    const int site = Checkerboard::Masks<G>::active(parity, site_index), row = U1::row<G>(site, mu);
    constexpr int lanes = Tile<P>::lanes;
    const auto start = tile.values(context, x, U1::rows<G>);
    const auto at = [&](int r, int k) { return start[std::size_t(r * lanes + k)]; };
    // The staples by hand, and cos n (theta - phi), sin (theta - phi) summed.
    std::vector<double> kappa(lanes), phi(lanes), c1(lanes), c2(lanes), s1(lanes);
    for (int k = 0; k < lanes; ++k) {
      double re = 0, im = 0;
      for (int nu = 0; nu < G::dimension; ++nu) {
        if (nu == mu) continue;
        const int down = G::backward(site, nu);
        const double up = at(U1::row<G>(G::forward(site, mu), nu), k) -
                          at(U1::row<G>(G::forward(site, nu), mu), k) - at(U1::row<G>(site, nu), k);
        const double low = at(U1::row<G>(down, mu), k) +
                           at(U1::row<G>(G::forward(down, mu), nu), k) -
                           at(U1::row<G>(down, nu), k);
        re += std::cos(up) + std::cos(low);
        im += -std::sin(up) + std::sin(low);
      }
      kappa[std::size_t(k)] = beta * std::hypot(re, im);
      phi[std::size_t(k)] = std::atan2(im, re);
    }
    const detail::HeatLinks<G, Real> kernel{x, RandomStream(Seed{4}, Purpose::heat_bath), beta, mu,
                                            parity};
    for (int t = 0; t < draws; ++t) {
      auto next = kernel;
      next.stream = RandomStream(Seed{4}, Purpose::heat_bath, std::uint64_t(t));
      next(site_index, context.lane());
      const auto links = tile.values(context, x.from(row), 1);
      for (std::size_t k = 0; k < std::size_t(lanes); ++k) {
        REQUIRE(links[k] >= 0);
        REQUIRE(links[k] < double(Real(two_pi)));
        c1[k] += std::cos(links[k] - phi[k]) / draws;
        c2[k] += std::cos(2 * (links[k] - phi[k])) / draws;
        s1[k] += std::sin(links[k] - phi[k]) / draws;
      }
    }
    for (std::size_t k = 0; k < std::size_t(lanes); ++k) {
      const double m1 = moment(1, kappa[k]), m2 = moment(2, kappa[k]), m4 = moment(4, kappa[k]);
      const double n = draws;
      CAPTURE(kappa[k]);
      CHECK(std::abs(c1[k] - m1) < 5 * std::sqrt((0.5 + 0.5 * m2 - m1 * m1) / n));
      CHECK(std::abs(c2[k] - m2) < 5 * std::sqrt((0.5 + 0.5 * m4 - m2 * m2) / n));
      CHECK(std::abs(s1[k]) < 5 * std::sqrt((0.5 - 0.5 * m2) / n));
    }
    const auto after = tile.values(context, x, U1::rows<G>);  // no other link has moved
    for (std::size_t e = 0; e < after.size(); ++e)
      if (int(e) / lanes != row) CHECK(after[e] == start[e]);
  });
}

}  // namespace

TEST_CASE_TEMPLATE("a link's conditional density is von Mises", P, Single, Double) {
  for (double beta : {0.0, 0.01, 1.0, 5.0, 100.0})
    check_conditional<P, Lattice<4, 6>>(beta, 0, 5, 1, 20'000);
  check_conditional<P, Lattice<4, 6>>(2.0, 1, 2, 0, 20'000);
  check_conditional<P, Lattice<4, 2, 4>>(2.0, 1, 7, 0, 20'000);
}
TEST_CASE_TEMPLATE("the proposal's ends are angles", T, float, double) {
  using Number = Pack<T, 1>;
  for (T kappa : {T(0), T(1e-20), T(1e-6), T(1), T(1e4), T(1e6)})
    for (T u : {T(0), T(0.25), T(0.5), T(1) - std::numeric_limits<T>::epsilon()}) {
      const auto offer = detail::BestFisher<Number>(Number(kappa)).propose(Number(u));
      CHECK(std::abs(offer.first.value) <= T(3.1415928));
      CHECK(offer.second.value >= 0);
      CHECK(offer.second.value <= T(1) + 4 * std::numeric_limits<T>::epsilon());
    }
}
TEST_CASE_TEMPLATE("plaquette and charge on 8 x 8", P, Double, Single) {
  using G = Lattice<8, 8>;
  for (double beta : {1.0, 2.0, 5.0}) {
    CAPTURE(beta);
    const ExactU1 exact(beta, G::volume);
    HeatBath<U1Gauge<G>, P> chains(U1Gauge<G>(beta), {.hot = beta > 2, .chains = 64}, Seed{12});
    chains.thermalise(beta > 2 ? 2000 : 200);
    const auto ensemble = chains.sample(beta > 2 ? 4000 : 1000, 2);
    CHECK(std::isnan(ensemble.acceptance()));
    check_within(analyse(Plaquette{}, ensemble)[0], exact.plaquette(), 1e-3);
    check_within(analyse(TopologicalChargeSquared{}, ensemble)[0],
                 exact.topological_charge_squared(), 0.07);
  }
}
TEST_CASE("without overrelaxation, an extent of 2") {
  using G = Lattice<2, 4>;
  const auto ensemble =
      sample_heat_bath(U1Gauge<G>(2.0), {.overrelaxation = 0, .sweeps = 4000}, Seed{13});
  check_within(analyse(Plaquette{}, ensemble)[0], ExactU1(2.0, G::volume).plaquette(), 2e-3);
}
TEST_CASE("three dimensions, against HMC") {
  using G = Lattice<4, 2, 4>;
  const U1Gauge<G> theory(1.2);
  const auto heat = analyse(Plaquette{}, sample_heat_bath(theory, {.sweeps = 2000}, Seed{14}))[0];
  const auto hmc = analyse(
      Plaquette{},
      sample_hmc(theory, {.step_size = 0.2, .steps = 6, .trajectories = 2000}, Seed{15}))[0];
  CHECK(std::abs(heat.value - hmc.value) < 4.5 * std::hypot(heat.error, hmc.error));
  CHECK(std::hypot(heat.error, hmc.error) < 3e-3);
}
TEST_CASE("the action belongs to its configuration, and reflections keep it") {
  using G = Lattice<4, 6>;
  Tile<Double> tile;
  const U1Gauge<G> theory(1.7);
  const auto before = tile.draw<U1, G>(Seed{6}).field;
  std::vector<double> after;
  tile.visit([&](auto& context) {
    const auto x = tile.rows(context, before);
    for (int mu : {0, 1})
      for (int parity : {0, 1})
        context.for_each(G::volume / 2, detail::ReflectLinks<G, double>{x, mu, parity});
    after = tile.values(context, x, U1::rows<G>);
  });
  CHECK(laws::deviation(tile.action(theory, after), tile.action(theory, before)) <
        Double::agreement);
  CHECK(laws::deviation(after, before) > 0.1);

  const auto ensemble = sample_heat_bath(theory, {.chains = 5, .sweeps = 6, .interval = 2});
  CHECK(ensemble.size() == 15);
  for (std::size_t i = 0; i < ensemble.size(); ++i) {
    double mean = 0;
    Plaquette{}.measure<G>(ensemble.configuration(i).data(), &mean);
    CHECK(std::abs(ensemble.action[i] + 1.7 * mean * G::volume) < Double::agreement * G::volume);
  }
}
TEST_CASE_TEMPLATE("the same bits for any number of threads and of chains beside", P, Double,
                   Single) {
  using G = Lattice<4, 4>;
  const U1Gauge<G> theory(2.0);
  const HeatBathOptions options{.hot = true, .chains = 37};
  const auto reference = HeatBath<U1Gauge<G>, P>(theory, options, Seed{1}, Cpu(1)).sample(20, 2);
  for (int threads : {2, 3}) {
    const auto e = HeatBath<U1Gauge<G>, P>(theory, options, Seed{1}, Cpu(threads)).sample(20, 2);
    CHECK(e.configurations == reference.configurations);
    CHECK(e.action == reference.action);
  }
  const auto few =
      HeatBath<U1Gauge<G>, P>(theory, {.hot = true, .chains = 3}, Seed{1}).sample(20, 2);
  for (std::size_t i = 0; i < few.size(); ++i) CHECK(few.action[i] == reference.action[i]);
  CHECK(HeatBath<U1Gauge<G>, P>(theory, options, Seed{2}).sample(20, 2).action != reference.action);
}
TEST_CASE("a run cut in two is the uncut run, bit for bit") {
  using G = Lattice<4, 4>;
  const U1Gauge<G> theory(2.0);
  HeatBath<U1Gauge<G>> uncut(theory, {.chains = 11}, Seed{1}),
      head(theory, {.chains = 11}, Seed{1});
  HeatBath<U1Gauge<G>> resumed(theory, {.chains = 11}, Seed{1});
  uncut.thermalise(10);
  head.thermalise(4);
  resumed.set_state(head.state());
  resumed.thermalise(6);
  CHECK(resumed.sweep() == 10);
  CHECK(resumed.state().x == uncut.state().x);
}
TEST_CASE(
    "updates that move nothing, or to no number, are errors; spins of a cold lattice may rest") {
  CHECK_THROWS_WITH_AS(
      sample_heat_bath(Resting{}, {.sweeps = 30}),
      "lanes: HeatBath: no chain has moved in 30 sweeps: does LocalUpdates draw its variables?",
      std::runtime_error);
  CHECK_THROWS_WITH_AS(sample_heat_bath(Nowhere{}, {.chains = 3}),
                       "lanes: Ensemble: the action of chain 0 is nan at its configuration 0",
                       std::runtime_error);
  const auto cold = sample_heat_bath(IsingModel<Lattice<4, 4>>(20.0), {.chains = 3, .sweeps = 30});
  CHECK(cold.stuck_chains() == 3);
}
TEST_CASE("what is out of range is refused") {
  using G = Lattice<4, 4>;
  const auto with = [](const HeatBathOptions& o) {
    HeatBath<U1Gauge<G>> chains(U1Gauge<G>(1.0), o);
  };
  CHECK_THROWS_AS(with({.overrelaxation = -1}), std::invalid_argument);
  CHECK_THROWS_AS(with({.chains = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.sweeps = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.sweeps = 10, .interval = 3}), std::invalid_argument);
  CHECK_THROWS_AS(with({.thermalisation = -1}), std::invalid_argument);
  HeatBath<U1Gauge<G>> chains(U1Gauge<G>(1.0), {.chains = 3});
  CHECK_THROWS_AS(chains.thermalise(0), std::invalid_argument);
  CHECK_THROWS_AS(chains.sample(5, 2), std::invalid_argument);
  auto state = chains.state();
  state.x[3] = std::nan("");
  CHECK_THROWS_AS(chains.set_state(state), std::invalid_argument);
  state.x.pop_back();
  CHECK_THROWS_AS(chains.set_state(state), std::invalid_argument);
}
