// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of the two-point function of a real scalar field at zero spatial momentum, along
// direction 0 (extent T, the spatial volume is V_s = V / T).
//
//   Phi(t) = sum over the sites with x_0 = t of phi(x)
//   C(t)   = (T V_s)^-1 sum_{t0} <Phi(t0) Phi(t0 + t)> - V_s s^2,     t = 0 .. T/2
//
//   TwoPointFunction  C(t)                                               t = 0 .. T/2
//   EffectiveMass     m(t) = arccosh((C(t-1) + C(t+1)) / (2 C(t)))       t = 1 .. T/2 - 1
//   PoleMass          sum_t C(t)^2 m(t) / sum_t C(t)^2                   t = first .. last
//
// s: see Subtraction in magnetization.hpp; sum over all t of C(t) is the susceptibility, same
// subtraction. The error of C(t) hardly depends on t, so that of m(t) grows like 1 / C(t): PoleMass
// weighs by its inverse square. Terms without a value (noise: C <= 0 or an argument below 1) are
// left out, NaN if all. Raise `first` where excited states matter.
// Shapes: phi [sites]. Lattice units: 1 / spacing. Source: Albergo et al. 1904.12072.
#pragma once

#include <cmath>
#include <limits>
#include <string>

#include <lanes/observable/magnetization.hpp>

namespace lanes {

namespace detail {

/// Primaries of all three: C(0) .. C(T/2) unsubtracted, m, |m|.
template <class Geometry>
struct CorrelatorPrimaries {
  static constexpr int time = Geometry::extent(0);
  static constexpr int slice = Geometry::volume / time;
  static constexpr int points = time / 2 + 1;
  static constexpr int count = points + 2;

  template <class Real>
  static void measure(const Real* phi, double* out) {
    double sum[std::size_t(time)] = {}, total = 0;
    for (int t = 0; t < time; ++t) {
      for (int x = 0; x < slice; ++x) sum[t] += static_cast<double>(phi[t * slice + x]);
      total += sum[t];
    }
    for (int t = 0; t < points; ++t) {
      double product = 0;
      for (int t0 = 0; t0 < time; ++t0) product += sum[t0] * sum[(t0 + t) % time];
      out[t] = product / Geometry::volume;
    }
    out[points] = total / Geometry::volume;
    out[points + 1] = std::abs(out[points]);
  }

  static double value(const double* means, Subtraction subtraction, int t) {
    return means[t] - slice * subtracted(subtraction, means[points], means[points + 1]);
  }

  /// NaN where there is no value.
  static double mass(const double* means, Subtraction subtraction, int t) {
    const double before = value(means, subtraction, t - 1),
                 after = value(means, subtraction, t + 1);
    const double here = value(means, subtraction, t);
    return here > 0 ? std::acosh((before + after) / (2 * here))
                    : std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace detail

struct TwoPointFunction {
  static constexpr const char* name = "C";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  Subtraction subtraction = Subtraction::mean;

  template <class Geometry>
  static constexpr int primaries() {
    return detail::CorrelatorPrimaries<Geometry>::count;
  }
  template <class Geometry>
  static constexpr int results() {
    return Geometry::extent(0) / 2 + 1;
  }
  template <class Geometry>
  std::string label(int t) const {
    return detail::label_of("C(" + std::to_string(t) + ")", subtraction);
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    detail::CorrelatorPrimaries<Geometry>::measure(phi, out);
  }

  template <class Geometry>
  void derived(const double* means, double* out) const {
    for (int t = 0; t < results<Geometry>(); ++t)
      out[t] = detail::CorrelatorPrimaries<Geometry>::value(means, subtraction, t);
  }
};
static_assert(Observable<TwoPointFunction, Lattice<4, 4>>);

struct EffectiveMass {
  static constexpr const char* name = "m";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  Subtraction subtraction = Subtraction::mean;

  template <class Geometry>
  static constexpr int primaries() {
    static_assert(Geometry::extent(0) >= 4,
                  "lanes: EffectiveMass needs at least 4 sites in direction 0 (t = 1 .. T/2 - 1).");
    return detail::CorrelatorPrimaries<Geometry>::count;
  }
  template <class Geometry>
  static constexpr int results() {
    return Geometry::extent(0) / 2 - 1;
  }
  template <class Geometry>
  std::string label(int result) const {
    return detail::label_of("m(" + std::to_string(result + 1) + ")", subtraction);
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    detail::CorrelatorPrimaries<Geometry>::measure(phi, out);
  }

  /// out[i] = m(i + 1)
  template <class Geometry>
  void derived(const double* means, double* out) const {
    for (int i = 0; i < results<Geometry>(); ++i)
      out[i] = detail::CorrelatorPrimaries<Geometry>::mass(means, subtraction, i + 1);
  }
};
static_assert(Observable<EffectiveMass, Lattice<4, 4>>);

struct PoleMass {
  static constexpr const char* name = "pole mass";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;
  Subtraction subtraction = Subtraction::mean;
  int first = 1;  // the plateau, both ends included, cut to 1 .. T/2 - 1
  int last = std::numeric_limits<int>::max();

  template <class Geometry>
  static constexpr int primaries() {
    static_assert(Geometry::extent(0) >= 4,
                  "lanes: PoleMass needs at least 4 sites in direction 0 (t = 1 .. T/2 - 1).");
    return detail::CorrelatorPrimaries<Geometry>::count;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  template <class Geometry>
  std::string label(int) const {
    std::string what = name;
    if (first > 1) what += ", t >= " + std::to_string(first);
    if (last < Geometry::extent(0) / 2 - 1) what += ", t <= " + std::to_string(last);
    return detail::label_of(what, subtraction);
  }

  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    detail::CorrelatorPrimaries<Geometry>::measure(phi, out);
  }

  template <class Geometry>
  void derived(const double* means, double* out) const {
    using Correlator = detail::CorrelatorPrimaries<Geometry>;
    double sum = 0, weights = 0;
    for (int t = 1; t < Geometry::extent(0) / 2; ++t) {
      const double mass = Correlator::mass(means, subtraction, t);
      if (t < first || t > last || !std::isfinite(mass)) continue;
      const double c = Correlator::value(means, subtraction, t);
      sum += c * c * mass;
      weights += c * c;
    }
    out[0] = sum / weights;  // 0 / 0 is NaN: no plateau
  }
};
static_assert(Observable<PoleMass, Lattice<4, 4>>);

}  // namespace lanes
