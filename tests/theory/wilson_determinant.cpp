// SPDX-License-Identifier: BSD-3-Clause
//
// WilsonDeterminant, through the theory: ln|det D|, sign and force against a dense matrix (any
// extents, both boundaries, any kappa, one or several segments) and the free spectrum; lanes that
// need another trial.
#include <cmath>
#include <unsupported/Eigen/KroneckerProduct>

#include <doctest/doctest.h>

#include "theory/dense_wilson.hpp"
#include "theory/fermions.hpp"

using namespace lanes;
using namespace lanes::testing;

namespace {

// A field of topological charge 1 with noise: beyond the critical kappa it has a negative
// determinant.
template <class G>
std::vector<double> charged(int seed, double width) {
  auto x = links<G>(seed, width);
  constexpr int L0 = G::extent(0), L1 = G::extent(1);
  for (int site = 0; site < G::volume; ++site)
    for (int k = 0; k < lanes_of; ++k) {
      const int t = G::coordinate(site, 0), space = G::coordinate(site, 1);
      x[std::size_t(U1::row<G>(site, 1) * lanes_of + k)] += two_pi * t / G::volume;
      if (t == L0 - 1) x[std::size_t(U1::row<G>(site, 0) * lanes_of + k)] -= two_pi * space / L1;
    }
  return x;
}

// How many of the lanes have a negative determinant.
template <class G>
int against_dense(double k, int boundary, const std::vector<double>& x, double tolerance) {
  Tile<Double> tile;
  const Schwinger<G> theory(0.0, k, {.flavours = 1, .time_boundary = boundary});
  const auto found = determinant(tile, theory, x);
  const auto force = tile.force(theory, x), action = tile.action(theory, x);
  int negative = 0;
  for (int n = 0; n < lanes_of; ++n) {
    const DenseWilson<G> dense{k, double(boundary), lane<G>(x, n)};
    const auto exact = dense.log_det();
    const std::size_t e = std::size_t(n);
    CHECK(std::abs(found.log_det[e] - exact.real()) < tolerance);
    CHECK(found.sign[e] == (std::cos(exact.imag()) > 0 ? 1 : -1));
    CHECK(std::abs(std::sin(exact.imag())) < tolerance);
    CHECK(std::abs(action[e] + found.log_det[e]) < Double::agreement);
    auto f = lane<G>(force, n);
    for (double& v : f) v = -v;
    CHECK(deviation(f, dense.force()) < tolerance);
    negative += found.sign[e] < 0;
  }
  return negative;
}

}  // namespace

TEST_CASE("against a dense matrix") {
  using A = Lattice<4, 4>;
  using B = Lattice<2, 7>;
  using C = Lattice<7, 3>;
  using D = Lattice<44, 2>;  // several segments on the way back
  const double exact = Double::round_trip;
  against_dense<A>(kappa, -1, links<A>(1, 0.6), exact);
  against_dense<A>(kappa, 1, links<A>(2, 0.6), exact);
  against_dense<B>(0.3, 1, links<B>(3, 2.0), exact);
  against_dense<C>(0.2, -1, links<C>(4, 1.0), exact);
  against_dense<D>(kappa, -1, links<D>(5, 0.6), exact);
  for (double k : {1e-3, 1e-8}) against_dense<A>(k, -1, links<A>(6, 0.6), Double::agreement);
}
TEST_CASE("the dense matrix is gamma_5-hermitian") {
  using G = Lattice<4, 3>;
  const auto d = DenseWilson<G>{kappa, -1, lane<G>(links<G>(1, 2.0), 0)}.matrix();
  const Eigen::MatrixXcd gamma = Eigen::KroneckerProduct<Eigen::MatrixXcd, Eigen::MatrixXcd>(
      Eigen::MatrixXcd::Identity(G::volume, G::volume), DenseWilson<G>::sigma(3));
  CHECK((gamma * d * gamma - d.adjoint()).norm() < Double::agreement);
  CHECK((d - d.adjoint()).norm() > 1);
}
TEST_CASE("negative determinants; small pivots, whose lanes need another trial") {
  using G = Lattice<6, 5>;
  CHECK(against_dense<G>(0.32, -1, charged<G>(1, 0.1), Double::round_trip) == lanes_of);
  for (double k : {0.35, 0.49})
    for (int seed = 1; seed < 10; ++seed)
      against_dense<G>(k, -1, links<G>(seed, 0.4), Double::gradient);

  // The first trial alone is not good enough in some lanes, and says so.
  Tile<Double> tile;
  int bad_first = 0, bad_last = 0;
  for (int seed = 1; seed < 100; ++seed) {
    std::vector<double> before, after;
    tile.visit([&](auto& context) {
      const auto results = [&] {
        return wilson::WilsonResult<double>{context.template rows<double>(1),
                                            context.template rows<double>(1),
                                            context.template rows<double>(1),
                                            {}};
      };
      const auto x = tile.rows(context, links<G>(seed, 0.4));
      const auto first = results(), last = results();
      wilson::wilson_trial<6, 5>(context, 0.49, -1, x, 0, first);
      wilson::wilson_result<6, 5>(context, 0.49, -1, x, Double::agreement, last);
      before = tile.values(context, first.residual, 1);
      after = tile.values(context, last.residual, 1);
    });
    for (std::size_t k = 0; k < before.size(); ++k) {
      bad_first += before[k] > square(Double::round_trip);
      bad_last += after[k] > square(Double::round_trip);
      CHECK(after[k] <= before[k]);
    }
  }
  CHECK(bad_first > 5);
  CHECK(3 * bad_last < bad_first);
}
TEST_CASE_TEMPLATE("the free spectrum", G, Lattice<4, 4>, Lattice<6, 5>) {
  Tile<Double> tile;
  const std::vector<double> x(std::size_t(U1::rows<G> * lanes_of), 0.0);
  for (int boundary : {-1, 1}) {
    double exact = 0;
    for (int i = 0; i < G::extent(0); ++i)
      for (int j = 0; j < G::extent(1); ++j) {
        const double p = (two_pi * i + (boundary < 0 ? pi : 0)) / G::extent(0),
                     q = two_pi * j / G::extent(1);
        exact += std::log(square(1 - 2 * kappa * (std::cos(p) + std::cos(q))) +
                          4 * square(kappa) * (square(std::sin(p)) + square(std::sin(q))));
      }
    const Schwinger<G> theory(1.5, kappa, {.flavours = 3, .time_boundary = boundary});
    for (double s : tile.action(theory, x))
      CHECK(std::abs(s + 1.5 * G::volume + 3 * exact) < Double::round_trip);
    for (double f : tile.force(theory, x)) CHECK(std::abs(f) < Double::round_trip);
  }
}
