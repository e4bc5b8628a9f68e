// SPDX-License-Identifier: BSD-3-Clause
//
// VectorPhi4<Geometry, N>: the O(N) model of N real numbers a site,
//
//   S(phi) = sum_x [ 1/2 sum_mu |phi(x + mu) - phi(x)|^2 + 1/2 m^2 |phi(x)|^2 + lambda |phi(x)|^4 ]
//
// lambda = 0, m^2 > 0: N free fields, <phi_a(x) phi_b(y)> = delta_ab / V sum_k cos(k (x - y)) /
// (khat^2 + m^2).
// Errors: std::invalid_argument for lambda < 0, and for lambda = 0 with m^2 <= 0, which has no Z.
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/theory/local_theory.hpp>

namespace lanes {

template <class Geometry, int N>
class VectorPhi4 : public LocalTheory<VectorPhi4<Geometry, N>, Vector<N>, Geometry> {
 public:
  VectorPhi4(double mass2, double lambda) : mass2_(mass2), lambda_(lambda) {
    require(std::isfinite(lambda) && lambda >= 0, "VectorPhi4: lambda", lambda, ">= 0 and finite");
    require(std::isfinite(mass2) && (lambda > 0 || mass2 > 0), "VectorPhi4: mass2", mass2,
            "finite, and > 0 where lambda is 0");
  }
  std::array<std::pair<const char*, double>, 2> couplings() const {
    return {{{"mass2", mass2_}, {"lambda", lambda_}}};
  }

  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    T gradient = 0, square_of = 0;
    for (int c = 0; c < N; ++c) {
      square_of += square(phi.here(c));
      for (int mu = 0; mu < Geometry::dimension; ++mu)
        gradient += square(phi.forward(mu, c) - phi.here(c));
    }
    return T(0.5) * gradient + (T(0.5 * mass2_) + T(lambda_) * square_of) * square_of;
  }

 private:
  double mass2_, lambda_;
};
static_assert(DifferentiableTheory<VectorPhi4<Lattice<4>, 2>, detail::AnyContext>);

}  // namespace lanes
