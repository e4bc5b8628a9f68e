// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 5, oscillator: quantum mechanics as a field theory in one dimension.
//
//   H = p^2 / 2 + x^2 / 2 + x^4,   S = sum_t [ (x(t + a) - x(t))^2 / 2a + a (x^2 / 2 + x^4) ]
//
// The correlator <x(t) x(0)> decays with the gap E_1 - E_0. The transfer matrix gives the same gap,
// at the same lattice spacing a, by diagonalisation: 1.895 at a = 0.25, 1.934 in the continuum.
// Builds on: 1, 3.
#include <cmath>
#include <cstdio>

#include <Eigen/Eigenvalues>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

constexpr double spacing = 0.25;

template <class T>
LANES_HD T potential(T x) {
  return T(0.5) * x * x + x * x * x * x;
}

template <class Geometry>
struct Oscillator : lanes::LocalTheory<Oscillator<Geometry>, lanes::Scalar, Geometry> {
  template <class T, class Site>
  LANES_HD T density(const Site& x) const {
    return T(0.5 / spacing) * square(x.forward(0) - x.here()) + T(spacing) * potential(x.here());
  }
};

/// From T(x, y) = exp(-a V(x) / 2 - (x - y)^2 / 2a - a V(y) / 2) on a grid.
double exact_gap(double a) {
  constexpr int n = 161;
  const double reach = 4, step = 2 * reach / (n - 1);
  Eigen::MatrixXd t(n, n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const double x = i * step - reach, y = j * step - reach;
      t(i, j) = std::exp(-0.5 * a * (potential(x) + potential(y)) - 0.5 * (x - y) * (x - y) / a);
    }
  const Eigen::VectorXd values = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(t).eigenvalues();
  return std::log(values[n - 1] / values[n - 2]) / a;
}

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<32>;  // a time of 8
  const auto ensemble = lanes::sample_hmc(
      Oscillator<Geometry>{},
      {.chains = 64, .trajectories = lesson.brief_or(1000, 10'000), .thermalisation = 200});
  lanes::Estimate gap = analyse(lanes::PoleMass{.first = 2}, ensemble)[0];
  gap.value /= spacing;
  gap.error /= spacing;
  std::printf("%-28s%-18s%s\n", "", "correlator", "transfer matrix");
  lesson.agree("gap E_1 - E_0", gap, exact_gap(spacing));
  const double continuum = exact_gap(0.02);
  std::printf("%-28s%-18s%.4f\n", "at a = 0.02", "", continuum);
  lesson.claim(std::abs(continuum - 1.934) < 0.001, "1.934 in the continuum");
  return lesson.end();
}
