// SPDX-License-Identifier: BSD-3-Clause
//
// Errors of derived quantities against the spread of repetitions, on exact draws at generic
// couplings: the mean quoted error is the spread and 68 % of the values are within one error of the
// truth, both within the noise of the repetitions. Too large fails as too small does.
// timeout: 300
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/exact/exact_u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/fermion_observables.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/observable/staggered_magnetization.hpp>
#include <lanes/observable/weighted.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/theory/u1_gauge.hpp>

#include "statistics/synthetic.hpp"

using namespace lanes;
using synthetic::Generator;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// estimates [repetitions]; truth: unknown is the mean of the values.
void check_coverage(const std::string& what, const std::vector<Estimate>& estimates, double truth) {
  const double n = double(estimates.size());
  double mean = 0, error = 0, square = 0, error_square = 0, within = 0;
  for (const Estimate& e : estimates) {
    REQUIRE_MESSAGE(std::isfinite(e.value), what);
    CHECK_MESSAGE(std::isfinite(e.error), what);
    mean += e.value / n;
    error += e.error / n;
  }
  if (std::isnan(truth)) truth = mean;
  for (const Estimate& e : estimates) {
    square += (e.value - mean) * (e.value - mean);
    error_square += (e.error - error) * (e.error - error) / n;
    within += std::abs(e.value - truth) < e.error;
  }
  const double spread = std::sqrt(square / (n - 1)), ratio = error / spread;
  double fourth = 0;  // the spread's own error, for values that are not quite Gaussian
  for (const Estimate& e : estimates) fourth += std::pow((e.value - mean) / spread, 4) / n;
  const double noise = std::hypot(0.5 * std::sqrt(std::max(2.0, fourth - 1) / n),
                                  std::sqrt(error_square / n) / error);
  CHECK_MESSAGE(std::abs(ratio - 1) < 4 * ratio * noise, what, ": error / spread ", ratio, " +- ",
                noise);
  CHECK_MESSAGE(std::abs(within / n - 0.6827) < 4 * std::sqrt(0.6827 * 0.3173 / n), what,
                ": within one error ", within / n);
  CHECK_MESSAGE(noise < 0.07, what);  // the power of this test
}

/// draw(repetition) gives configurations, or an ensemble.
template <class Geometry, class O, class Draw>
void check(const std::string& what, const O& observable, double truth, int repetitions,
           const Draw& draw) {
  constexpr std::size_t results = std::size_t(result_count<Geometry, O>());
  std::vector<std::vector<Estimate>> all(results);
  for (int r = 0; r < repetitions; ++r) {
    const auto drawn = draw(r);
    std::vector<Estimate> e;
    if constexpr (requires { drawn.chains; })
      e = analyse(observable, drawn);
    else
      e = analyse<Geometry>(observable, drawn);
    for (std::size_t i = 0; i < results; ++i) all[i].push_back(e[i]);
  }
  for (const auto& one : all) check_coverage(what, one, truth);
}

/// Exact draws of the free field on T sites, by the Hartley transform: [n][T].
template <int T>
class FreeDraws {
 public:
  FreeDraws(double mass, std::size_t n) : n_(n) {
    for (int k = 0; k < T; ++k) {
      const double angle = 2 * std::numbers::pi * k / T, s = 2 * std::sin(0.5 * angle);
      for (int x = 0; x < T; ++x)
        wave_[k][x] =
            (std::cos(angle * x) + std::sin(angle * x)) / std::sqrt((s * s + mass * mass) * T);
    }
  }
  std::vector<double> operator()(int repetition) const {
    Generator generator(unsigned(1000 + repetition));
    std::normal_distribution<double> normal;
    std::vector<double> phi(n_ * T, 0.0);
    for (std::size_t i = 0; i < n_; ++i)
      for (int k = 0; k < T; ++k) {
        const double z = normal(generator);
        for (int x = 0; x < T; ++x) phi[i * T + std::size_t(x)] += z * wave_[k][x];
      }
    return phi;
  }

 private:
  std::size_t n_;
  double wave_[T][T];
};

/// Exact draws of the Ising model on 4 x 4 sites from the table of all its configurations.
class Spins {
 public:
  using G = Lattice<4, 4>;
  Spins(double beta, double field, std::size_t n) : n_(n) {
    for (int c = 0; c < 1 << 16; ++c) {
      z_ += std::exp(-action(c, beta, field));
      below_.push_back(z_);
    }
  }
  static double spin(int c, int x) { return c >> x & 1 ? 1 : -1; }
  static double action(int c, double beta, double field) {
    double s = 0;
    for (int x = 0; x < 16; ++x) {
      s -= field * spin(c, x);
      for (int mu = 0; mu < 2; ++mu) s -= beta * spin(c, x) * spin(c, G::forward(x, mu));
    }
    return s;
  }
  double log_z() const { return std::log(z_); }
  std::vector<int> numbers(int repetition) const {
    Generator generator(unsigned(5000 + repetition));
    std::uniform_real_distribution<double> uniform(0, z_);
    std::vector<int> c(n_);
    for (int& i : c)
      i = int(std::upper_bound(below_.begin(), below_.end() - 1, uniform(generator)) -
              below_.begin());
    return c;
  }
  std::vector<double> operator()(int repetition) const {
    std::vector<double> s;
    for (int c : numbers(repetition))
      for (int x = 0; x < 16; ++x) s.push_back(spin(c, x));
    return s;
  }

 private:
  std::size_t n_;
  double z_ = 0;
  std::vector<double> below_;
};

struct FirstIsPositive {
  static constexpr const char* name = "phi(0) > 0";
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = phi[0] > 0;
  }
};

constexpr int many = 400;

}  // namespace

TEST_CASE("masses and lengths of the free field") {
  const auto pole = [](double m) { return 2 * std::asinh(0.5 * m); };
  constexpr Subtraction none = Subtraction::none;
  {
    const FreeDraws<32> draw(1.0 / 8, 2000);
    using G = Lattice<32>;
    check<G>("pole mass, T = 32", PoleMass{none}, pole(1.0 / 8), many, draw);
    check<G>("effective mass, T = 32", EffectiveMass{none}, pole(1.0 / 8), many, draw);
  }
  const FreeDraws<16> draw(1.0 / 4, 1000);
  using G = Lattice<16>;
  check<G>("pole mass, T = 16", PoleMass{none}, pole(1.0 / 4), many, draw);
  check<G>("two-point function", TwoPointFunction{}, unknown, many, draw);
  check<G>("correlation length", CorrelationLength{none}, 4, many, draw);
  check<G>("correlation length squared", SquaredCorrelationLength{}, unknown, many, draw);
  check<G>("susceptibility", Susceptibility{}, unknown, many, draw);
  check<G>("Binder cumulant", BinderCumulant{}, unknown, many, draw);
  check<G>("weighted", Weighted(Susceptibility{none}, FirstIsPositive{}), 16, many, draw);
}

TEST_CASE("spins: specific heat, susceptibilities, entropy from weights") {
  const double beta = 0.35, field = 0.1;
  const Spins draw(beta, field, 1000);
  using G = Spins::G;
  check<G>("specific heat", SpecificHeat(beta, field), unknown, many, draw);
  check<G>("susceptibility", Susceptibility{Subtraction::absolute}, unknown, many, draw);
  check<G>("Binder cumulant", BinderCumulant{}, unknown, many, draw);
  check<G>("staggered", StaggeredSusceptibility{Subtraction::none}, unknown, many,
           Spins(-beta, 0, 1000));

  // ln Z + <S> of draws at another coupling
  const Spins wide(0.28, 0.05, 1000);
  double mean = 0;
  for (int c = 0; c < 1 << 16; ++c) {
    const double s = Spins::action(c, beta, field);
    mean += s * std::exp(-s - draw.log_z());
  }
  std::vector<Estimate> entropies;
  for (int r = 0; r < many; ++r) {
    std::vector<double> log_weights, actions;
    for (int c : wide.numbers(r)) {
      actions.push_back(Spins::action(c, beta, field));
      log_weights.push_back(-actions.back() + Spins::action(c, 0.28, 0.05) + wide.log_z());
    }
    entropies.push_back(entropy(log_weights, actions));
  }
  check_coverage("entropy", entropies, draw.log_z() + mean);
}

TEST_CASE("U(1): Creutz ratio, topological susceptibility, pion mass on chains of the heat bath") {
  {
    using G = Lattice<4, 4>;
    const ExactU1 exact(1.6, 16);
    std::vector<Ensemble<U1, G, double>> ensembles;
    for (int r = 0; r < many; ++r)
      ensembles.push_back(sample_heat_bath(U1Gauge<G>(1.6),
                                           {.chains = 8, .sweeps = 100, .thermalisation = 20},
                                           Seed{std::uint64_t(100 + r)}));
    const auto draw = [&](int r) { return ensembles[std::size_t(r)]; };
    check<G>("Creutz ratio", CreutzRatio<2, 2>{}, exact.creutz_ratio(2, 2), many, draw);
    check<G>("topological susceptibility", TopologicalSusceptibility{},
             exact.topological_charge_squared() / 16, many, draw);
  }
  using G = Lattice<24, 8>;
  const auto draw = [](int r) {
    return sample_heat_bath(U1Gauge<G>(4),
                            {.chains = 4, .sweeps = 200, .interval = 4, .thermalisation = 40},
                            Seed{std::uint64_t(900 + r)});
  };
  check<G>("pion mass", PionMass(0.255), unknown, 200, draw);
}
