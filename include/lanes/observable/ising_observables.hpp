// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of Ising spins, beside those of magnetization.hpp and correlator.hpp, which hold for
// spins as they are (<|m|>, susceptibility, Binder cumulant, two-point function):
//
//   IsingEnergy            e = -V^-1 <sum_<xy> s(x) s(y)>
//   SpecificHeat{beta, h}  V (<s^2> - <s>^2),  s = beta e - h m; h = 0 if not given
//   SquaredMagnetization   <m^2>,  m = V^-1 sum_x s(x), of any field with one number a site
//   SpinCorrelation        G(r) = (V D)^-1 sum_{x, mu} <s(x) s(x + r mu)>,  r = 0 .. min L_mu/2
//   entropy(l, S)          ln Z + <S>, of all sites, from log weights and actions of draws
//
// beta and h are those of the theory (theory/ising_model.hpp), both in units of the temperature.
// Shapes: s [sites]. Sums in double. The error of entropy is by the delta method. Errors: entropy
// refuses what free_energy refuses, and lists of different lengths; SpecificHeat numbers that are
// not finite.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include <lanes/core/error.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/statistics/weights.hpp>

namespace lanes {

namespace detail {

/// -sum over bonds of s s', per site.
template <class Geometry, class Real>
double bond_energy(const Real* s) {
  double sum = 0;
  for (int x = 0; x < Geometry::volume; ++x)
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      sum -= static_cast<double>(s[x]) * static_cast<double>(s[Geometry::forward(x, mu)]);
  return sum / Geometry::volume;
}

}  // namespace detail

struct IsingEnergy {
  static constexpr const char* name = "energy";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::ising_spins<Field>;

  template <class Geometry, class Real>
  void measure(const Real* s, double* out) const {
    out[0] = detail::bond_energy<Geometry>(s);
  }
};
static_assert(Observable<IsingEnergy, Lattice<4, 4>>);

struct SpecificHeat {
  static constexpr const char* name = "specific heat";
  double beta, external_field;  // of the theory
  explicit SpecificHeat(double inverse_temperature, double field = 0)
      : beta(inverse_temperature), external_field(field) {
    require(std::isfinite(beta), "SpecificHeat: beta", beta, "finite");
    require(std::isfinite(field), "SpecificHeat: external field", field, "finite");
  }

  template <class Field, class Geometry>
  static constexpr bool measures = detail::ising_spins<Field>;
  template <class Geometry>
  static constexpr int primaries() {
    return 2;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  template <class Geometry>
  std::string label(int) const {
    std::string what = name + std::string(", beta = ") + detail::to_text(beta);
    if (external_field != 0) what += ", h = " + detail::to_text(external_field);
    return what;
  }
  template <class Geometry, class Real>
  void measure(const Real* s, double* out) const {
    out[0] = beta * detail::bond_energy<Geometry>(s);
    if (external_field != 0) out[0] -= external_field * detail::mean_field<Geometry>(s);
    out[1] = out[0] * out[0];
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    out[0] = Geometry::volume * (means[1] - means[0] * means[0]);
  }
};
static_assert(Observable<SpecificHeat, Lattice<4, 4>>);

struct SquaredMagnetization {
  static constexpr const char* name = "squared magnetization";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::number_a_site<Field, Geometry>;

  template <class Geometry, class Real>
  void measure(const Real* s, double* out) const {
    const double m = detail::mean_field<Geometry>(s);
    out[0] = m * m;
  }
};
static_assert(Observable<SquaredMagnetization, Lattice<4, 4>>);

struct SpinCorrelation {
  static constexpr const char* name = "spin correlation";
  template <class Field, class Geometry>
  static constexpr bool measures = detail::ising_spins<Field>;

  template <class Geometry>
  static constexpr int primaries() {
    return *std::min_element(Geometry::extents.begin(), Geometry::extents.end()) / 2 + 1;
  }
  template <class Geometry>
  std::string label(int r) const {
    return "G(" + std::to_string(r) + ")";
  }
  template <class Geometry, class Real>
  void measure(const Real* s, double* out) const {
    constexpr int points = primaries<Geometry>();
    for (int x = 0; x < Geometry::volume; ++x)
      for (int mu = 0; mu < Geometry::dimension; ++mu) {
        int y = x;
        for (int r = 0; r < points; ++r, y = Geometry::forward(y, mu))
          out[r] += static_cast<double>(s[x]) * static_cast<double>(s[y]);
      }
    for (int r = 0; r < points; ++r) out[r] /= double(Geometry::volume) * Geometry::dimension;
  }
};
static_assert(Observable<SpinCorrelation, Lattice<4, 4>>);

/// ln Z + <S>_p from independent draws of q: their log weights -S - ln q, and S.
inline Estimate entropy(std::span<const double> log_weights, std::span<const double> actions) {
  require(actions.size() == log_weights.size(), "entropy: number of actions", actions.size(),
          "the number of log weights");
  const double f = free_energy(log_weights).value, n = static_cast<double>(log_weights.size());
  double mean = 0;
  const auto share = [&](std::size_t i) { return std::exp(log_weights[i] + f); };  // mean 1
  for (std::size_t i = 0; i < actions.size(); ++i)
    if (share(i) > 0) mean += share(i) * actions[i] / n;
  double sum = 0;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const double d = share(i) > 0 ? share(i) - 1 + share(i) * (actions[i] - mean) : -1;
    sum += d * d;
  }
  return detail::independent(mean - f, std::sqrt(sum / (n * (n - 1))), actions.size());
}

}  // namespace lanes
