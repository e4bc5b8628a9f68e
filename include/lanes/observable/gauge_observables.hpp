// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of U(1) links, theta [D][sites] in radians (field/u1.hpp):
//
//   Plaquette                  <cos P>, the mean over sites and planes
//   WilsonLoop<R, T>           W(R, T) = <cos of the loop of R x T> over sites and ordered planes
//   CreutzRatio<R, T>          -ln [W(R, T) W(R-1, T-1) / (W(R, T-1) W(R-1, T))],  W = 1 at side 0
//   TopologicalCharge          Q = 1/(2 pi) sum_x wrap(P(x)), two dimensions, wrap to (-pi, pi]
//   TopologicalChargeSquared   Q^2
//   TopologicalSusceptibility  Q^2 / V
//
// Loops around the torus: polyakov_observables.hpp. Exact answers: exact_u1.hpp. Where W falls like
// exp(-sigma R T) the Creutz ratio is sigma; NaN where one of its loops is not above zero (noise).
// Q is an integer up to rounding; it is rounded, and NaN where it is further than 0.01 from one
// (angles that are not finite, or single precision at volumes where the sum has lost its meaning).
// Errors: a loop larger than the lattice, or on a lattice of one dimension, does not compile.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <lanes/core/angle.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/observable/observable.hpp>

namespace lanes {

namespace detail {

/// links(row) of one configuration.
template <class Real>
struct AnglesAt {
  const Real* theta;
  Real operator()(int row) const { return theta[row]; }
};
template <class Real>
AnglesAt(const Real*) -> AnglesAt<Real>;

/// Mean of the cosine of r x t loops over sites and ordered planes.
template <class Geometry, class Real>
double loop_mean(const Real* theta, int r, int t) {
  constexpr int D = Geometry::dimension;
  double sum = 0;
  for (int x = 0; x < Geometry::volume; ++x)
    for (int mu = 0; mu < D; ++mu)
      for (int nu = 0; nu < D; ++nu)
        if (r == t ? mu < nu : mu != nu)
          sum += std::cos(loop<Geometry>(x, mu, nu, r, t, AnglesAt{theta}));
  return sum / (double(Geometry::volume) * D * (D - 1) / (r == t ? 2 : 1));
}

template <class Geometry, class Real>
double topological_charge(const Real* theta) {
  double sum = 0;
  for (int x = 0; x < Geometry::volume; ++x)
    sum += std::remainder(loop<Geometry>(x, 0, 1, 1, 1, AnglesAt{theta}), two_pi);
  const double charge = sum / two_pi, nearest = std::nearbyint(charge);
  return std::abs(charge - nearest) < 0.01 ? nearest : std::numeric_limits<double>::quiet_NaN();
}

/// A configuration of links has D numbers a site.
struct OfLinks {
  template <class Field, class Geometry>
  static constexpr bool measures = u1_links<Field>;
  template <class Geometry>
  static constexpr int entries() {
    return link_rows<Geometry>;
  }
};

template <int R, int T>
struct OfRectangle : OfLinks {
  static_assert(R >= 1 && T >= 1, "lanes: WilsonLoop<R, T> and CreutzRatio<R, T> need R, T >= 1.");
  template <class Geometry>
  static constexpr int entries() {
    static_assert(Geometry::dimension >= 2,
                  "lanes: a Wilson loop needs a Lattice of two dimensions or more.");
    static_assert(
        std::max(R, T) <= *std::min_element(Geometry::extents.begin(), Geometry::extents.end()),
        "lanes: a Wilson loop is no larger than the Lattice: R, T <= every extent.");
    return OfLinks::entries<Geometry>();
  }
  static std::string of_size(const char* what) {
    return std::string(what) + " " + std::to_string(R) + " x " + std::to_string(T);
  }
};

struct OfCharge : OfLinks {
  template <class Geometry>
  static constexpr int entries() {
    static_assert(Geometry::dimension == 2,
                  "lanes: the topological charge of U(1) is defined here in two dimensions.");
    return OfLinks::entries<Geometry>();
  }
};

}  // namespace detail

template <int R, int T>
struct WilsonLoop : detail::OfRectangle<R, T> {
  static constexpr const char* name = R == 1 && T == 1 ? "plaquette" : "Wilson loop";
  template <class Geometry>
  std::string label(int) const {
    return R == 1 && T == 1 ? name : detail::OfRectangle<R, T>::of_size(name);
  }
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    out[0] = detail::loop_mean<Geometry>(theta, R, T);
  }
};
static_assert(Observable<WilsonLoop<1, 1>, Lattice<4, 4>>);

using Plaquette = WilsonLoop<1, 1>;

template <int R, int T>
struct CreutzRatio : detail::OfRectangle<R, T> {
  static constexpr const char* name = "Creutz ratio";
  template <class Geometry>
  static constexpr int primaries() {
    return 4;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  template <class Geometry>
  std::string label(int) const {
    return detail::OfRectangle<R, T>::of_size(name);
  }
  /// out: W(R, T), W(R, T-1), W(R-1, T), W(R-1, T-1)
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    for (int i = 0; i < 4; ++i) {
      const int r = R - i / 2, t = T - i % 2;
      out[i] = r == 0 || t == 0 ? 1 : detail::loop_mean<Geometry>(theta, r, t);
    }
  }
  template <class Geometry>
  void derived(const double* w, double* out) const {
    const bool all = w[0] > 0 && w[1] > 0 && w[2] > 0 && w[3] > 0;
    out[0] =
        all ? -std::log(w[0] * w[3] / (w[1] * w[2])) : std::numeric_limits<double>::quiet_NaN();
  }
};
static_assert(Observable<CreutzRatio<1, 1>, Lattice<4, 4>>);

struct TopologicalCharge : detail::OfCharge {
  static constexpr const char* name = "topological charge";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    out[0] = detail::topological_charge<Geometry>(theta);
  }
};
static_assert(Observable<TopologicalCharge, Lattice<4, 4>>);

struct TopologicalChargeSquared : detail::OfCharge {
  static constexpr const char* name = "topological charge squared";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    const double q = detail::topological_charge<Geometry>(theta);
    out[0] = q * q;
  }
};
static_assert(Observable<TopologicalChargeSquared, Lattice<4, 4>>);

struct TopologicalSusceptibility : detail::OfCharge {
  static constexpr const char* name = "topological susceptibility";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    TopologicalChargeSquared{}.measure<Geometry>(theta, out);
    out[0] /= Geometry::volume;
  }
};
static_assert(Observable<TopologicalSusceptibility, Lattice<4, 4>>);

}  // namespace lanes
