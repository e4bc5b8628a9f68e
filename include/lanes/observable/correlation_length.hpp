// SPDX-License-Identifier: BSD-3-Clause
//
// CorrelationLength, SquaredCorrelationLength: the second-moment correlation length of a real
// scalar field.
//
//   G(k)   = V^-1 <|sum_x phi(x) exp(i k x)|^2>,   G(0) = V (<m^2> - s^2)
//   xi_mu^2 = (G(0) / G(k_mu) - 1) / (4 sin^2(pi / L_mu)),   k_mu = 2 pi / L_mu in direction mu
//   xi^2   = mean over mu of xi_mu^2,   xi = sqrt(xi^2)
//
// The squares are averaged because noise may take one of them below zero; xi is NaN where the mean
// is, and has no error where it is close: take xi^2 where the field may have no correlations, its
// value and error are always defined. For the free field xi = 1 / m exactly, in any volume. s: see
// Subtraction in magnetization.hpp.
// Shapes: phi [sites]. Lattice units: spacings. Source: Cooper, Freedman, Preston 1982.
#pragma once

#include <cmath>
#include <numbers>
#include <string>

#include <lanes/observable/magnetization.hpp>

namespace lanes {

struct SquaredCorrelationLength {
  static constexpr const char* name = "correlation length squared";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  Subtraction subtraction = Subtraction::mean;  // s

  template <class Geometry>
  static constexpr int primaries() {
    return 3 + Geometry::dimension;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  template <class Geometry>
  std::string label(int) const {
    return detail::label_of(name, subtraction);
  }

  /// out: m, |m|, m^2, then G(k_mu)
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    detail::measure_moments<Geometry>(phi, out);
    for (int mu = 0; mu < Geometry::dimension; ++mu) {
      const int extent = Geometry::extent(mu), stride = Geometry::stride(mu);
      double re = 0, im = 0;
      for (int t = 0; t < extent; ++t) {
        double slice = 0;  // the sites with x_mu = t
        for (int block = t * stride; block < Geometry::volume; block += extent * stride)
          for (int x = 0; x < stride; ++x) slice += static_cast<double>(phi[block + x]);
        const double angle = 2 * std::numbers::pi * t / extent;
        re += slice * std::cos(angle);
        im += slice * std::sin(angle);
      }
      out[3 + mu] = (re * re + im * im) / Geometry::volume;
    }
  }

  template <class Geometry>
  void derived(const double* means, double* out) const {
    const double s = detail::subtracted(subtraction, means[0], means[1]);
    const double g0 = Geometry::volume * (means[2] - s);
    double sum = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu) {
      const double k = 2 * std::sin(std::numbers::pi / Geometry::extent(mu));
      sum += (g0 / means[3 + mu] - 1) / (k * k);
    }
    out[0] = sum / Geometry::dimension;
  }
};
static_assert(Observable<SquaredCorrelationLength, Lattice<4, 4>>);

struct CorrelationLength {
  static constexpr const char* name = "correlation length";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  Subtraction subtraction = Subtraction::mean;  // s

  template <class Geometry>
  static constexpr int primaries() {
    return SquaredCorrelationLength::primaries<Geometry>();
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
    SquaredCorrelationLength{}.measure<Geometry>(phi, out);
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    SquaredCorrelationLength{subtraction}.derived<Geometry>(means, out);
    out[0] = std::sqrt(out[0]);
  }
};
static_assert(Observable<CorrelationLength, Lattice<4, 4>>);

}  // namespace lanes
