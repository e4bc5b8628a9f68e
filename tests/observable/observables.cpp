// SPDX-License-Identifier: BSD-3-Clause
//
// Observables: by hand on small configurations, against the exact free field on exact Gaussian
// samples, reweighted from another mass, and a user's own.
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <lanes/exact/exact.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/observable/polyakov_observables.hpp>
#include <lanes/observable/staggered_magnetization.hpp>
#include <support/near.hpp>
#include <support/refusal.hpp>

#include "statistics/synthetic.hpp"

using lanes::Estimate;
using lanes::Lattice;
using lanes::Subtraction;
using synthetic::Generator;

namespace {

/// Independent configurations of the free field [configurations][sites], and their actions.
template <class Geometry>
struct FreeEnsemble {
  std::vector<double> phi, action;

  FreeEnsemble(double m2, int configurations, unsigned seed) {
    using L = Geometry;
    constexpr int v = L::volume;
    std::vector<std::array<double, v>> k(
        v);  // S = phi K phi / 2; then its Cholesky factor: K = C C^T
    for (int x = 0; x < v; ++x) {
      at(k, x, x) += 2 * L::dimension + m2;
      for (int mu = 0; mu < L::dimension; ++mu) {
        at(k, x, L::forward(x, mu)) -= 1;
        at(k, x, L::backward(x, mu)) -= 1;
      }
    }
    for (int x = 0; x < v; ++x)
      for (int y = 0; y <= x; ++y) {
        for (int z = 0; z < y; ++z) at(k, x, y) -= at(k, x, z) * at(k, y, z);
        at(k, x, y) = x == y ? std::sqrt(at(k, x, y)) : at(k, x, y) / at(k, y, y);
      }
    Generator generator(seed);
    std::normal_distribution<double> normal;
    for (int i = 0; i < configurations; ++i) {
      std::array<double, v> x;  // C^T x = z, S = z^2 / 2
      double squares = 0;
      for (double& z : x) {
        z = normal(generator);
        squares += z * z;
      }
      for (int a = v - 1; a >= 0; --a) {
        double& value = x[static_cast<std::size_t>(a)];
        for (int b = a + 1; b < v; ++b) value -= at(k, b, a) * x[static_cast<std::size_t>(b)];
        value /= at(k, a, a);
      }
      phi.insert(phi.end(), x.begin(), x.end());
      action.push_back(0.5 * squares);
    }
  }

 private:
  static double& at(std::vector<std::array<double, Geometry::volume>>& matrix, int row,
                    int column) {
    return matrix[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
  }
};

void check_within(const Estimate& e, double truth, double sigmas = 5) {
  CHECK_MESSAGE(std::abs(e.value - truth) < sigmas * e.error, lanes::to_string(e), " is not ",
                truth);
  CHECK(e.error > 0);
}

struct FieldSquared {  // a user's, as small as it gets
  static constexpr const char* name = "phi^2";
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    for (int x = 0; x < Geometry::volume; ++x) out[0] += phi[x] * phi[x] / Geometry::volume;
  }
};

struct Moments {  // several primaries, results by default
  static constexpr const char* name = "moment";
  template <class Geometry>
  static constexpr int primaries() {
    return 2;
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = phi[0];
    out[1] = phi[0] * phi[0];
  }
};

struct TwoPerSite {  // other entries than sites: links
  static constexpr const char* name = "links";
  template <class Geometry>
  static constexpr int entries() {
    return 2 * Geometry::volume;
  }
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    out[0] = theta[2 * Geometry::volume - 1];
  }
};

struct Refuses {  // throws in one of its functions
  static constexpr const char* name = "refuses";
  double in_measure = 1e9, in_derived = 1e9;
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    if (phi[0] > in_measure) throw std::domain_error("phi is " + std::to_string(phi[1]));
    out[0] = phi[0];
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    if (means[0] > in_derived) throw std::domain_error("mean is " + std::to_string(means[0]));
    out[0] = means[0];
  }
};

struct Nameless {
  template <class Geometry, class Real>
  void measure(const Real*, double*) const {}
};

using Small = Lattice<4, 2>;
static_assert(lanes::Observable<FieldSquared, Small>);
static_assert(lanes::Observable<lanes::Magnetization, Small>);
static_assert(lanes::Observable<lanes::AbsoluteMagnetization, Small>);
static_assert(lanes::Observable<lanes::Susceptibility, Small>);
static_assert(lanes::Observable<lanes::BinderCumulant, Small>);
static_assert(lanes::Observable<lanes::TwoPointFunction, Small>);
static_assert(lanes::Observable<lanes::EffectiveMass, Small>);
static_assert(lanes::Observable<lanes::PoleMass, Small>);
static_assert(lanes::Observable<lanes::CorrelationLength, Small>);
static_assert(lanes::Observable<lanes::SquaredCorrelationLength, Small>);
static_assert(!lanes::Observable<Nameless, Small>);
static_assert(!lanes::Observable<int, Small>);
static_assert(lanes::primary_count<Small, FieldSquared>() == 1);
static_assert(lanes::result_count<Small, FieldSquared>() == 1);
static_assert(lanes::result_count<Small, Moments>() == 2);
static_assert(lanes::entry_count<Small, FieldSquared>() == 8);
static_assert(lanes::entry_count<Small, TwoPerSite>() == 16);
static_assert(lanes::result_count<Small, lanes::TwoPointFunction>() == 3);
static_assert(lanes::result_count<Small, lanes::EffectiveMass>() == 1);

/// Results of one configuration (or several of equal weight), worked out from the means.
template <class Geometry, class O>
std::vector<double> by_hand(const O& observable, const std::vector<double>& phi) {
  const lanes::Series series = lanes::measure_series<Geometry>(observable, phi);
  std::vector<double> out(static_cast<std::size_t>(lanes::result_count<Geometry, O>()));
  lanes::derive_results<Geometry>(observable, series.means().data(), out.data());
  return out;
}

}  // namespace

TEST_CASE("by hand, on a 4 x 2 lattice") {
  // slices (direction 0) 1 + 2, -1 + 0, 3 + 1, 0 - 2: Phi = 3, -1, 4, -2, M = 4, V = 8
  const std::vector<double> phi = {1, 2, -1, 0, 3, 1, 0, -2};
  CHECK(by_hand<Small>(lanes::Magnetization{}, phi)[0] == 0.5);
  CHECK(by_hand<Small>(lanes::AbsoluteMagnetization{}, phi)[0] == 0.5);
  CHECK(by_hand<Small>(FieldSquared{}, phi)[0] == 20.0 / 8);
  CHECK(by_hand<Small>(lanes::Susceptibility{}, phi)[0] == 0);
  CHECK(by_hand<Small>(lanes::Susceptibility{Subtraction::none}, phi)[0] == 2);
  CHECK(by_hand<Small>(lanes::BinderCumulant{}, phi)[0] == near(2.0 / 3));

  // sum_t0 Phi Phi(+0) = 30, (+1) = -3 - 4 - 8 - 6 = -21, (+2) = 2 (12 + 2) = 28; over 8
  const std::vector<double> c = by_hand<Small>(lanes::TwoPointFunction{Subtraction::none}, phi);
  CHECK(c == std::vector<double>{30.0 / 8, -21.0 / 8, 28.0 / 8});
  // sum over all t is V m^2; subtracted by V_s m^2 = 1/2 each
  CHECK(c[0] + 2 * c[1] + c[2] == 2);
  const std::vector<double> connected = by_hand<Small>(lanes::TwoPointFunction{}, phi);
  CHECK(connected[0] == near(30.0 / 8 - 0.5));
  CHECK(std::isnan(by_hand<Small>(lanes::EffectiveMass{Subtraction::none}, phi)[0]));
  CHECK(std::isnan(by_hand<Small>(lanes::PoleMass{Subtraction::none}, phi)[0]));

  // G(0) = 2; direction 0: k = pi/2, |3 - 4 + i(-1 + 2)|^2 = 2, G = 1/4, 4 sin^2 = 2
  // direction 1: k = pi, columns 3 and 1, (3 - 1)^2 = 4, G = 1/2, 4 sin^2 = 4
  const double xi0 = (2 / 0.25 - 1) / 2, xi1 = (2 / 0.5 - 1) / 4;
  CHECK(by_hand<Small>(lanes::CorrelationLength{Subtraction::none}, phi)[0] ==
        near(std::sqrt((xi0 + xi1) / 2)));
  CHECK(by_hand<Small>(lanes::SquaredCorrelationLength{Subtraction::none}, phi)[0] ==
        near((xi0 + xi1) / 2));
  // Less at zero momentum than next to it: no xi, but its square.
  const std::vector<double> staggered = {1, 0, 0, 0, -1, 0, 0, 0.5};
  CHECK(by_hand<Small>(lanes::SquaredCorrelationLength{Subtraction::none}, staggered)[0] < 0);
  CHECK(std::isnan(by_hand<Small>(lanes::CorrelationLength{Subtraction::none}, staggered)[0]));
}

TEST_CASE("two configurations: what is subtracted") {
  // m = 1/2 and -3/2: <m> = -1/2, <|m|> = 1, <m^2> = 5/4
  std::vector<double> phi = {1, 2, -1, 0, 3, 1, 0, -2};
  for (double x : {-3, -3, -2, -1, 1, 0, -2, -2}) phi.push_back(x);
  CHECK(by_hand<Small>(lanes::Susceptibility{}, phi)[0] == near(8 * (1.25 - 0.25)));
  CHECK(by_hand<Small>(lanes::Susceptibility{Subtraction::absolute}, phi)[0] ==
        near(8 * (1.25 - 1)));
  CHECK(by_hand<Small>(lanes::Susceptibility{Subtraction::none}, phi)[0] == near(10));
  for (Subtraction s : {Subtraction::none, Subtraction::mean, Subtraction::absolute}) {
    const auto c = by_hand<Small>(lanes::TwoPointFunction{s}, phi);
    CHECK(c[0] + 2 * c[1] + c[2] == near(by_hand<Small>(lanes::Susceptibility{s}, phi)[0]));
  }
}

TEST_CASE("the pole mass: plateau and weights") {
  using L = Lattice<8, 2>;
  // C = 16, 6, 3, 2, 1.9: arccosh(19/12), (8/6), (4.9/4)
  const double means[7] = {16, 6, 3, 2, 1.9, 0, 0};
  const double m[3] = {std::acosh(19.0 / 12), std::acosh(8.0 / 6), std::acosh(4.9 / 4)};
  double out;
  lanes::PoleMass{}.derived<L>(means, &out);
  CHECK(out == near((36 * m[0] + 9 * m[1] + 4 * m[2]) / 49));
  lanes::PoleMass{.first = 2, .last = 3}.derived<L>(means, &out);
  CHECK(out == near((9 * m[1] + 4 * m[2]) / 13));
  lanes::PoleMass{.first = 4}.derived<L>(means, &out);
  CHECK(std::isnan(out));
  const double noisy[7] = {16, 6, 3, -0.1, 0.3, 0, 0};  // no value at t = 3, below 1 at t = 2
  lanes::PoleMass{}.derived<L>(noisy, &out);
  CHECK(out == near(m[0]));
}

TEST_CASE("labels") {
  CHECK(lanes::result_label<Small>(lanes::Magnetization{}, 0) == "magnetization");
  CHECK(lanes::result_label<Small>(lanes::TwoPointFunction{}, 2) == "C(2)");
  CHECK(lanes::result_label<Small>(lanes::EffectiveMass{}, 0) == "m(1)");
  CHECK(lanes::result_label<Small>(Moments{}, 1) == "moment[1]");
  // What differs in its parameters has another label.
  const auto label = [](const auto& o, int i = 0) {
    return lanes::result_label<Lattice<16, 4>>(o, i);
  };
  CHECK(label(lanes::Susceptibility{}) == "susceptibility");
  CHECK(label(lanes::Susceptibility{Subtraction::none}) == "susceptibility, s = 0");
  CHECK(label(lanes::Susceptibility{Subtraction::absolute}) == "susceptibility, s = <|m|>");
  CHECK(label(lanes::TwoPointFunction{Subtraction::none}, 3) == "C(3), s = 0");
  CHECK(label(lanes::EffectiveMass{Subtraction::absolute}, 1) == "m(2), s = <|m|>");
  CHECK(label(lanes::CorrelationLength{Subtraction::none}) == "correlation length, s = 0");
  CHECK(label(lanes::SquaredCorrelationLength{Subtraction::none}) ==
        "correlation length squared, s = 0");
  CHECK(label(lanes::PoleMass{}) == "pole mass");
  CHECK(label(lanes::PoleMass{Subtraction::none, 2, 5}) == "pole mass, t >= 2, t <= 5, s = 0");
  CHECK(label(lanes::StaggeredSusceptibility{Subtraction::none}) ==
        "staggered susceptibility, s = 0");
  CHECK(label(lanes::SpecificHeat(0.44)) == "specific heat, beta = 0.44");
  CHECK(label(lanes::SpecificHeat(0.44, -0.1)) == "specific heat, beta = 0.44, h = -0.1");
  CHECK(label(lanes::SpinCorrelation{}, 2) == "G(2)");
  CHECK(label(lanes::Plaquette{}) == "plaquette");
  CHECK(label(lanes::WilsonLoop<2, 3>{}) == "Wilson loop 2 x 3");
  CHECK(label(lanes::CreutzRatio<3, 2>{}) == "Creutz ratio 3 x 2");
  CHECK(label(lanes::PolyakovCorrelator{}, 1) == "Polyakov correlator(1)");
}

TEST_CASE("the free field, exact samples in float and double: 2D with unequal extents, 3D") {
  using L = Lattice<8, 6>;
  const double m2 = 0.45;
  const lanes::ExactFreeField<L> exact(m2);
  const FreeEnsemble<L> ensemble(m2, 20000, 1);
  const std::vector<float> single(ensemble.phi.begin(), ensemble.phi.end());
  const std::array<std::size_t, 2> chains = {12000, 8000};

  check_within(lanes::analyse<L>(lanes::Magnetization{}, ensemble.phi, chains)[0], 0);
  // m is Gaussian of variance 1 / (V m2)
  check_within(lanes::analyse<L>(lanes::AbsoluteMagnetization{}, ensemble.phi, chains)[0],
               std::sqrt(2 / (std::acos(-1) * L::volume * m2)));
  for (Subtraction s : {Subtraction::mean, Subtraction::none})
    check_within(lanes::analyse<L>(lanes::Susceptibility{s}, single, chains)[0],
                 exact.susceptibility());
  check_within(lanes::analyse<L>(lanes::BinderCumulant{}, ensemble.phi)[0], 0);
  check_within(lanes::analyse<L>(FieldSquared{}, single)[0], exact.phi_squared());
  check_within(lanes::analyse<L>(lanes::CorrelationLength{}, ensemble.phi, chains)[0],
               exact.correlation_length());
  check_within(lanes::analyse<L>(lanes::SquaredCorrelationLength{}, single, chains)[0],
               exact.correlation_length() * exact.correlation_length());
  check_within(lanes::analyse<L>(lanes::PoleMass{}, single, chains)[0], exact.pole_mass());
  const auto c = lanes::analyse<L>(lanes::TwoPointFunction{}, ensemble.phi, chains);
  REQUIRE(c.size() == 5);
  for (int t = 0; t < 5; ++t) check_within(c[static_cast<std::size_t>(t)], exact.two_point(t));
  for (const Estimate& e : lanes::analyse<L>(lanes::EffectiveMass{}, ensemble.phi))
    check_within(e, exact.pole_mass());
  check_within(lanes::action_density<L>(ensemble.action, chains), exact.action_density());

  using L3 = Lattice<4, 2, 6>;
  const lanes::ExactFreeField<L3> exact3(0.8);
  const FreeEnsemble<L3> ensemble3(0.8, 10000, 2);
  check_within(lanes::analyse<L3>(lanes::CorrelationLength{}, ensemble3.phi)[0],
               exact3.correlation_length());
  check_within(lanes::analyse<L3>(lanes::TwoPointFunction{}, ensemble3.phi)[2],
               exact3.two_point(2));
}

TEST_CASE("reweighted from another mass") {
  // q: m2 = 0.6, p: m2 = 0.4: ln w = (0.6 - 0.4) / 2 sum phi^2 + const
  using L = Lattice<6, 4>;
  const FreeEnsemble<L> ensemble(0.6, 20000, 3);
  const lanes::ExactFreeField<L> exact(0.4);
  std::vector<double> log_weights, action;
  for (std::size_t i = 0; i < ensemble.action.size(); ++i) {
    double squares = 0;
    for (int x = 0; x < L::volume; ++x) {
      const double v = ensemble.phi[i * L::volume + static_cast<std::size_t>(x)];
      squares += v * v;
    }
    log_weights.push_back(0.1 * squares - 1000);
    action.push_back(ensemble.action[i] - 0.1 * squares);
  }
  const lanes::BootstrapOptions options = {.resamples = 300};
  const auto reweighted = [&](const auto& observable) {
    return lanes::analyse_reweighted<L>(observable, ensemble.phi, log_weights, options);
  };
  check_within(reweighted(lanes::Susceptibility{})[0], exact.susceptibility());
  check_within(reweighted(FieldSquared{})[0], exact.phi_squared());
  check_within(reweighted(lanes::CorrelationLength{})[0], exact.correlation_length());
  check_within(reweighted(lanes::PoleMass{})[0], exact.pole_mass());
  check_within(reweighted(lanes::TwoPointFunction{})[1], exact.two_point(1));
  check_within(lanes::action_density_reweighted<L>(action, log_weights, options), 0.5);
  // without the weights the answer is another one
  const Estimate plain = lanes::analyse<L>(lanes::Susceptibility{}, ensemble.phi)[0];
  CHECK(std::abs(plain.value - exact.susceptibility()) > 20 * plain.error);
  // a forbidden configuration is left out
  action[0] = std::numeric_limits<double>::infinity();
  log_weights[0] = -action[0];
  check_within(lanes::action_density_reweighted<L>(action, log_weights, options), 0.5);
}

TEST_CASE("entries other than sites, and what is refused") {
  std::vector<double> links(16 * 5, 0.0);
  for (std::size_t i = 0; i < 5; ++i) links[16 * i + 15] = static_cast<double>(i);
  CHECK(lanes::analyse<Small>(TwoPerSite{}, links)[0].value == 2);

  std::vector<double> phi(8 * 5 + 1, 1.0);
  CHECK_THROWS_WITH_AS(lanes::analyse<Small>(FieldSquared{}, phi),
                       "lanes: observable phi^2: how many numbers it is given is 41 (allowed: a "
                       "multiple of 8, which "
                       "it reads of a configuration)",
                       std::invalid_argument);
  phi.resize(8 * 5);
  phi[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(lanes::analyse<Small>(FieldSquared{}, phi), std::invalid_argument);
  phi[3] = 1;
  const std::array<std::size_t, 1> wrong = {4};
  CHECK_THROWS_AS(lanes::analyse<Small>(FieldSquared{}, phi, wrong), std::invalid_argument);

  // Numbers of another field, where their number of configurations is known.
  const std::array<std::size_t, 2> chains = {3, 2};
  const std::vector<double> equal(5, 0.0);
  const std::string expected =
      "lanes: observable phi^2: how many numbers it is given in 5 configurations is 80 (allowed: "
      "40, "
      "as it reads 8 of each: give it configurations of its field and lattice, or take an "
      "observable "
      "of theirs)";
  CHECK(refusal([&] { lanes::analyse<Small>(FieldSquared{}, links, chains); }) == expected);
  CHECK(refusal([&] { lanes::analyse_reweighted<Small>(FieldSquared{}, links, equal); }) ==
        expected);
  xt::xarray<double> array = xt::ones<double>({5, 2, 4, 2});
  CHECK(refusal([&] { lanes::analyse<Small>(FieldSquared{}, array); }) == expected);
  CHECK(lanes::analyse<Small>(TwoPerSite{}, array)[0].value == 1);
  const xt::xarray<double, xt::layout_type::column_major> columns = array;
  CHECK(refusal([&] {
          lanes::analyse<Small>(TwoPerSite{}, columns);
        }).starts_with("lanes: order of the configurations is another one"));
  CHECK_THROWS_AS(lanes::analyse<Small>(FieldSquared{}, std::vector<double>{}),
                  std::invalid_argument);
}

TEST_CASE("what an observable throws comes out: of measure, that of the first configuration") {
  std::vector<double> phi(8 * 1000, 0.0);
  for (std::size_t i = 0; i < 1000; ++i) {
    phi[8 * i] = std::sin(double(i));
    phi[8 * i + 1] = double(i);
  }
  const std::vector<double> equal(1000, 0.0);
  for (int threads : {1, 2, 5}) {
    const lanes::Threads where{threads};
    const auto chain = [&](Refuses o) { lanes::analyse<Small>(o, phi, {}, {}, where); };
    const auto weighted = [&](Refuses o) {
      lanes::analyse_reweighted<Small>(o, phi, equal, lanes::BootstrapOptions{}, where);
    };
    // sin 8 = 0.989, sin 14 = 0.9906
    CHECK_THROWS_WITH_AS(chain({.in_measure = 0.99}), "phi is 14.000000", std::domain_error);
    CHECK_THROWS_WITH_AS(weighted({.in_measure = 0.99}), "phi is 14.000000", std::domain_error);
    CHECK_THROWS_AS(chain({.in_derived = -1}), std::domain_error);
    std::string first;
    try {
      weighted({.in_derived = 0.03});  // above the mean: in some of the resamples
    } catch (const std::domain_error& e) {
      first = e.what();
    }
    static std::string of_one_thread = first;
    CHECK(first.starts_with("mean is 0.0"));
    CHECK(first == of_one_thread);
  }
}
