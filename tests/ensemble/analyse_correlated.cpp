// SPDX-License-Identifier: BSD-3-Clause
//
// Correlated fits and spectra of ensembles: exact draws of a free field give its pole mass and
// those of moving states within errors that cover, weighted ones too.
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/ensemble/analyse_correlated.hpp>
#include <lanes/exact/exact.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/observable/spectrum.hpp>
#include <lanes/statistics/correlator_fit.hpp>
#include <support/coverage.hpp>
#include <support/near.hpp>
#include <support/refusal.hpp>

using namespace lanes;
using lanes::testing::Coverage;

namespace {

using G = Lattice<12, 4>;
constexpr double mass2 = 0.3;
constexpr auto none = Subtraction::none;

/// n independent draws of the free field, mode by mode: phi(x) = V^-1/2 sum_k a_k (cos k x + sin k
/// x), of which a_k has variance 1 / (khat^2 + m2).
template <class E>
E free_field(std::size_t n, std::uint64_t seed) {
  const ExactFreeField<G> exact(mass2);
  static const std::vector<double> waves = [] {
    std::vector<double> w;
    for (int k = 0; k < G::volume; ++k)
      for (int x = 0; x < G::volume; ++x) {
        double angle = 0;
        for (int mu = 0; mu < 2; ++mu)
          angle +=
              2 * std::numbers::pi * G::coordinate(k, mu) * G::coordinate(x, mu) / G::extent(mu);
        w.push_back((std::cos(angle) + std::sin(angle)) / std::sqrt(double(G::volume)));
      }
    return w;
  }();
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  E ensemble;
  ensemble.configurations.assign(n * G::volume, 0);
  ensemble.action.resize(n);
  for (std::size_t i = 0; i < n; ++i)
    for (int k = 0; k < G::volume; ++k) {
      const double a = normal(generator) / std::sqrt(exact.inverse_propagator(k));
      for (int x = 0; x < G::volume; ++x)
        ensemble.configurations[i * G::volume + std::size_t(x)] +=
            a * waves[std::size_t(k * G::volume + x)];
    }
  return ensemble;
}
using Draws = Ensemble<Scalar, G, double>;

/// Momenta 0 and 2 pi / L along the slice, each in both operators.
struct TwoMomenta {
  static constexpr const char* name = "E";
  template <class Geometry>
  static constexpr int primaries() {
    return 2 * Geometry::extent(0);
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    constexpr int time = Geometry::extent(0), slice = Geometry::volume / time;
    for (int t = 0; t < time; ++t)
      for (int x = 0; x < slice; ++x) {
        const double wave = std::cos(2 * std::numbers::pi * x / slice);
        out[t] += phi[t * slice + x] * (1 + 0.7 * wave);
        out[time + t] += phi[t * slice + x] * (1 - 1.2 * wave);
      }
  }
};

/// The field with a mean.
struct Slices {
  static constexpr const char* name = "slices";
  template <class Geometry>
  static constexpr int primaries() {
    return Geometry::extent(0);
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    for (int x = 0; x < Geometry::volume; ++x) out[Geometry::coordinate(x, 0)] += phi[x] + 0.5;
  }
};

/// 2 arsinh(sqrt(m2 + khat^2) / 2), of n momenta 2 pi / L.
double energy(int n) {
  const double k = 2 * std::sin(std::numbers::pi * n / G::extent(1));
  return 2 * std::asinh(0.5 * std::sqrt(mass2 + k * k));
}

}  // namespace

TEST_CASE("the pole mass of a free field, over seeds") {
  constexpr int seeds = 150;
  Coverage fitted;
  double chi = 0;
  for (int s = 0; s < seeds; ++s) {
    const auto ensemble = free_field<Draws>(250, std::uint64_t(s));
    const auto c = analyse_correlated(TwoPointFunction{none}, ensemble, {.gamma = {.S = 0}});
    REQUIRE(c.degrees == 249);
    const auto f = fit_correlator(c, Cosh{G::extent(0)}, {.first = 0});
    REQUIRE(f.degrees == 5);
    fitted.add(f.energies[0], ExactFreeField<G>(mass2).pole_mass());
    chi += f.chi_square / seeds;
  }
  fitted.check_nominal();
  CHECK(fitted.far == 0);
  CHECK(std::abs(chi - 5) < 5 * std::sqrt(2 * 5.0 / seeds));
}

TEST_CASE("moving states by two operators; their principal correlators fitted") {
  constexpr int seeds = 100;
  Coverage ground, excited, fitted;
  for (int s = 0; s < seeds; ++s) {
    const auto ensemble = free_field<Draws>(400, std::uint64_t(1000 + s));
    const Spectrum spectrum(TwoMomenta{}, {.t0 = 1, .subtraction = none});
    const auto e = analyse(spectrum, ensemble, {.S = 0});
    REQUIRE(e.size() == 10);
    ground.add(e[2], energy(0));
    excited.add(e[1], energy(1));
    const PrincipalCorrelator first(TwoMomenta{}, 1, {.t0 = 0, .subtraction = none});
    const auto f = fit_correlator(analyse_correlated(first, ensemble, {.gamma = {.S = 0}}),
                                  Cosh{G::extent(0)}, {.first = 1, .last = 4});
    fitted.add(f.energies[0], energy(1));
  }
  ground.check_nominal();
  excited.check_nominal();
  fitted.check_nominal();
  CHECK(result_label<G>(Spectrum(TwoMomenta{}), 3) == "E_1(2)");
}

TEST_CASE("one operator is the effective mass; the mean is subtracted") {
  auto ensemble = free_field<Draws>(300, 7);
  const auto one = analyse(Spectrum(Slices{}, {.t0 = 0}), ensemble);
  const auto mass = analyse(EffectiveMass{}, ensemble);
  REQUIRE(one.size() == mass.size());
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(one[t].value == doctest::Approx(mass[t].value).epsilon(1e-9));
    CHECK(one[t].error == doctest::Approx(mass[t].error).epsilon(1e-5));
  }
}

TEST_CASE("weights: a mass moved by reweighting, chains and independent draws") {
  // S at m2 + d is S + d / 2 sum phi^2
  const double d = 0.03;
  auto draws = free_field<ReweightedEnsemble<Scalar, G, double>>(4000, 5);
  for (std::size_t i = 0; i < draws.size(); ++i) {
    double squares = 0;
    for (double x : draws.configuration(i)) squares += x * x;
    draws.log_weights.push_back(-0.5 * d * squares);
  }
  const auto c = analyse_correlated(TwoPointFunction{none}, draws);
  CHECK(c.degrees == 3999);
  const auto f = fit_correlator(c, Cosh{G::extent(0)}, {.first = 0});
  const double truth = ExactFreeField<G>(mass2 + d).pole_mass();
  CHECK(std::abs(f.energies[0].value - truth) < 4 * f.energies[0].error);
  CHECK(f.energies[0].error < (truth - ExactFreeField<G>(mass2).pole_mass()) / 2);
  CHECK(f.p_value > 1e-3);
  CHECK(c.estimates[2].value == near(analyse(TwoPointFunction{none}, draws)[2].value));
  draws.lengths = {2000, 2000};
  const auto chains = analyse_correlated(TwoPointFunction{none}, draws);
  CHECK(chains.covariance(1, 1) == doctest::Approx(c.covariance(1, 1)).epsilon(0.2));
}

TEST_CASE("what is refused") {
  const auto ensemble = free_field<Draws>(20, 3);
  CHECK(refusal([&] { analyse(Spectrum(TwoMomenta{}, {.t0 = 7}), ensemble); }) ==
        "lanes: generalised eigenvalues: t0 is 7 (allowed: 0 to 6)");
  CHECK(refusal([&] { Spectrum(TwoMomenta{}, {.subtraction = Subtraction::absolute}); }) ==
        "lanes: Spectrum: subtraction is absolute (allowed: mean or none)");
  CHECK(refusal([&] { analyse_correlated(PrincipalCorrelator(TwoMomenta{}, 2), ensemble); }) ==
        "lanes: PrincipalCorrelator: state is 2 (allowed: 0 to 1, of as many operators)");
}
