// SPDX-License-Identifier: BSD-3-Clause
//
// Lanes of links for tests of fermions, and what is read of their determinants.
#pragma once

#include <vector>

#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/schwinger.hpp>

namespace lanes::testing {

using laws::deviation, laws::normal_field, laws::Tile;

inline constexpr double kappa = 0.276;
inline constexpr int lanes_of = Tile<Double>::lanes;

template <class G, class P = Double>
std::vector<double> links(int seed, double width) {
  return normal_field<P>(U1::rows<G>, seed, width);
}
template <class G>
std::vector<double> lane(const std::vector<double>& x, int k, int lanes = lanes_of) {
  std::vector<double> theta(std::size_t(U1::rows<G>));
  for (std::size_t r = 0; r < theta.size(); ++r)
    theta[r] = x[r * std::size_t(lanes) + std::size_t(k)];
  return theta;
}

struct Determinant {
  std::vector<double> log_det, sign;
};
template <class P, class Theory>
Determinant determinant(Tile<P>& tile, const Theory& theory, const std::vector<double>& x) {
  Determinant d;
  tile.visit([&](auto& context) {
    const auto l = context.template rows<double>(1), s = context.template rows<double>(1);
    theory.determinant(context, tile.rows(context, x), l, s);
    d = {tile.values(context, l, 1), tile.values(context, s, 1)};
  });
  return d;
}

}  // namespace lanes::testing
