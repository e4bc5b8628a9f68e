// SPDX-License-Identifier: BSD-3-Clause
//
// Scalar's base density: its normalisation, its value by hand, its score, the deviates it draws;
// odd volumes.
#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>

#include "testing/tile.hpp"

using namespace lanes;
using testing::deviation;
using testing::Tile;

static_assert(Scalar::components<Lattice<3, 5>> == 1 && Scalar::rows<Lattice<3, 5>> == 15 &&
              Scalar::row<Lattice<3, 5>>(7, 0) == 7);

namespace {

template <class Precision, class G>
std::vector<double> log_density(const std::vector<double>& z) {
  Tile<Precision> tile;
  typename Tile<Precision>::Context::Scope scope(tile.context());
  const auto l = tile.context().template rows<double>(1);
  fill(tile.context(), l, 1, 3.0);  // it adds
  Scalar::base_log_density<G>(tile.context(), tile.rows(z), l);
  auto result = tile.values(l, 1);
  for (double& v : result) v -= 3;
  return result;
}

}  // namespace

TEST_CASE("exp(log density) is normalised") {
  // Trapezoidal sums over [-9, 9]^2 at two sites: exponentially accurate for a Gaussian.
  using G = Lattice<2>;
  constexpr int lanes = Tile<Double>::lanes, points = 128;
  static_assert(points % lanes == 0);
  const double h = 18.0 / points;
  double sum = 0;
  for (int i = 0; i < points; ++i)
    for (int j = 0; j < points; j += lanes) {
      std::vector<double> z(2 * lanes);
      for (int k = 0; k < lanes; ++k) {
        z[std::size_t(k)] = -9 + h * i;
        z[std::size_t(lanes + k)] = -9 + h * (j + k);
      }
      for (double l : log_density<Double, G>(z)) sum += std::exp(l) * h * h;
    }
  CHECK(std::abs(sum - 1) < Double::agreement);
}

TEST_CASE_TEMPLATE("log density by hand, and its score", P, Single, Double) {
  using G = Lattice<3, 5>;
  constexpr int lanes = Tile<P>::lanes;
  Tile<P> tile;
  const auto z = testing::normal_field<P>(G::volume, 1);
  const auto l = log_density<P, G>(z);
  std::vector<double> by_hand(lanes, -0.5 * G::volume * std::log(2 * std::numbers::pi)),
      weight(lanes), score(z.size());
  for (int k = 0; k < lanes; ++k) weight[std::size_t(k)] = 0.5 * k - 1;  // exact in float
  for (int x = 0; x < G::volume; ++x)
    for (int k = 0; k < lanes; ++k) {
      const std::size_t e = std::size_t(x * lanes + k);
      by_hand[std::size_t(k)] -= 0.5 * z[e] * z[e];
      score[e] = -z[e] * weight[std::size_t(k)];
    }
  CHECK(deviation(l, by_hand) < Double::agreement);  // in double whatever the field's precision
  typename Tile<P>::Context::Scope scope(tile.context());
  const auto dz = tile.context().template rows<typename P::Real>(G::volume);
  Scalar::base_score<G>(tile.context(), tile.rows(z), tile.rows(weight), dz);
  CHECK(deviation(tile.values(dz, G::volume), score) < P::agreement);
}

TEST_CASE("score against central differences") {
  using G = Lattice<3, 5>;
  constexpr int lanes = Tile<Double>::lanes;
  Tile<Double> tile;
  const auto z = testing::normal_field<Double>(G::volume, 2);
  Tile<Double>::Context::Scope scope(tile.context());
  const auto dz = tile.context().rows<double>(G::volume);
  Scalar::base_score<G>(tile.context(), tile.rows(z), tile.rows(std::vector<double>(lanes, 1.0)),
                        dz);
  const auto differences = testing::central_differences(&log_density<Double, G>, z, lanes);
  CHECK(deviation(tile.values(dz, G::volume), differences) < Double::gradient);
}

TEST_CASE_TEMPLATE("draw_base: the stream's deviates, two sites a block, in odd and even volumes",
                   G, Lattice<5>, Lattice<3, 5>, Lattice<4, 6>, Lattice<3, 3, 3>) {
  using P = Single;
  constexpr int lanes = Tile<P>::lanes;
  Tile<P> tile;
  typename Tile<P>::Context::Scope scope(tile.context());
  tile.context().set_first_lane(100);
  const RandomStream stream(Seed{3}, Purpose::base, 4);
  const auto z = tile.context().rows<float>(G::volume + 1);
  const auto l = tile.context().rows<double>(1);
  fill(tile.context(), z, G::volume + 1, 1234.0f);
  fill(tile.context(), l, 1, 3.0);
  Scalar::draw_base<G>(tile.context(), stream, z, l);
  auto values = tile.values(z, G::volume + 1);
  int wrong = 0;
  for (int k = 0; k < lanes; ++k) {
    for (int x = 0; x < G::volume; ++x) {
      const auto pair =
          normal_pair<float>(stream.words(std::uint64_t(100 + k), std::uint32_t(x / 2)));
      wrong += values[std::size_t(x * lanes + k)] != double(x % 2 ? pair.second : pair.first);
    }
    wrong += values[std::size_t(G::volume * lanes + k)] !=
             1234;  // nothing is written behind an odd volume
  }
  CHECK(wrong == 0);
  values.resize(std::size_t(G::volume * lanes));
  auto drawn = tile.values(l, 1);
  for (double& v : drawn) v -= 3;
  CHECK(deviation(drawn, log_density<P, G>(values)) < Double::agreement);
}
