// SPDX-License-Identifier: BSD-3-Clause
//
// Annealed: S_c = c S - (1 - c) ln r, its force, and which theories keep theirs.
#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/annealed.hpp>
#include <lanes/theory/phi4.hpp>

using namespace lanes;
using laws::deviation;
using laws::Tile;

namespace {

using G = Lattice<4, 3>;
struct NoForce {
  using Field = Scalar;
  using Geometry = G;
  double action(const auto& phi) const { return double(phi(0)); }
};
static_assert(DifferentiableTheory<Annealed<Phi4<G>>, CpuContext<Single>>);
static_assert(Theory<Annealed<NoForce>, CpuContext<Single>> &&
              !DifferentiableTheory<Annealed<NoForce>, CpuContext<Single>>);

}  // namespace

TEST_CASE_TEMPLATE("action and force between the base density and the target", P, Single, Double) {
  Tile<P> tile;
  const auto theory = Phi4<G>::from_mass_coupling(-4, 6.008);
  const auto x = laws::normal_field<P>(G::volume, 1);
  const auto s = tile.action(theory, x), f = tile.force(theory, x);
  for (double c : {0.0, 0.3, 1.0}) {
    const Annealed<Phi4<G>> annealed{theory, &c, c == 1};
    auto want_s = s, want_f = f;
    for (std::size_t k = 0; k < s.size(); ++k) {
      double log_r = -0.5 * G::volume * std::log(2 * std::numbers::pi);
      for (int site = 0; site < G::volume; ++site)
        log_r -= 0.5 * std::pow(x[std::size_t(site) * s.size() + k], 2);
      want_s[k] = c * s[k] - (1 - c) * log_r;
    }
    for (std::size_t e = 0; e < f.size(); ++e) want_f[e] = c * f[e] + (1 - c) * x[e];
    CHECK(deviation(tile.action(annealed, x), want_s) < Double::agreement);
    CHECK(deviation(tile.force(annealed, x), want_f) < P::agreement);
  }
  // c = 1 is the theory itself, bit for bit.
  const double one = 1;
  CHECK(tile.action(Annealed<Phi4<G>>{theory, &one, true}, x) == s);
  CHECK(tile.force(Annealed<Phi4<G>>{theory, &one, true}, x) == f);
}

TEST_CASE("a theory without a force is annealed all the same") {
  Tile<Double> tile;
  const NoForce theory;
  const auto x = laws::normal_field<Double>(G::volume, 2);
  const double half = 0.5, zero = 0;
  const auto s = tile.action(Annealed<NoForce>{theory, &half, false}, x),
             none = tile.action(Annealed<NoForce>{theory, &zero, false}, x);
  for (std::size_t k = 0; k < s.size(); ++k)
    CHECK(std::abs(s[k] - 0.5 * none[k] - 0.5 * x[k]) < Double::agreement * 10);
}
