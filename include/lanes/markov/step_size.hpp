// SPDX-License-Identifier: BSD-3-Clause
//
// StepSizeTuner: a step size for a wanted acceptance of HybridMonteCarlo, from short runs.
//
// With a second-order integrator dH is nearly Gaussian with <dH> = var / 2 ~ step_size^4, and so
//
//   acceptance = erfc(c step_size^2),   c = erfc^-1(acceptance) / step_size^2.
//
// Each round measures mean min(1, exp(-dH)) and moves to the step size that this law gives for the
// wanted acceptance; from the seventh such round on by 1/2, 1/3, .. of the way. Far from it the law
// says no more than the direction (all accepted, or all rejected): the step size then moves by a
// factor 4, 16, 256, .. until it has passed the wanted one, and halves its reach from there on,
// down to 4. settled() counts the rounds in which the law was used.
// Errors: std::invalid_argument unless 0 < acceptance < 1.
// Source: Gupta, Irback, Karsch, Petersson 1990.
#pragma once

#include <cmath>
#include <span>

#include <lanes/core/error.hpp>

namespace lanes {

namespace detail {

/// y with erfc(y) = a, 0 < a < 1, by bisection to rounding.
inline double inverse_erfc(double a) {
  double low = 0, high = 6;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (std::erfc(middle) > a ? low : high) = middle;
  }
  return low;
}

}  // namespace detail

class StepSizeTuner {
 public:
  StepSizeTuner(double acceptance, double step_size) : wanted_(acceptance), step_size_(step_size) {
    require(acceptance > 0 && acceptance < 1, "StepSizeTuner: acceptance", acceptance,
            "above 0 and below 1");
  }

  /// Mean acceptance probability of trajectories; none for a dH that is NaN.
  static double acceptance(std::span<const double> delta_h) {
    double sum = 0;
    for (double dh : delta_h) sum += dh <= 0 ? 1 : dh > 0 ? std::exp(-dh) : 0;
    return sum / static_cast<double>(delta_h.size());
  }

  /// The step size of the next round, from the dH of this one.
  double next(std::span<const double> delta_h) {
    const double seen = std::fmin(std::fmax(acceptance(delta_h), 1e-6), 1 - 1e-6);
    const double ratio = detail::inverse_erfc(wanted_) / detail::inverse_erfc(seen);
    const double move = std::fmin(std::fmax(0.5 * std::log(ratio), -least_reach), least_reach);
    const bool far = std::abs(move) == least_reach || seen <= 0.02 * wanted_;
    if (!far || (passed_ && reach_ == least_reach)) {
      ++settled_;
      return step_size_ *= std::exp(move / (settled_ <= 6 ? 1 : settled_ - 5));
    }
    const double direction = move > 0 ? 1 : -1;
    passed_ = passed_ || direction * direction_ < 0;
    if (passed_)
      reach_ = std::fmax(0.5 * reach_, least_reach);
    else if (direction_ != 0)
      reach_ *= 2;
    direction_ = direction;
    return step_size_ *= std::exp(direction * reach_);
  }

  /// Rounds in which the acceptance said how far to go.
  int settled() const { return settled_; }

 private:
  static constexpr double least_reach = 1.3862943611198906;  // ln 4

  double wanted_, step_size_;
  double reach_ = least_reach, direction_ = 0;  // of the last move by reach
  bool passed_ = false;                         // the wanted one lies between two step sizes seen
  int settled_ = 0;
};

}  // namespace lanes
