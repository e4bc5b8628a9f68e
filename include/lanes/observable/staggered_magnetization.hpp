// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of the staggered mean field, the order parameter where neighbours prefer to differ:
//
//   m_s = V^-1 sum_x (-1)^(x_0 + x_1 + ..) phi(x)
//
//   StaggeredMagnetization          <m_s>
//   AbsoluteStaggeredMagnetization  <|m_s|>
//   StaggeredSusceptibility         V (<m_s^2> - s^2),  s of m_s: Subtraction in magnetization.hpp
//
// On even extents the Ising model at -beta is the one at beta with every other spin reversed, so
// these at -beta are Magnetization, AbsoluteMagnetization and Susceptibility at beta. Of fields
// with one number a site that is no angle. Shapes: phi [sites]. Errors: odd extents, where
// neighbours across the boundary share a sign, do not compile.
#pragma once

#include <cmath>
#include <string>

#include <lanes/observable/magnetization.hpp>
#include <lanes/observable/observable.hpp>

namespace lanes {

namespace detail {

template <class Geometry>
constexpr int entries_of_even() {
  constexpr bool even = [] {
    for (int e : Geometry::extents)
      if (e % 2 != 0) return false;
    return true;
  }();
  static_assert(even, "lanes: a staggered magnetization needs a Lattice of even extents.");
  return Geometry::volume;
}

template <class Geometry, class Real>
double staggered_field(const Real* phi) {
  double sum = 0;
  for (int x = 0; x < Geometry::volume; ++x)
    sum += (Geometry::parity(x) == 0 ? 1 : -1) * static_cast<double>(phi[x]);
  return sum / Geometry::volume;
}

}  // namespace detail

struct StaggeredMagnetization {
  static constexpr const char* name = "staggered magnetization";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  template <class Geometry>
  static constexpr int entries() {
    return detail::entries_of_even<Geometry>();
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = detail::staggered_field<Geometry>(phi);
  }
};
static_assert(Observable<StaggeredMagnetization, Lattice<4, 4>>);

struct AbsoluteStaggeredMagnetization : StaggeredMagnetization {
  static constexpr const char* name = "absolute staggered magnetization";

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = std::abs(detail::staggered_field<Geometry>(phi));
  }
};
static_assert(Observable<AbsoluteStaggeredMagnetization, Lattice<4, 4>>);

struct StaggeredSusceptibility : Susceptibility {
  static constexpr const char* name = "staggered susceptibility";

  template <class Geometry>
  static constexpr int entries() {
    return detail::entries_of_even<Geometry>();
  }
  template <class Geometry>
  std::string label(int) const {
    return detail::label_of(name, subtraction);
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    const double m = detail::staggered_field<Geometry>(phi);
    out[0] = m;
    out[1] = std::abs(m);
    out[2] = m * m;
  }
};
static_assert(Observable<StaggeredSusceptibility, Lattice<4, 4>>);

}  // namespace lanes
