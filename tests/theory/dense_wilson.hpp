// SPDX-License-Identifier: BSD-3-Clause
//
// The Wilson operator as a dense matrix, written down as schwinger.hpp defines it and factorised by
// Eigen: what the determinant, the force and the propagators of lanes/theory/wilson are held to.
#pragma once

#include <complex>
#include <vector>

#include <Eigen/Dense>

#include <lanes/geometry/lattice.hpp>

namespace lanes::testing {

/// theta: U1 rows of one configuration. Index of D: 2 site + spin.
template <class G>
struct DenseWilson {
  using Complex = std::complex<double>;
  using Matrix = Eigen::MatrixXcd;
  static constexpr int V = G::volume;
  double kappa, boundary;
  std::vector<double> theta;

  static Eigen::Matrix2cd sigma(int i) {
    Eigen::Matrix2cd s;
    if (i == 1) s << 0, 1, 1, 0;
    if (i == 2) s << 0, Complex(0, -1), Complex(0, 1), 0;
    if (i == 3) s << 1, 0, 0, -1;
    return s;
  }
  double sign(int site, int mu) const {
    return mu == 0 && G::coordinate(site, 0) == G::extent(0) - 1 ? boundary : 1;
  }
  Complex phase(int site, int mu) const {
    return std::polar(1.0, theta[std::size_t(mu * V + site)]);
  }
  /// The two hops over a link, times -kappa: x to x + mu, and back.
  Eigen::Matrix2cd up(int site, int mu) const {
    return -kappa * sign(site, mu) * std::conj(phase(site, mu)) *
           (Eigen::Matrix2cd::Identity() + sigma(mu + 1));
  }
  Eigen::Matrix2cd down(int site, int mu) const {
    return -kappa * sign(site, mu) * phase(site, mu) *
           (Eigen::Matrix2cd::Identity() - sigma(mu + 1));
  }
  Matrix matrix() const {
    Matrix d = Matrix::Identity(2 * V, 2 * V);
    for (int mu = 0; mu < 2; ++mu)
      for (int x = 0; x < V; ++x) {
        const int y = G::forward(x, mu);
        d.block<2, 2>(2 * y, 2 * x) += up(x, mu);
        d.block<2, 2>(2 * x, 2 * y) += down(x, mu);
      }
    return d;
  }

  /// ln det D, its imaginary part the phase.
  Complex log_det() const {
    const Eigen::PartialPivLU<Matrix> lu(matrix());
    Complex sum = lu.permutationP().determinant() < 0 ? Complex(0, 3.14159265358979323846) : 0;
    for (int i = 0; i < 2 * V; ++i) sum += std::log(lu.matrixLU()(i, i));
    return sum;
  }
  /// d ln det D / d theta, U1 rows.
  std::vector<double> force() const {
    const Matrix inverse = matrix().inverse();
    std::vector<double> f(std::size_t(2 * V));
    for (int mu = 0; mu < 2; ++mu)
      for (int x = 0; x < V; ++x) {
        const int y = G::forward(x, mu);
        const Complex trace = (inverse.block<2, 2>(2 * x, 2 * y) * up(x, mu)).trace() -
                              (inverse.block<2, 2>(2 * y, 2 * x) * down(x, mu)).trace();
        f[std::size_t(mu * V + x)] = (Complex(0, -1) * trace).real();
      }
    return f;
  }
};

}  // namespace lanes::testing
