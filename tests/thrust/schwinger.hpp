// SPDX-License-Identifier: BSD-3-Clause
//
// The Schwinger model on the device: reference values (tests/data/exact.json), the force as dS/dx,
// both precisions of the factorisation, exceptional lanes, and observables on the device and on the
// default backend, which in CUDA code is the device too.
#include <cmath>
#include <fstream>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/backend/thrust.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/fermion_observables.hpp>
#include <lanes/theory/schwinger.hpp>

namespace schwinger {

using namespace lanes;
using G = Lattice<4, 4>;
constexpr int rows = G::dimension * G::volume, lanes_of = 8;  // nvcc cannot read U1::rows<G> here
constexpr double kappa = 0.276;

struct Found {
  std::vector<double> action, force;  // [lanes], [lanes][rows]
};

/// links: [lanes][rows]
template <class P, class Theory>
Found evaluate(const Theory& theory, const std::vector<double>& links) {
  Thrust backend;
  Found found{std::vector<double>(lanes_of), std::vector<double>(lanes_of * rows)};
  backend.template for_lanes<P>(0, lanes_of, [&](auto& context, std::size_t, int n) {
    using Real = typename P::Real;
    const auto x = context.template rows<Real>(rows), dx = context.template rows<Real>(rows);
    const auto s = context.template rows<double>(1);
    context.load_lanes(links.data(), rows, n, x);
    fill(context, s, 1);
    add_action(context, theory, x, s);
    set_force(context, theory, x, dx);
    context.store_lanes(s, 1, n, found.action.data());
    context.store_lanes(dx, rows, n, found.force.data());
  });
  return found;
}

std::vector<double> some_links() {
  std::vector<double> x(lanes_of * rows);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = float(std::sin(1.3 * double(i * i) + 0.4));
  return x;
}

TEST_CASE("reference values") {
  std::ifstream file(LANES_TEST_DATA "/exact.json");
  REQUIRE(file.good());
  const auto entry = nlohmann::json::parse(file)["wilson"][0];
  REQUIRE(entry["lattice"] == nlohmann::json({4, 4}));
  REQUIRE(double(entry["kappa"]) == kappa);
  std::vector<double> links(lanes_of * rows);
  for (std::size_t n = 0; n < links.size(); ++n) {
    const double i = double(n % std::size_t(rows));
    links[n] = std::fmod(0.37 * i * i + 0.9 * i + 0.2, two_pi);
  }
  const auto found = evaluate<Double>(Schwinger<G>(0.0, kappa, {.flavours = 1}), links);
  for (double s : found.action) CHECK(std::abs(s + double(entry["logdet"])) < Double::round_trip);
  for (std::size_t k = 0; k < std::size_t(lanes_of); ++k)
    for (std::size_t i = 0; i < 8; ++i)
      CHECK(std::abs(found.force[k * rows + i] + double(entry["dlogdet_dtheta_first8"][i])) <
            Double::round_trip);
  for (const Series& condensate : {measure_series<G>(ChiralCondensate(kappa), links),
                                   measure_series<G>(ChiralCondensate(kappa), links, {}, Thrust())})
    for (double c : condensate.values())
      CHECK(std::abs(c - double(entry["condensate"])) < Double::round_trip);
}
TEST_CASE("the force is dS/dx; precisions agree") {
  const Schwinger<G> theory(2.0, kappa);
  const auto x = some_links();
  const auto found = evaluate<Double>(theory, x);
  const double step = 1e-5;
  for (std::size_t row = 0; row < std::size_t(rows); row += 5) {
    auto up = x, down = x;
    for (std::size_t k = 0; k < std::size_t(lanes_of); ++k) {
      up[k * rows + row] += step;
      down[k * rows + row] -= step;
    }
    const auto a = evaluate<Double>(theory, up).action, b = evaluate<Double>(theory, down).action;
    for (std::size_t k = 0; k < std::size_t(lanes_of); ++k)
      CHECK(std::abs(found.force[k * rows + row] - (a[k] - b[k]) / (2 * step)) < Double::gradient);
  }
  const auto mixed = evaluate<Single>(theory, x);
  const auto single = evaluate<Single>(Schwinger<G, Single>(2.0, kappa), x);
  for (std::size_t k = 0; k < found.action.size(); ++k) {
    CHECK(std::abs(mixed.action[k] - found.action[k]) < Double::round_trip);
    CHECK(std::abs(single.action[k] - found.action[k]) < Single::agreement);
  }
  for (std::size_t i = 0; i < found.force.size(); ++i) {
    CHECK(std::abs(mixed.force[i] - found.force[i]) < Single::agreement);
    CHECK(std::abs(single.force[i] - found.force[i]) < Single::agreement);
  }
}
TEST_CASE("exceptional lanes keep to themselves") {
  const Schwinger<G> theory(2.0, 0.25, {.time_boundary = 1});
  auto x = some_links();
  const auto before = evaluate<Double>(theory, x);
  for (std::size_t i = 0; i < std::size_t(rows); ++i) x[rows + i] = 0;  // a free zero mode
  x[2 * rows + 3] = NAN;
  const auto after = evaluate<Double>(theory, x);
  for (std::size_t k = 0; k < std::size_t(lanes_of); ++k) {
    if (k == 1 || k == 2) {
      CHECK(after.action[k] == INFINITY);
      continue;
    }
    CHECK(std::abs(after.action[k] - before.action[k]) < Double::agreement);
    for (std::size_t i = 0; i < std::size_t(rows); ++i)
      CHECK(std::abs(after.force[k * rows + i] - before.force[k * rows + i]) < Double::agreement);
  }
}

}  // namespace schwinger
