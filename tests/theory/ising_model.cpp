// SPDX-License-Identifier: BSD-3-Clause
//
// IsingModel: the action by hand in one to four dimensions with a field, extents of 2, observables
// by hand, what is refused.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observable.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/ising_model.hpp>

using namespace lanes;
using laws::Tile;

namespace {

template <class P, class G>
std::vector<double> spins() {
  auto x = laws::normal_field<P>(G::volume, 3);
  for (double& v : x) v = v < 0 ? -1 : 1;
  return x;
}

template <class P, class G>
void action_by_hand() {
  constexpr int lanes = Tile<P>::lanes;
  Tile<P> tile;
  const IsingModel<G> theory(0.37, -0.21), antiferro(-0.37);
  const auto s = spins<P, G>();
  const auto action = tile.action(theory, s), other = tile.action(antiferro, s);
  for (int k = 0; k < lanes; ++k) {
    const auto at = [&](int x) { return s[std::size_t(x * lanes + k)]; };
    double bonds = 0, sum = 0;
    for (int x = 0; x < G::volume; ++x) {
      sum += at(x);
      for (int mu = 0; mu < G::dimension; ++mu) bonds += at(x) * at(G::shifted(x, mu, 1));
    }
    CHECK(std::abs(action[std::size_t(k)] + 0.37 * bonds - 0.21 * sum) <
          Double::agreement * G::volume);
    CHECK(std::abs(other[std::size_t(k)] - 0.37 * bonds) < Double::agreement * G::volume);
  }
}

}  // namespace

static_assert(Ising::rows<Lattice<3, 5>> == 15 && DiscreteField<Ising>);

TEST_CASE("the action in any dimension") {
  action_by_hand<Double, Lattice<6>>();
  action_by_hand<Single, Lattice<3, 4>>();
  action_by_hand<Double, Lattice<2, 2>>();  // two bonds between neighbours
  action_by_hand<Double, Lattice<2, 3, 4>>();
  action_by_hand<Single, Lattice<2, 2, 3, 2>>();
}

TEST_CASE("observables by hand") {
  using G = Lattice<4, 6>;
  const auto values = [](const auto& observable, const auto& s) {
    std::vector<double> out(std::size_t(primary_count<G, std::decay_t<decltype(observable)>>()));
    observable.template measure<G>(s.data(), out.data());
    return out;
  };
  std::vector<float> up(24, 1), stripes(24), checkers(24);
  for (int x = 0; x < 24; ++x) {
    stripes[std::size_t(x)] = G::coordinate(x, 0) % 2 == 0 ? 1 : -1;
    checkers[std::size_t(x)] = G::parity(x) == 0 ? 1 : -1;
  }
  CHECK(values(IsingEnergy{}, up)[0] == -2);
  CHECK(values(IsingEnergy{}, stripes)[0] == 0);
  CHECK(values(IsingEnergy{}, checkers)[0] == 2);
  CHECK(values(SquaredMagnetization{}, up)[0] == 1);
  CHECK(values(SquaredMagnetization{}, stripes)[0] == 0);
  CHECK(values(SpinCorrelation{}, up) == std::vector<double>{1, 1, 1});
  CHECK(values(SpinCorrelation{}, stripes) == std::vector<double>{1, 0, 1});
  CHECK(values(SpinCorrelation{}, checkers) == std::vector<double>{1, -1, 1});
  const double means[2] = {-0.75, 0.625};  // of beta e
  double heat = 0;
  SpecificHeat{0.5}.derived<G>(means, &heat);
  CHECK(heat == doctest::Approx(0.25 * 24 * 0.25));
}

TEST_CASE("entropy: of fair coins, and its error against the spread of repetitions") {
  std::vector<double> weights(100, 7.0), actions(100, 2.5);
  CHECK(entropy(weights, actions).value == doctest::Approx(9.5));
  CHECK(entropy(weights, actions).error < Double::agreement);
  weights.pop_back();
  CHECK_THROWS_AS(entropy(weights, actions), std::invalid_argument);

  constexpr int repetitions = 400, n = 200;
  double mean = 0, square = 0, error = 0;
  for (int r = 0; r < repetitions; ++r) {
    std::vector<double> l(n), s(n);
    for (int i = 0; i < n; ++i) {
      const auto z = normal_pair<double>(
          RandomStream(Seed{5}, Purpose::user, std::uint64_t(r)).words(std::uint64_t(i), 0));
      l[std::size_t(i)] = 0.4 * z.first;
      s[std::size_t(i)] = 2 * z.second + z.first;
    }
    const auto e = entropy(l, s);
    mean += e.value / repetitions;
    square += e.value * e.value / repetitions;
    error += e.error / repetitions;
  }
  const double spread =
      std::sqrt(square - mean * mean);  // known to 1 / sqrt(2 repetitions) = 3.5 %
  CHECK(error == doctest::Approx(spread).epsilon(0.15));
}

TEST_CASE("what is no temperature and no spin is refused") {
  using Model = IsingModel<Lattice<4, 4>>;
  CHECK_THROWS_WITH_AS(Model(NAN), "lanes: IsingModel: beta is nan (allowed: finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Model(-INFINITY), "lanes: IsingModel: beta is -inf (allowed: finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Model(0.4, INFINITY),
                       "lanes: IsingModel: external field is inf (allowed: finite)",
                       std::invalid_argument);
  const std::vector<float> bad = {1, -1, 0.5f};
  CHECK_THROWS_WITH_AS(Ising::check(std::span<const float>(bad)),
                       "lanes: Ising: a spin is 0.5 (allowed: +1 or -1)", std::invalid_argument);
}
