// SPDX-License-Identifier: BSD-3-Clause
//
// Integrators of Hamilton's equations dx/dt = p, dp/dt = -dS/dx for HybridMonteCarlo, from the two
// exact maps
//
//   drift(a): x += a p,    kick(a): p -= a dS/dx
//
//   Leapfrog   K(e/2) D(e) K(e/2)                                 1 force a step
//   Omelyan    K(l e) D(e/2) K((1 - 2l) e) D(e/2) K(l e)          2 forces a step, l = 0.1931833275
//
// in units of the step e; neighbouring kicks of two steps are one, so n steps take n (2n) + 1
// forces. Both are symplectic, reversible and of second order, |dH| ~ e^2 after a fixed time;
// Omelyan's error constant is about ten times smaller, so that it wins at equal cost.
//
// A user's integrator has integrate(steps, step_size, drift, kick), a palindrome of drifts and
// kicks.
// post: integrate, p -> -p, integrate, p -> -p is the identity, to rounding.
// Source: Duane et al. 1987; Omelyan, Mryglod, Folk 2003; Takaishi, de Forcrand hep-lat/0505020.
#pragma once

#include <lanes/core/finite_math.hpp>

namespace lanes {

namespace detail {

struct NoMove {
  void operator()(double) const {}
};

}  // namespace detail

template <class I>
concept Integrator = requires(detail::NoMove move) {
  I::integrate(1, 0.1, move, move);
};

struct Leapfrog {
  template <class Drift, class Kick>
  static void integrate(int steps, double step_size, const Drift& drift, const Kick& kick) {
    kick(0.5 * step_size);
    for (int i = 1; i <= steps; ++i) {
      drift(step_size);
      kick(i < steps ? step_size : 0.5 * step_size);
    }
  }
};

struct Omelyan {
  /// l, where the error is least.
  static constexpr double lambda = 0.1931833275037836;

  template <class Drift, class Kick>
  static void integrate(int steps, double step_size, const Drift& drift, const Kick& kick) {
    kick(lambda * step_size);
    for (int i = 1; i <= steps; ++i) {
      drift(0.5 * step_size);
      kick((1 - 2 * lambda) * step_size);
      drift(0.5 * step_size);
      kick(i < steps ? 2 * lambda * step_size : lambda * step_size);
    }
  }
};
static_assert(Integrator<Leapfrog> && Integrator<Omelyan>);

}  // namespace lanes
