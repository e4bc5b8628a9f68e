// SPDX-License-Identifier: BSD-3-Clause
//
// Views of what is stored, number by number, of every field and order of chains; what xtensor does
// with them; observables on arrays against the library's own, to rounding.
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#if __has_include(<xtensor/core/xmath.hpp>)
#include <xtensor/core/xmath.hpp>
#include <xtensor/misc/xmanipulation.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>
#endif

#include <lanes/ensemble/array.hpp>
#include <lanes/ensemble/print.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/observable/on_arrays.hpp>
#include <lanes/observable/spectrum.hpp>
#include <lanes/observable/weighted.hpp>
#include <support/near.hpp>
#include <support/refusal.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 3, 2>;
using Plane = Lattice<4, 6>;

/// Smooth in the site and rough from one configuration to the next.
template <class E>
E some_ensemble(std::size_t n, std::size_t chains) {
  E ensemble;
  ensemble.configurations.resize(n * E::rows);
  ensemble.action.resize(n);
  if constexpr (requires { ensemble.chains; }) ensemble.chains = chains;
  for (std::size_t i = 0; i < ensemble.configurations.size(); ++i)
    ensemble.configurations[i] =
        static_cast<typename E::Real>(std::sin(1.3 * double(i % 40009) * double(i % 40009)) + 0.4);
  return ensemble;
}

template <class T>
concept Viewable = requires(T&& t) {
  as_array(std::forward<T>(t));
};

struct NearestNeighbour {
  static constexpr const char* name = "phi(x) phi(x + 0)";
  double operator()(const auto& phi) const { return xt::mean(phi * xt::roll(phi, -1, 0))(); }
};

struct PlaquetteOnArrays {
  static constexpr const char* name = "plaquette on arrays";
  double operator()(const auto& theta) const {
    const auto u = xt::view(theta, xt::all(), xt::all(), 0),
               v = xt::view(theta, xt::all(), xt::all(), 1);
    return xt::mean(xt::cos(u + xt::roll(v, -1, 0) - xt::roll(u, -1, 1) - v))();
  }
};

/// The library's Susceptibility, primaries m, |m|, m^2, by xtensor.
struct SusceptibilityOnArrays {
  static constexpr const char* name = "susceptibility on arrays";
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  std::array<double, 3> operator()(const auto& phi) const {
    const double m = xt::mean(phi)();
    return {m, std::abs(m), m * m};
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    out[0] = Geometry::volume * (means[2] - means[0] * means[0]);
  }
};

/// Time slices, an expression whose size is known at run time.
struct Slices {
  static constexpr const char* name = "slices";
  template <class Geometry>
  static constexpr int primaries() {
    return Geometry::extent(0);
  }
  auto operator()(const auto& phi) const { return xt::eval(xt::sum(phi, {1})); }
};
struct TooFew : Slices {
  auto operator()(const auto& phi) const { return xt::eval(xt::sum(phi, {0, 1})); }
};

}  // namespace

TEST_CASE_TEMPLATE("every number where it is said to be", Real, float, double) {
  const auto scalar = some_ensemble<Ensemble<Scalar, G, Real>>(6, 3);
  const auto phi = as_array(scalar);
  REQUIRE(phi.dimension() == 5);
  CHECK(phi.shape() == std::array<std::size_t, 5>{3, 2, 4, 3, 2});
  CHECK(&phi(0, 0, 0, 0, 0) == scalar.configurations.data());  // no copy
  CHECK(&phi(2, 1, 3, 2, 1) == &scalar.configurations.back());
  CHECK(&phi(1, 0, 2, 1, 1) == &scalar.configuration(2)[(2 * 3 + 1) * 2 + 1]);
  static_assert(std::is_const_v<std::remove_reference_t<decltype(phi(0, 0, 0, 0, 0))>>);

  const auto links = some_ensemble<Ensemble<U1, G, Real>>(4, 1);
  const auto theta = as_array(links);
  CHECK(theta.shape() == std::array<std::size_t, 6>{1, 4, 4, 3, 2, 3});
  for (int site = 0; site < G::volume; ++site)
    for (int mu = 0; mu < 3; ++mu)
      CHECK(&theta(0, 3, G::coordinate(site, 0), G::coordinate(site, 1), G::coordinate(site, 2),
                   mu) == &links.configuration(3)[std::size_t(U1::row<G>(site, mu))]);

  auto vectors = some_ensemble<Ensemble<Vector<2>, Lattice<5>, Real>>(4, 2).configurations;
  auto v = as_array<Vector<2>, Lattice<5>>(vectors);
  CHECK(v.shape() == std::array<std::size_t, 3>{4, 5, 2});
  v(3, 4, 0) = 7;  // a view of what is not const writes
  CHECK(vectors[3 * 10 + 4] == Real(7));

  // a lane of a tile of 8
  std::vector<Real> tile(8 * 24);
  for (std::size_t i = 0; i < tile.size(); ++i) tile[i] = Real(i);
  const auto lane = as_array<Scalar, G>(tile.data() + 5, 8);
  CHECK(lane(3, 1, 1) == Real((3 * 6 + 3) * 8 + 5));
  CHECK(xt::sum(lane)() == 8.0 * 23 * 12 + 5 * 24);
}

TEST_CASE("xtensor's functions of a view: means, slices, shifts, broadcasts") {
  const auto ensemble = some_ensemble<Ensemble<Vector<2>, Plane, double>>(6, 2);
  const auto phi = as_array(ensemble);
  const xt::xtensor<double, 2> m =
      xt::mean(xt::view(phi, xt::all(), xt::all(), xt::all(), xt::all(), 1), {2, 3});
  for (std::size_t i = 0; i < 6; ++i) {
    double sum = 0;
    for (std::size_t x = 0; x < 24; ++x) sum += ensemble.configuration(i)[24 + x];
    CHECK(m(i / 3, i % 3) == near(sum / 24));
  }
  const auto shifted = xt::eval(xt::roll(phi, -1, 2));
  CHECK(shifted(1, 2, 3, 5, 1) == phi(1, 2, 0, 5, 1));
  CHECK(shifted(1, 2, 0, 5, 1) == phi(1, 2, 1, 5, 1));

  const auto one = some_ensemble<Ensemble<Scalar, Plane, double>>(1, 1);
  const auto many = some_ensemble<Ensemble<Scalar, Plane, double>>(3, 1);
  const xt::xtensor<double, 4> difference = as_array(many) - as_array(one);
  CHECK(difference(0, 2, 3, 5) == many.configurations.back() - one.configurations.back());
}

TEST_CASE("chains of unlike lengths one by one; weighted ensembles; what is refused") {
  auto ensemble = some_ensemble<Ensemble<Scalar, Plane, float>>(5, 1);
  ensemble.set_lengths({2, 3});
  CHECK(as_array(ensemble, 1).shape() == std::array<std::size_t, 3>{3, 4, 6});
  CHECK(&as_array(ensemble, 1)(0, 0, 0) == ensemble.configuration(2).data());
  CHECK(refusal([&] { as_array(ensemble); }) ==
        "lanes: as_array: length of chain 1 is 3 (allowed: 2, that of chain 0; else take "
        "as_array(ensemble, chain))");
  CHECK(refusal([&] { as_array(ensemble, 2); }) == "lanes: as_array: chain is 2 (allowed: 0 to 1)");

  auto draws = some_ensemble<ReweightedEnsemble<Ising, Plane, float>>(6, 1);
  CHECK(as_array(draws).shape() == std::array<std::size_t, 4>{1, 6, 4, 6});
  draws.lengths = {3, 3};
  CHECK(as_array(draws).shape() == std::array<std::size_t, 4>{2, 3, 4, 6});

  const std::vector<double> wrong(50);
  CHECK(refusal([&] { as_array<Scalar, Plane>(wrong); }) ==
        "lanes: as_array: how many numbers it is given is 50 (allowed: a multiple of 24, the "
        "numbers of a configuration)");
  const xt::xarray<double, xt::layout_type::column_major> columns = xt::ones<double>({2, 4, 6});
  CHECK(refusal([&] { as_array<Scalar, Plane>(columns); }).find("C order") != std::string::npos);
  static_assert(Viewable<Ensemble<Scalar, Plane, float>&>);
  static_assert(!Viewable<Ensemble<Scalar, Plane, float>>);  // it would end with the expression
}

TEST_CASE_TEMPLATE("observables on arrays are those of the library", Real, float, double) {
  const auto ensemble = some_ensemble<Ensemble<Scalar, Plane, Real>>(400, 4);
  const auto ours = on_arrays<Scalar>(SusceptibilityOnArrays{});
  static_assert(Observable<decltype(ours), Plane>);
  const Estimate a = analyse(Susceptibility{}, ensemble)[0], b = analyse(ours, ensemble)[0];
  CHECK(b.value == near(a.value));
  CHECK(b.error == near(a.error));
  CHECK(b.tau_int == near(a.tau_int));
  CHECK(b.replica_q == near(a.replica_q));
  CHECK(summary(ensemble, ours).find("susceptibility on arrays") != std::string::npos);

  const auto links = some_ensemble<Ensemble<U1, Plane, Real>>(400, 4);
  CHECK(analyse(on_arrays<U1>(PlaquetteOnArrays{}), links)[0].value ==
        near(analyse(Plaquette{}, links)[0].value));

  double sum = 0;
  for (std::size_t i = 0; i < 400; ++i)
    for (int x = 0; x < 24; ++x)
      sum += double(ensemble.configuration(i)[std::size_t(x)]) *
             double(ensemble.configuration(i)[std::size_t(Plane::forward(x, 0))]);
  CHECK(analyse(on_arrays<Scalar>(NearestNeighbour{}), ensemble, Threads{2})[0].value ==
        near(sum / 400 / 24));
}

TEST_CASE("a spectrum of operators on arrays") {
  const auto ensemble = some_ensemble<Ensemble<Scalar, Plane, double>>(400, 4);
  const auto spectrum =
      Spectrum(on_arrays<Scalar>(Slices{}), {.t0 = 0, .subtraction = Subtraction::none});
  const auto e = analyse(spectrum, ensemble),
             m = analyse(EffectiveMass{Subtraction::none}, ensemble);
  REQUIRE(e.size() == 1);
  CHECK(e[0].value == near(m[0].value));
}

TEST_CASE("lambdas, several numbers, weights, what is refused") {
  auto ensemble = some_ensemble<ReweightedEnsemble<Scalar, Plane, float>>(300, 1);
  ensemble.log_weights.assign(300, 0.0);
  for (std::size_t i = 0; i < 300; ++i) ensemble.log_weights[i] = std::cos(double(i * i));
  const auto fourth =
      on_arrays<Scalar>([](const auto& phi) { return xt::mean(xt::pow<4>(phi))(); }, "phi^4");
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    const double w = std::exp(ensemble.log_weights[i]);
    for (float x : ensemble.configuration(i)) sum += w * std::pow(double(x), 4) / 24;
    weights += w;
  }
  const Estimate e = analyse(fourth, ensemble)[0];
  CHECK(e.value == near(sum / weights));
  CHECK(e.error > 0);
  CHECK(result_label<Plane>(fourth, 0) == "phi^4");
  CHECK(analyse(Weighted(fourth, fourth), ensemble)[0].value > e.value);

  const auto slices = on_arrays<Scalar>(Slices{});
  CHECK(result_label<Plane>(slices, 2) == "slices[2]");
  CHECK(analyse(slices, ensemble)[2].value == near(24.0 / 4 *
                                                   analyse(on_arrays<Scalar>([](const auto& phi) {
                                                             return xt::mean(xt::view(phi, 2))();
                                                           }),
                                                           ensemble)[0]
                                                       .value));
  CHECK(refusal([&] { analyse(on_arrays<Scalar>(TooFew{}), ensemble); }) ==
        "lanes: observable slices: how many numbers it gives is 1 (allowed: 4)");
}
