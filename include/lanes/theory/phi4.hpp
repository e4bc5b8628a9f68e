// SPDX-License-Identifier: BSD-3-Clause
//
// Phi4: the scalar phi^4 theory on a D-dimensional lattice, in lattice units:
//
//   S = sum_x [ -hopping sum_mu phi(x) phi(x+mu) + quadratic phi(x)^2 + quartic phi(x)^4 ]
//
// One theory, three spellings in the literature:
//
//   from_mass_coupling(m2, lambda)  hopping 2, quadratic 2D + m2, quartic lambda
//                                   (Albergo et al. 1904.12072)
//   textbook(m2, g)                 hopping 1, quadratic D + m2/2, quartic g/24
//                                   (kinetic term (1/2)(d phi)^2)
//   from_hopping(kappa, l)          hopping 2 kappa, quadratic 1 - 2l, quartic l
//                                   (Del Debbio et al. 2105.12481, whose beta is 2 kappa)
//
//   no-half (m2, lambda)  ->  textbook: m2 equal, g = 6 lambda, phi_textbook = sqrt(2) phi_no-half
//   hopping (kappa, l)    ->  no-half: m2 = (1 - 2l)/kappa - 2D, lambda = l/kappa^2,
//     phi_no-half = sqrt(kappa) phi
//
// Without a quartic coupling the quadratic form must be positive at every momentum: m2 > 0, or
//
//   -1 / (2 sum_mu c_mu) < kappa < 1 / (2 D),   c_mu = 1, cos(pi / E_mu) where the extent is odd
//
// (a negative hopping wants signs that alternate, which an odd extent frustrates). Errors:
// std::invalid_argument for a coupling that is not finite, a negative quartic coupling, and what
// has no normalisable exp(-S).
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/theory/local_theory.hpp>

namespace lanes {

template <class Geometry>
class Phi4 : public LocalTheory<Phi4<Geometry>, Scalar, Geometry> {
  static constexpr int D = Geometry::dimension;

 public:
  /// No-half spelling: S = sum_x [ -2 sum_mu phi phi' + (2D + m2) phi^2 + lambda phi^4 ].
  static Phi4 from_mass_coupling(double m2, double lambda) {
    check("Phi4: m2", m2);
    check_quartic("Phi4: lambda", lambda);
    if (lambda == 0) check_mass("Phi4: m2 (with lambda = 0)", m2, 2.0 * D + m2 > 2.0 * D);
    return Phi4(2.0, 2.0 * D + m2, lambda);
  }
  /// Textbook spelling: S = sum_x [ -sum_mu phi phi' + (D + m2/2) phi^2 + (g/24) phi^4 ].
  static Phi4 textbook(double m2, double g) {
    check("Phi4: m2", m2);
    check_quartic("Phi4: g", g);
    if (g == 0) check_mass("Phi4: m2 (with g = 0)", m2, D + 0.5 * m2 > D);
    return Phi4(1.0, D + 0.5 * m2, g / 24.0);
  }
  /// Hopping spelling: S = sum_x [ -2 kappa sum_mu phi phi' + (1 - 2l) phi^2 + l phi^4 ].
  static Phi4 from_hopping(double kappa, double l) {
    check("Phi4: kappa", kappa);
    check_quartic("Phi4: l", l);
    if (l == 0) {
      double alternating = 0;  // the largest -sum_mu cos k_mu
      for (int mu = 0; mu < D; ++mu) {
        const int extent = Geometry::extent(mu);
        alternating += extent % 2 == 0 ? 1 : std::cos(3.14159265358979323846 / extent);
      }
      const double low = -0.5 / alternating, high = 0.5 / D;
      if (!(kappa > low && kappa < high))
        require(false, "Phi4: kappa (with l = 0)", kappa,
                ("above " + detail::to_text(low) + " and below " + detail::to_text(high) +
                 ", else exp(-S) cannot be normalised")
                    .c_str());
    }
    return Phi4(2.0 * kappa, 1.0 - 2.0 * l, l);
  }

  double hopping() const { return hopping_; }
  double quadratic() const { return quadratic_; }
  double quartic() const { return quartic_; }
  std::array<std::pair<const char*, double>, 3> couplings() const {
    return {{{"hopping", hopping_}, {"quadratic", quadratic_}, {"quartic", quartic_}}};
  }

  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    const T here = phi.here(), square_here = here * here;
    T neighbours = phi.forward(0);
    for (int mu = 1; mu < D; ++mu) neighbours += phi.forward(mu);
    return square_here * fma(T(quartic_), square_here, T(quadratic_)) -
           T(hopping_) * here * neighbours;
  }

  /// dS/dphi(x) by hand; the derived force is the same (a test holds them together) and reads more.
  template <class T, class Site>
  LANES_HD T force(const Site& phi) const {
    const T here = phi.here();
    T neighbours = phi.forward(0) + phi.backward(0);
    for (int mu = 1; mu < D; ++mu) neighbours += phi.forward(mu) + phi.backward(mu);
    return here * fma(T(4 * quartic_), here * here, T(2 * quadratic_)) - T(hopping_) * neighbours;
  }

 private:
  Phi4(double hopping, double quadratic, double quartic)
      : hopping_(hopping), quadratic_(quadratic), quartic_(quartic) {}

  static void check(const char* what, double value) {
    require(std::isfinite(4 * value), what, value, "a finite number");
  }
  static void check_quartic(const char* what, double coupling) {
    require(std::isfinite(4 * coupling) && coupling >= 0, what, coupling,
            ">= 0 and finite, else exp(-S) cannot be normalised");
  }
  static void check_mass(const char* what, double mass, bool seen_beside_hopping) {
    require(mass > 0 && seen_beside_hopping, what, mass,
            "> 0 and not lost in rounding, else exp(-S) cannot be normalised");
  }

  double hopping_, quadratic_, quartic_;
};
static_assert(DifferentiableTheory<Phi4<Lattice<4>>, detail::AnyContext>);

}  // namespace lanes
