// SPDX-License-Identifier: BSD-3-Clause
//
// Schedules: the factor on the learning rate at a step, a function of the step alone (so that a
// resumed run continues it). step counts from 0, steps is the length of the training.
//
//   ConstantRate                1
//   CosineRate{.floor}          floor + (1 - floor)(1 + cos(pi step / steps)) / 2        1608.03983
//   StepRate{.every, .decay}    decay^(step / every)
//   WarmUp<Inner>{.over}        rises linearly to 1 over `over` steps, then times Inner
#pragma once

#include <cmath>

#include <lanes/core/error.hpp>
#include <lanes/fwd.hpp>

namespace lanes {

template <class S>
concept Schedule = requires(const S& schedule) {
  schedule.check();
  double{schedule.factor(0L, 1L)};
};

struct ConstantRate {
  void check() const {}
  double factor(long, long) const { return 1; }
};
static_assert(Schedule<ConstantRate>);

struct CosineRate {
  double floor = 0;  // [0, 1]; the factor in the end
  void check() const { require(floor >= 0 && floor <= 1, "CosineRate: floor", floor, "[0, 1]"); }
  double factor(long step, long steps) const {
    return floor +
           (1 - floor) * 0.5 * (1 + std::cos(3.141592653589793 * double(step) / double(steps)));
  }
};
static_assert(Schedule<CosineRate>);

struct StepRate {
  long every = 1000;   // > 0; steps between falls
  double decay = 0.5;  // (0, 1]; factor of each fall
  void check() const {
    require(every > 0, "StepRate: every", every, "> 0");
    require(decay > 0 && decay <= 1, "StepRate: decay", decay, "(0, 1]");
  }
  double factor(long step, long) const { return std::pow(decay, double(step / every)); }
};
static_assert(Schedule<StepRate>);

template <class Inner>
struct WarmUp {
  long over = 100;   // > 0; steps of the rise
  Inner inner = {};  // the schedule that follows
  void check() const {
    require(over > 0, "WarmUp: over", over, "> 0");
    inner.check();
  }
  double factor(long step, long steps) const {
    const double rise = step < over ? double(step + 1) / double(over) : 1;
    return rise * inner.factor(step, steps);
  }
};
static_assert(Schedule<WarmUp<ConstantRate>>);

}  // namespace lanes
