// SPDX-License-Identifier: BSD-3-Clause
//
// FreeField: the Gaussian theory, textbook spelling, in lattice units:
//
//   S = sum_x [ -sum_mu phi(x) phi(x+mu) + (D + m2/2) phi(x)^2 ] =
//     1/2 sum_k |phi(k)|^2 (khat^2 + m2)
//
// Its exact free energy, propagator and correlation length are in exact/exact.hpp.
// Errors: std::invalid_argument unless m2 > 0 and finite.
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/theory/local_theory.hpp>

namespace lanes {

template <class Geometry>
class FreeField : public LocalTheory<FreeField<Geometry>, Scalar, Geometry> {
  static constexpr int D = Geometry::dimension;

 public:
  explicit FreeField(double m2) : m2_(m2) {
    require(m2 > 0 && std::isfinite(m2), "FreeField: m2", m2, "> 0 and finite");
  }

  double m2() const { return m2_; }
  std::array<std::pair<const char*, double>, 1> couplings() const { return {{{"m2", m2_}}}; }

  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    const T here = phi.here();
    T neighbours = phi.forward(0);
    for (int mu = 1; mu < D; ++mu) neighbours += phi.forward(mu);
    return here * (T(D + 0.5 * m2_) * here - neighbours);
  }

 private:
  double m2_;
};
static_assert(DifferentiableTheory<FreeField<Lattice<4>>, detail::AnyContext>);

}  // namespace lanes
