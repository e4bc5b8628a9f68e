// SPDX-License-Identifier: BSD-3-Clause
//
// ExactU1: compact U(1) on a two-dimensional torus of V sites (theory/u1_gauge.hpp), exactly, by
// characters:
//
//   Z_Haar = sum_n I_n(beta)^V,   <cos P> = d ln Z / d beta / V
//   <Q^2> = sum_n w_n [V c_n - V (V - 1) b_n^2] / sum_n w_n,   w_n = I_n^V,
//   b_n = <p sin(n p)> / (2 pi),  c_n = <p^2 cos(n p)> / (2 pi)^2,
//     <f> = int f exp(beta cos p) dp / (2 pi I_n)
//
//   W(A) = sum_n I_n^{V-A} I_{n+1}^A / Z_Haar: a loop around A plaquettes,
//     or two Polyakov loops with A between
//
// (the theta-dependence of the partition function, expanded to second order.) All from the ratios
// r_n = I_n / I_{n-1} = beta / (2n + beta r_{n+1}) and d_n = 1 - r_n, so that neither a small nor a
// large beta or volume overflows or cancels. Measures: log_z_haar counts each link's angle with
// d theta / 2 pi; log_z with d theta, as the densities of the flows do. Relative accuracy about
// 1e-12; of <Q^2> absolute, 1e-12 V / beta, since it is a difference of numbers of that order (and
// exponentially small where beta is far above V). On the infinite lattice W(A) = exp(-sigma A),
// sigma = ln(I_0 / I_1).
// Errors: std::invalid_argument unless beta is from 0 to 1e8, V >= 4 and 0 <= A <= V.
#pragma once

#include <cmath>
#include <vector>

#include <lanes/core/error.hpp>

namespace lanes {

class ExactU1 {
 public:
  ExactU1(double beta, int volume) : beta_(beta), volume_(volume) {
    require(beta >= 0 && beta <= 1e8, "ExactU1: beta", beta, "from 0 to 1e8");
    require(volume >= 4, "ExactU1: volume", volume, ">= 4");
    bessel();
    moments();
  }

  double log_z_haar() const { return log_z_haar_; }
  double log_z() const { return log_z_haar_ + 2 * volume_ * std::log(2 * pi_); }
  double plaquette() const { return plaquette_; }
  /// <Q^2>, of the torus.
  double topological_charge_squared() const { return charge_squared_; }

  /// W of a loop around `area` plaquettes (WilsonLoop<R, T>: R T), or of Polyakov loops at a
  /// distance of d (PolyakovCorrelator: L0 d).
  double wilson_loop(int area) const {
    require(area >= 0 && area <= volume_, "ExactU1: area of a loop", area, "0 to the volume");
    const auto times = [](double power, double log) { return power == 0 ? 0 : power * log; };
    double sum = 0, norm = 0;
    for (std::size_t n = 0; n + 1 < log_.size(); ++n) {  // n and -n; n and -n - 1
      const double weight = (n == 0 ? 1 : 2) * std::exp(volume_ * log_[n]);
      norm += weight;
      sum += std::exp(times(volume_ - area, log_[n]) + times(area, log_[n + 1])) +
             std::exp(times(volume_ - area, log_[n + 1]) + times(area, log_[n]));
      if (weight < 1e-40 * norm) break;
    }
    return sum / norm;
  }
  /// CreutzRatio<R, T> on this torus.
  double creutz_ratio(int r, int t) const {
    require(r >= 1 && t >= 1, "ExactU1: a side of a Creutz ratio", r < t ? r : t, ">= 1");
    return -std::log(wilson_loop(r * t) / wilson_loop(r * (t - 1)) /
                     (wilson_loop((r - 1) * t) / wilson_loop((r - 1) * (t - 1))));
  }
  /// sigma = ln(I_0 / I_1), every Creutz ratio of the infinite lattice.
  double string_tension() const { return -log_[1]; }

 private:
  // ratio_[n] = r_n and log_[n] = ln(I_n / I_0), downwards; their sum gives I_0 exp(-beta).
  void bessel() {
    const int last = 40 + static_cast<int>(beta_ < 400 ? 2 * beta_ : 400 + 20 * std::sqrt(beta_));
    ratio_.assign(static_cast<std::size_t>(last) + 2, 0.0);
    log_.assign(ratio_.size(), 0.0);
    double less = 1;  // d_{n+1}
    for (int n = last; n > 0; --n) {
      const auto k = static_cast<std::size_t>(n);
      const double below = 2 * n + beta_ * ratio_[k + 1];
      less = (2 * n - beta_ * less) / below;
      ratio_[k] = less < 0.5 ? 1 - less : beta_ / below;
      log_[k] = less < 0.5 ? std::log1p(-less) : std::log(ratio_[k]);
    }
    double sum = 1, quarter = 0.25 * beta_ * beta_, term = quarter, series = quarter;
    for (std::size_t n = 1; n < log_.size(); ++n) {
      log_[n] += log_[n - 1];
      sum += 2 * std::exp(log_[n]);
    }
    for (int k = 2; k < 40; ++k) series += term *= quarter / (k * k);  // I_0 - 1 for small beta
    log_i0_ = beta_ < 4 ? std::log1p(series) : beta_ - std::log(sum);
    scaled_i0_ = beta_ < 4 ? std::exp(log_i0_ - beta_) : 1 / sum;
  }

  // w_n is negligible beyond the last n that is kept.
  void moments() {
    double norm = 0, plaquette = 0, charge = 0;
    for (int n = 0; n + 1 < static_cast<int>(ratio_.size()); ++n) {
      const auto k = static_cast<std::size_t>(n);
      const double weight = (n == 0 ? 1 : 2) * std::exp(volume_ * log_[k]);
      if (!(weight > 1e-25 * norm)) break;
      const double derivative = n == 0 ? ratio_[1] : 0.5 * (1 / ratio_[k] + ratio_[k + 1]);
      const double b = of_angle(n, [n](double p) { return p * std::sin(n * p); }) / (2 * pi_);
      const double c =
          of_angle(n, [n](double p) { return p * p * std::cos(n * p); }) / (4 * pi_ * pi_);
      norm += weight;
      plaquette += weight * derivative;
      charge += weight * (volume_ * c - volume_ * (volume_ - 1) * b * b);
    }
    log_z_haar_ = volume_ * log_i0_ + std::log(norm);
    plaquette_ = plaquette / norm;
    charge_squared_ = std::fmax(0, charge / norm);  // at least: it may be below rounding
  }

  // int_0^pi f(p) exp(beta cos p) dp / (pi I_n) for an even f: Gauss-Legendre of eight points on
  // panels that shrink with the width of the peak.
  template <class F>
  double of_angle(int n, const F& f) const {
    static constexpr double node[4] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                                       0.9602898564975363};
    static constexpr double weight[4] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                         0.1012285362903763};
    const double reach = beta_ > 8 ? std::fmin(pi_, 9 / std::sqrt(beta_)) : pi_;
    const int panels = 24 + static_cast<int>(n * reach);
    double sum = 0;
    for (int i = 0; i < panels; ++i) {
      const double half = 0.5 * reach / panels, middle = (2 * i + 1) * half;
      for (int k = 0; k < 4; ++k)
        for (int sign : {-1, 1}) {
          const double p = middle + sign * node[k] * half;
          sum += weight[k] * half * f(p) *
                 std::exp(-2 * beta_ * std::sin(0.5 * p) * std::sin(0.5 * p));
        }
    }
    return sum / pi_ / (std::exp(log_[static_cast<std::size_t>(n)]) * scaled_i0_);
  }

  static constexpr double pi_ = 3.14159265358979323846;
  double beta_, volume_;
  std::vector<double> ratio_, log_;
  double log_i0_ = 0, scaled_i0_ = 1, log_z_haar_ = 0, plaquette_ = 0, charge_squared_ = 0;
};

}  // namespace lanes
