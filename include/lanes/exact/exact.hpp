// SPDX-License-Identifier: BSD-3-Clause
//
// ExactFreeField: the free real scalar field on a periodic lattice, every number without sampling.
//
//   S = sum_x [ -sum_mu phi(x) phi(x + mu) + (D + m2/2) phi(x)^2 ]       (textbook spelling, g = 0)
//   <|phi(k)|^2> = 1 / (khat^2 + m2),  khat^2 = sum_mu 4 sin^2(k_mu / 2),  k_mu = 2 pi n_mu / L_mu
//
//   free_energy         F = -ln Z = -(V/2) ln 2 pi + 1/2 sum_k ln(khat^2 + m2)
//   phi_squared         <phi^2> = V^-1 sum_k 1 / (khat^2 + m2)
//   action_density      <S> / V = 1/2
//   two_point(t)        C(t) of correlator.hpp = T^-1 sum_{k_0} cos(k_0 t) / (khat_0^2 + m2)
//   pole_mass           2 arsinh(m / 2), which EffectiveMass shows at every t
//   susceptibility      1 / m2
//   correlation_length  second moment: 1 / m, in any volume
//
// Lattice units. Errors: std::invalid_argument unless m2 is finite and above zero (the zero mode).
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <lanes/core/error.hpp>

namespace lanes {

template <class Geometry>
class ExactFreeField {
 public:
  explicit ExactFreeField(double m2) : m2_(m2) {
    require(m2 > 0 && std::isfinite(m2), "ExactFreeField: m2", m2, "finite and > 0");
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      for (int n = 0; n < Geometry::extent(mu); ++n) {
        const double s = 2 * std::sin(std::numbers::pi * n / Geometry::extent(mu));
        hat2_[static_cast<std::size_t>(mu)][static_cast<std::size_t>(n)] = s * s;
      }
  }

  double free_energy() const {
    double sum = 0;
    for (int k = 0; k < Geometry::volume; ++k) sum += std::log(inverse_propagator(k));
    return 0.5 * (sum - Geometry::volume * std::log(2 * std::numbers::pi));
  }

  double phi_squared() const {
    double sum = 0;
    for (int k = 0; k < Geometry::volume; ++k) sum += 1 / inverse_propagator(k);
    return sum / Geometry::volume;
  }

  double action_density() const { return 0.5; }

  double two_point(int t) const {
    const int time = Geometry::extent(0);
    const int wrapped = (t % time + time) % time;
    double sum = 0;
    for (int n = 0; n < time; ++n)
      sum += std::cos(2 * std::numbers::pi * n * wrapped / time) /
             (hat2_[0][static_cast<std::size_t>(n)] + m2_);
    return sum / time;
  }

  double pole_mass() const { return 2 * std::asinh(0.5 * std::sqrt(m2_)); }
  double susceptibility() const { return 1 / m2_; }
  double correlation_length() const { return 1 / std::sqrt(m2_); }

  /// khat^2 + m2 of the momentum whose n_mu are the coordinates of site k.
  double inverse_propagator(int k) const {
    double sum = m2_;
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      sum += hat2_[static_cast<std::size_t>(mu)]
                  [static_cast<std::size_t>(Geometry::coordinate(k, mu))];
    return sum;
  }

 private:
  static constexpr std::size_t longest() {
    int result = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      result = Geometry::extent(mu) > result ? Geometry::extent(mu) : result;
    return static_cast<std::size_t>(result);
  }

  double m2_;
  std::array<std::array<double, longest()>, Geometry::dimension> hat2_{};  // [direction][n]
};

}  // namespace lanes
