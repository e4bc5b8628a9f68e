// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of the loops of U(1) links that wind around direction 0, theta [D][sites] in radians:
//
//   P(x) = exp(i sum_t theta_0(t, x)),  x a site of the other directions, V_s = V / L0 of them
//   L    = V_s^-1 sum_x P(x)
//
//   PolyakovLoop         <Re L>
//   SquaredPolyakovLoop  <|L|^2>
//   PolyakovCorrelator   C(d) = (V_s (D-1))^-1 sum_{x, mu > 0} <Re P(x) P(x + d mu)*>,
//                        d = 0 .. min L_mu / 2
//
// <L> = 0 without matter fields. C(d) ~ exp(-L0 V(d)), V the static potential; two dimensions have
// no other directions than one: |L|^2 is the mean of C over all d there, and both are exact in
// exact_u1.hpp, C(d) = wilson_loop(L0 d). Lattice units.
// Errors: a correlator on a lattice of one dimension does not compile.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <lanes/geometry/links.hpp>
#include <lanes/observable/gauge_observables.hpp>

namespace lanes {

namespace detail {

/// re, im [V / L0] of P.
template <class Geometry, class Real>
struct PolyakovLoops {
  static constexpr int count = Geometry::volume / Geometry::extent(0);
  std::vector<double> re, im;

  explicit PolyakovLoops(const Real* theta) {
    for (int x = 0; x < count; ++x) {  // the sites with x_0 = 0 come first
      const double angle = line<Geometry>(x, 0, Geometry::extent(0), AnglesAt{theta});
      re.push_back(std::cos(angle));
      im.push_back(std::sin(angle));
    }
  }
  /// Re P(x) P(y)*
  double product(int x, int y) const {
    const auto a = static_cast<std::size_t>(x), b = static_cast<std::size_t>(y);
    return re[a] * re[b] + im[a] * im[b];
  }
};

}  // namespace detail

struct PolyakovLoop : detail::OfLinks {
  static constexpr const char* name = "Polyakov loop";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    const detail::PolyakovLoops<Geometry, Real> loops(theta);
    for (double re : loops.re) out[0] += re / loops.count;
  }
};
static_assert(Observable<PolyakovLoop, Lattice<4, 4>>);

struct SquaredPolyakovLoop : detail::OfLinks {
  static constexpr const char* name = "Polyakov loop squared";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    const detail::PolyakovLoops<Geometry, Real> loops(theta);
    double re = 0, im = 0;
    for (double v : loops.re) re += v / loops.count;
    for (double v : loops.im) im += v / loops.count;
    out[0] = re * re + im * im;
  }
};
static_assert(Observable<SquaredPolyakovLoop, Lattice<4, 4>>);

struct PolyakovCorrelator : detail::OfLinks {
  static constexpr const char* name = "Polyakov correlator";
  template <class Geometry>
  static constexpr int primaries() {
    static_assert(Geometry::dimension >= 2,
                  "lanes: a Polyakov correlator needs a Lattice of two dimensions or more.");
    return *std::min_element(Geometry::extents.begin() + 1, Geometry::extents.end()) / 2 + 1;
  }
  template <class Geometry>
  std::string label(int d) const {
    return std::string(name) + "(" + std::to_string(d) + ")";
  }
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    const detail::PolyakovLoops<Geometry, Real> loops(theta);
    for (int x = 0; x < loops.count; ++x)
      for (int mu = 1; mu < Geometry::dimension; ++mu) {
        int y = x;
        for (int d = 0; d < primaries<Geometry>(); ++d, y = Geometry::forward(y, mu))
          out[d] += loops.product(x, y);
      }
    for (int d = 0; d < primaries<Geometry>(); ++d)
      out[d] /= double(loops.count) * (Geometry::dimension - 1);
  }
};
static_assert(Observable<PolyakovCorrelator, Lattice<4, 4>>);

}  // namespace lanes
