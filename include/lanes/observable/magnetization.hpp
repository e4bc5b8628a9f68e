// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of the mean field m = V^-1 sum_x phi(x) of a real scalar field (or of spins).
//
//   Magnetization          <m>
//   AbsoluteMagnetization  <|m|>
//   Susceptibility         chi = V (<m^2> - s^2)
//   BinderCumulant         U = 1 - <m^4> / (3 <m^2>^2)   (0 for a Gaussian m, 2/3 for m = +-const)
//
// Subtraction s, here and in correlator.hpp:
//   mean      s = <m>    the connected function, the default: right with and without Z2 symmetry;
//                        on a symmetric ensemble it is low by a fraction 2 tau_int / N
//   none      s = 0      <m> = 0 is known, as in any finite volume without external field
//   absolute  s = <|m|>  the usual choice inside the broken phase
//
// Of fields with one number a site that is no angle. Shapes: phi [sites]. Lattice units, the field
// as the theory spells it. BinderCumulant is NaN for m = 0. Sums are in double whatever the field's
// precision.
#pragma once

#include <cmath>
#include <string>

#include <lanes/core/finite_math.hpp>
#include <lanes/observable/observable.hpp>

namespace lanes {

enum class Subtraction { mean, none, absolute };

namespace detail {

template <class Geometry, class Real>
double mean_field(const Real* phi) {
  double sum = 0;
  for (int x = 0; x < Geometry::volume; ++x) sum += static_cast<double>(phi[x]);
  return sum / Geometry::volume;
}

/// out: m, |m|, m^2
template <class Geometry, class Real>
void measure_moments(const Real* phi, double* out) {
  const double m = mean_field<Geometry>(phi);
  out[0] = m;
  out[1] = std::abs(m);
  out[2] = m * m;
}

/// s^2 from <m> and <|m|>.
inline double subtracted(Subtraction subtraction, double mean, double absolute) {
  if (subtraction == Subtraction::none) return 0;
  return subtraction == Subtraction::mean ? mean * mean : absolute * absolute;
}

/// The label of a quantity with a subtraction: says so where it is not the default.
inline std::string label_of(std::string what, Subtraction subtraction) {
  if (subtraction == Subtraction::none) what += ", s = 0";
  if (subtraction == Subtraction::absolute) what += ", s = <|m|>";
  return what;
}

}  // namespace detail

struct Magnetization {
  static constexpr const char* name = "magnetization";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = detail::mean_field<Geometry>(phi);
  }
};
static_assert(Observable<Magnetization, Lattice<4, 4>>);

struct AbsoluteMagnetization {
  static constexpr const char* name = "absolute magnetization";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = std::abs(detail::mean_field<Geometry>(phi));
  }
};
static_assert(Observable<AbsoluteMagnetization, Lattice<4, 4>>);

struct Susceptibility {
  static constexpr const char* name = "susceptibility";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  Subtraction subtraction = Subtraction::mean;  // s

  template <class Geometry>
  static constexpr int primaries() {
    return 3;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }

  template <class Geometry>
  std::string label(int) const {
    return detail::label_of(name, subtraction);
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    detail::measure_moments<Geometry>(phi, out);
  }

  template <class Geometry>
  void derived(const double* means, double* out) const {
    out[0] = Geometry::volume * (means[2] - detail::subtracted(subtraction, means[0], means[1]));
  }
};
static_assert(Observable<Susceptibility, Lattice<4, 4>>);

struct BinderCumulant {
  static constexpr const char* name = "Binder cumulant";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;

  template <class Geometry>
  static constexpr int primaries() {
    return 2;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    const double m = detail::mean_field<Geometry>(phi);
    out[0] = m * m;
    out[1] = m * m * m * m;
  }

  template <class Geometry>
  void derived(const double* means, double* out) const {
    out[0] = 1 - means[1] / (3 * means[0] * means[0]);
  }
};
static_assert(Observable<BinderCumulant, Lattice<4, 4>>);

}  // namespace lanes
