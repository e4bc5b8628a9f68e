// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of fermions against a dense inverse, the mass of a cosh, bad input.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/fermion_observables.hpp>

#include "theory/dense_wilson.hpp"

using namespace lanes;
using testing::DenseWilson;

TEST_CASE("observables against a dense inverse") {
  using G = Lattice<6, 3>;
  constexpr int L0 = 6, L1 = 3;
  constexpr std::size_t count = 19;  // not a multiple of the lanes
  std::vector<double> x(count * std::size_t(U1::rows<G>));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.5 * std::sin(1.3 * double(i * i) + 0.4);
  const double k = 0.31;
  for (int boundary : {-1, 1}) {
    const auto condensate = measure_series<G>(ChiralCondensate(k, boundary), x);
    const auto sign = measure_series<G>(DeterminantSign(k, boundary), x);
    const auto pion = measure_series<G>(PionCorrelator(k, boundary), x);
    for (std::size_t c = 0; c < count; ++c) {
      const auto begin = x.begin() + std::ptrdiff_t(c) * U1::rows<G>;
      const DenseWilson<G> dense{k, double(boundary), {begin, begin + U1::rows<G>}};
      const Eigen::MatrixXcd inverse = dense.matrix().inverse();
      CHECK(std::abs(condensate.values()[c] - inverse.trace().real() / G::volume) <
            Double::round_trip);
      CHECK(sign.values()[c] == (std::cos(dense.log_det().imag()) > 0 ? 1 : -1));
      const auto source = inverse.rightCols(2 * L1);  // the last slice
      double slices[L0];
      for (int t = 0; t < L0; ++t)
        slices[(t + 1) % L0] = source.middleRows(2 * L1 * t, 2 * L1).squaredNorm() / L1;
      for (int t = 0; t <= L0 / 2; ++t)
        CHECK(std::abs(pion.values()[c * (L0 / 2 + 1) + std::size_t(t)] -
                       0.5 * (slices[t] + slices[(L0 - t) % L0])) < Double::round_trip);
    }
  }
}
TEST_CASE("bad pivots of one configuration are nothing to its neighbours") {
  using G = Lattice<6, 3>;
  constexpr int L0 = 6, L1 = 3, half = L0 / 2 + 1;
  constexpr std::size_t count = 10'000;  // a bad pivot is rare
  const std::size_t links = std::size_t(U1::rows<G>);
  std::vector<double> x(count * links);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.8 * std::sin(1.3 * double(i * i) + 0.4);
  const double k = 0.31;
  const auto together = measure_series<G>(PionCorrelator(k), x);
  Cpu cpu(1);
  int from_another_slice = 0, changed = 0, wrong = 0;
  for (std::size_t c = 0; c < count; ++c) {
    double alone[half];
    PionCorrelator(k).measure_many<G>(cpu, x.data() + c * links, 1, alone);
    for (int t = 0; t < half; ++t)
      changed += together.values()[c * half + std::size_t(t)] != alone[t];
    const auto begin = x.begin() + std::ptrdiff_t(c * links);
    const DenseWilson<G> dense{k, -1, {begin, begin + U1::rows<G>}};
    const Eigen::MatrixXcd inverse = dense.matrix().inverse();
    int shift = 0;
    for (; shift < L0; ++shift) {
      const int source = (L0 - 1 + shift) % L0;
      const Eigen::MatrixXcd columns = inverse.middleCols(2 * L1 * source, 2 * L1);
      double worst = 0;
      for (int t = 0; t < half; ++t) {
        const auto slice = [&](int at) {
          return columns.middleRows(2 * L1 * (at % L0), 2 * L1).squaredNorm() / L1;
        };
        const double c_t = 0.5 * (slice(source + t) + slice(source + L0 - t));
        worst = std::max(worst, std::abs(alone[t] / c_t - 1));
      }
      if (worst < Double::gradient) break;
    }
    wrong += shift == L0;
    from_another_slice += shift > 0;
  }
  CHECK(changed == 0);
  CHECK(wrong == 0);
  CHECK(from_another_slice > 0);  // else this test has no power
  CHECK(from_another_slice < int(count) / 100);
}
TEST_CASE("the pion mass of a cosh is that of the cosh") {
  using G = Lattice<12, 4>;
  double c[7], mass = 0, effective[5];
  for (int t = 0; t <= 6; ++t) c[t] = 3.1 * std::cosh(0.37 * (6 - t));
  PionMass(0.25).derived<G>(c, &mass);
  PionEffectiveMass(0.25).derived<G>(c, effective);
  CHECK(std::abs(mass - 0.37) < Double::round_trip);
  for (double m : effective) CHECK(std::abs(m - 0.37) < Double::round_trip);
  // the second call adds nothing to the first
  PionMass(0.25).derived<G>(c, &mass);
  CHECK(std::abs(mass - 0.37) < Double::round_trip);
  PionMass(0.25, -1, 6).derived<G>(c, &mass);  // behind the last time
  CHECK(std::isnan(mass));
  CHECK_THROWS_AS(PionMass(0.25, -1, -2), std::invalid_argument);

  CHECK(PionEffectiveMass(0.25).label<G>(0) == "pion effective mass(1), kappa = 0.25");
  CHECK(result_label<G>(PionCorrelator(0.25, 1), 2) ==
        "pion correlator(2), kappa = 0.25, time periodic");
  CHECK(result_label<G>(PionMass(0.25, -1, 2), 0) == "pion mass, kappa = 0.25, t >= 2");
  CHECK(result_label<G>(ChiralCondensate(0.26), 0) == "chiral condensate, kappa = 0.26");
}
TEST_CASE("values that are no couplings are refused") {
  CHECK_THROWS_WITH_AS(ChiralCondensate(0.5), doctest::Contains("> 0 and < 0.5"),
                       std::invalid_argument);
  CHECK_THROWS_AS(PionMass(std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(DeterminantSign(0.2, 0), std::invalid_argument);
}
