// SPDX-License-Identifier: BSD-3-Clause
//
// Values from an independent implementation: tests/data/exact.json "wilson" (ln det, condensate,
// force), and the action's half of parity_schwinger.json, whose flow's half is in layer/gauge.hpp.
#include <cmath>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/observable/fermion_observables.hpp>

#include "theory/fermions.hpp"

using namespace lanes;
using namespace lanes::testing;

namespace {

nlohmann::json read(const char* name) {
  std::ifstream file(std::string(LANES_TEST_DATA "/") + name);
  REQUIRE(file.good());
  return nlohmann::json::parse(file);
}

template <class G>
void reference(const nlohmann::json& entry) {
  if (entry["lattice"] != nlohmann::json({G::extent(0), G::extent(1)})) return;
  const bool second = std::string(entry["links"]).find("0.21") != std::string::npos;
  std::vector<double> theta(std::size_t(U1::rows<G>));
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const double n = double(i);
    theta[i] =
        std::fmod(second ? 0.21 * n * n + 1.7 * n + 0.4 : 0.37 * n * n + 0.9 * n + 0.2, two_pi);
  }
  std::vector<double> x(theta.size() * std::size_t(lanes_of));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = theta[i / std::size_t(lanes_of)];
  const double k = entry["kappa"];
  Tile<Double> tile;
  const Schwinger<G> theory(0.0, k, {.flavours = 1});
  const auto det = determinant(tile, theory, x);
  CHECK(std::abs(det.log_det[0] - double(entry["logdet"])) < Double::round_trip);
  CHECK(det.sign[0] == 1);
  double condensate = 0;
  Cpu cpu(1);
  ChiralCondensate(k).measure_many<G>(cpu, theta.data(), 1, &condensate);
  CHECK(std::abs(condensate - double(entry["condensate"])) < Double::round_trip);
  const auto f = lane<G>(tile.force(theory, x), 0);
  double norm = 0;
  for (double v : f) norm += v * v;
  CHECK(std::abs(std::sqrt(norm) - double(entry["dlogdet_norm"])) < Double::round_trip);
  for (std::size_t i = 0; i < 8; ++i)
    CHECK(std::abs(-f[i] - double(entry["dlogdet_dtheta_first8"][i])) < Double::round_trip);
}

}  // namespace

TEST_CASE("reference values") {
  const auto entries = read("exact.json")["wilson"];
  CHECK(entries.size() == 6);
  for (const auto& entry : entries) {
    reference<Lattice<4, 4>>(entry);
    reference<Lattice<6, 6>>(entry);
    reference<Lattice<8, 8>>(entry);
    reference<Lattice<6, 10>>(entry);
    reference<Lattice<12, 12>>(entry);
    reference<Lattice<16, 16>>(entry);
  }
}
TEST_CASE("the action of the Schwinger reference") {
  using G = Lattice<8, 8>;
  const auto entry = read("parity_schwinger.json");
  Tile<Double> tile;
  const double beta = entry["beta"], k = entry["kappa"];
  const Schwinger<G> theory(beta, k);
  const std::size_t n = entry["x"].size();
  REQUIRE(n == 3);
  std::vector<double> x(std::size_t(U1::rows<G> * lanes_of));
  for (std::size_t r = 0; r < std::size_t(U1::rows<G>); ++r)
    for (std::size_t b = 0; b < std::size_t(lanes_of); ++b)
      x[r * std::size_t(lanes_of) + b] = entry["x"][b % n][r];
  const auto action = tile.action(theory, x);
  const auto det = determinant(tile, theory, x);
  for (std::size_t b = 0; b < std::size_t(lanes_of); ++b) {
    const double log_det = entry["logdet"][b % n], gauge = entry["action"][b % n];
    CHECK(std::abs(det.log_det[b] - log_det) < 10 * Double::round_trip);
    CHECK(std::abs(action[b] - gauge + 2 * log_det) < 10 * Double::round_trip);
    CHECK(det.sign[b] == double(entry["det_phase"][b % n][0]));
  }
}
