// SPDX-License-Identifier: BSD-3-Clause
//
// Scalar's base density: its value and its score by hand, the deviates it draws; odd volumes. Its
// laws are in testing/field_laws.cpp.
#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>

using namespace lanes;
using laws::deviation;
using laws::Tile;

static_assert(Scalar::components<Lattice<3, 5>> == 1 && Scalar::rows<Lattice<3, 5>> == 15 &&
              Scalar::row<Lattice<3, 5>>(7, 0) == 7);

namespace {

template <class Precision, class G>
std::vector<double> log_density(const std::vector<double>& z) {
  Tile<Precision> tile;
  std::vector<double> result;
  tile.visit([&](auto& context) {
    const auto l = context.template rows<double>(1);
    fill(context, l, 1);
    Scalar::base_log_density<G>(context, tile.rows(context, z), l);
    result = tile.values(context, l, 1);
  });
  return result;
}

}  // namespace

TEST_CASE_TEMPLATE("log density by hand, and its score", P, Single, Double) {
  using G = Lattice<3, 5>;
  constexpr int lanes = Tile<P>::lanes;
  Tile<P> tile;
  const auto z = laws::normal_field<P>(G::volume, 1);
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
  tile.visit([&](auto& context) {
    const auto dz = context.template rows<typename P::Real>(G::volume);
    Scalar::base_score<G>(context, tile.rows(context, z), tile.rows(context, weight), dz);
    CHECK(deviation(tile.values(context, dz, G::volume), score) < P::agreement);
  });
}

TEST_CASE_TEMPLATE("draw_base: the stream's deviates, two sites a block, in odd and even volumes",
                   G, Lattice<5>, Lattice<3, 5>, Lattice<4, 6>, Lattice<3, 3, 3>) {
  using P = Single;
  constexpr int lanes = Tile<P>::lanes;
  Tile<P> tile;
  const RandomStream stream(Seed{3}, Purpose::base, 4);
  std::vector<double> values, drawn;
  tile.visit(
      [&](auto& context) {
        const auto z = context.template rows<float>(G::volume + 1);
        const auto l = context.template rows<double>(1);
        fill(context, z, G::volume + 1, 1234.0f);
        fill(context, l, 1);
        Scalar::draw_base<G>(context, stream, z, l);
        values = tile.values(context, z, G::volume + 1);
        drawn = tile.values(context, l, 1);
      },
      100);
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
  CHECK(deviation(drawn, log_density<P, G>(values)) < Double::agreement);
}
