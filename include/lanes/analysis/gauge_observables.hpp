// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of U(1) links, theta [D][sites] in radians (field/u1.hpp):
//
//   Plaquette                  <cos P>, the mean over sites and planes
//   WilsonLoop<R, T>           <cos of the loop of R x T>, the mean over sites and ordered planes
//   PolyakovLoop               |L|^2,  L = mean over the other directions of exp(i sum of theta_0 along direction 0)
//   TopologicalCharge          Q = 1/(2 pi) sum_x wrap(P(x)), two dimensions, wrap to (-pi, pi]
//   TopologicalChargeSquared   Q^2
//   TopologicalSusceptibility  Q^2 / V
//
// Q is an integer up to rounding; it is rounded, and NaN where it is further than 0.01 from one
// (angles that are not finite, or single precision at volumes where the sum has lost its meaning).
#pragma once

#include <cmath>
#include <limits>

#include <lanes/core/angle.hpp>

namespace lanes {

namespace detail {

/// Angle of the R x T loop that starts at a site along mu, then nu.
template <class Geometry, class Real>
double loop_angle(const Real* theta, int site, int mu, int nu, int r, int t) {
  double sum = 0;
  const auto along = [&](int direction, int steps, double sign) {
    for (int i = 0; i < steps; ++i) {
      if (sign < 0) site = Geometry::backward(site, direction);
      sum += sign * double(theta[direction * Geometry::volume + site]);
      if (sign > 0) site = Geometry::forward(site, direction);
    }
  };
  along(mu, r, 1);
  along(nu, t, 1);
  along(mu, r, -1);
  along(nu, t, -1);
  return sum;
}

template <class Geometry, class Real>
double topological_charge(const Real* theta) {
  static_assert(Geometry::dimension == 2,
                "lanes: the topological charge of U(1) is defined here in two dimensions.");
  double sum = 0;
  for (int x = 0; x < Geometry::volume; ++x)
    sum += std::remainder(loop_angle<Geometry>(theta, x, 0, 1, 1, 1), two_pi);
  const double charge = sum / two_pi, nearest = std::nearbyint(charge);
  return std::abs(charge - nearest) < 0.01 ? nearest : std::numeric_limits<double>::quiet_NaN();
}

// A configuration of links has D numbers a site.
struct OfLinks {
  template <class Geometry>
  static constexpr int entries() {
    return Geometry::dimension * Geometry::volume;
  }
};

}  // namespace detail

template <int R, int T>
struct WilsonLoop : detail::OfLinks {
  static_assert(R >= 1 && T >= 1, "lanes: WilsonLoop<R, T> needs R, T >= 1.");
  static constexpr const char* name = R == 1 && T == 1 ? "plaquette" : "Wilson loop";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    constexpr int D = Geometry::dimension;
    for (int x = 0; x < Geometry::volume; ++x)
      for (int mu = 0; mu < D; ++mu)
        for (int nu = 0; nu < D; ++nu)
          if (R == T ? mu < nu : mu != nu)
            out[0] += std::cos(detail::loop_angle<Geometry>(theta, x, mu, nu, R, T));
    out[0] /= double(Geometry::volume) * D * (D - 1) / (R == T ? 2 : 1);
  }
};

using Plaquette = WilsonLoop<1, 1>;

struct PolyakovLoop : detail::OfLinks {
  static constexpr const char* name = "Polyakov loop squared";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    constexpr int others = Geometry::volume / Geometry::extent(0);
    double re = 0, im = 0;
    for (int x = 0; x < others; ++x) {  // sites with x_0 = 0 come first
      double angle = 0;
      for (int t = 0; t < Geometry::extent(0); ++t) angle += double(theta[x + t * others]);
      re += std::cos(angle);
      im += std::sin(angle);
    }
    out[0] = (re * re + im * im) / (double(others) * others);
  }
};

struct TopologicalCharge : detail::OfLinks {
  static constexpr const char* name = "topological charge";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    out[0] = detail::topological_charge<Geometry>(theta);
  }
};

struct TopologicalChargeSquared : detail::OfLinks {
  static constexpr const char* name = "topological charge squared";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    const double q = detail::topological_charge<Geometry>(theta);
    out[0] = q * q;
  }
};

struct TopologicalSusceptibility : detail::OfLinks {
  static constexpr const char* name = "topological susceptibility";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    TopologicalChargeSquared{}.measure<Geometry>(theta, out);
    out[0] /= Geometry::volume;
  }
};

}  // namespace lanes
