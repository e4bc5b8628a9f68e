// SPDX-License-Identifier: BSD-3-Clause
//
// Optimizers: how a gradient moves the parameters, one number at a time. A user's own needs
//
//   moments                  what it remembers of each parameter: names, in a std::array
//   learning_rate, check()   and, if it has more numbers, settings() [names and values]
//   template <class Real> auto rule(long step, double factor) const
//       a functor: new parameter = rule(gradient, parameter, moments)
//
// A rule is called for every parameter as  Real operator()(Real, Real, Real (&)[n]) const,  marked
// LANES_HD, and changes the moments in place.
//
//   Adam      m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,
//             theta -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
//             (Kingma and Ba 1412.6980)
//   Momentum  v = momentum v + g,  theta -= rate v;  plain gradient descent at momentum 0
//
// rate = learning_rate times the schedule's factor; t counts from 1.
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/core/macros.hpp>

namespace lanes {

template <class O>
concept Optimizer = requires(O& optimizer, double (&moments)[O::moments.size()]) {
  double{optimizer.learning_rate};
  optimizer.check();
  double{optimizer.template rule<double>(0L, 1.0)(0.0, 0.0, moments)};
};

/// With numbers besides the learning rate, which a resumed run compares.
template <class O>
concept OptimizerWithSettings = Optimizer<O> && requires(const O& optimizer) {
  optimizer.settings();
};

struct Adam {
  double learning_rate = 3e-3;  // > 0 and finite; times the schedule's factor
  double beta1 = 0.9;           // [0, 1); decay of the mean of the gradient
  double beta2 = 0.999;         // [0, 1); decay of the mean of its square
  double epsilon = 1e-8;        // > 0; added to the root of that mean

  static constexpr std::array<const char*, 2> moments = {"adam.first_moment", "adam.second_moment"};

  /// What a checkpoint compares, besides the learning rates.
  std::array<std::pair<const char*, double>, 3> settings() const {
    return {{{"beta1", beta1}, {"beta2", beta2}, {"epsilon", epsilon}}};
  }

  void check() const {
    require(learning_rate > 0 && std::isfinite(learning_rate), "Adam: learning_rate", learning_rate,
            "> 0 and finite");
    require(beta1 >= 0 && beta1 < 1, "Adam: beta1", beta1, "[0, 1)");
    require(beta2 >= 0 && beta2 < 1, "Adam: beta2", beta2, "[0, 1)");
    require(epsilon > 0, "Adam: epsilon", epsilon, "> 0");
  }

  /// One parameter at a step.
  template <class Real>
  struct Rule {
    Real b1, b2, rate, correction, tiny;  // 1 / (1 - b2^t); epsilon
    LANES_HD Real operator()(Real g, Real parameter, Real (&m)[2]) const {
      m[0] = b1 * m[0] + (1 - b1) * g;
      m[1] = b2 * m[1] + (1 - b2) * g * g;
      return parameter - rate * m[0] / (std::sqrt(m[1] * correction) + tiny);
    }
  };
  template <class Real>
  Rule<Real> rule(long step, double factor) const {
    const double t = static_cast<double>(step + 1);
    return {static_cast<Real>(beta1), static_cast<Real>(beta2),
            static_cast<Real>(factor * learning_rate / (1 - std::pow(beta1, t))),
            static_cast<Real>(1 / (1 - std::pow(beta2, t))), static_cast<Real>(epsilon)};
  }
};
static_assert(Optimizer<Adam>);

struct Momentum {
  double learning_rate = 1e-3;  // > 0 and finite; times the schedule's factor
  double momentum = 0.9;        // [0, 1), 0: gradient descent; how much of the velocity is kept

  static constexpr std::array<const char*, 1> moments = {"momentum.velocity"};

  std::array<std::pair<const char*, double>, 1> settings() const {
    return {{{"momentum", momentum}}};
  }

  void check() const {
    require(learning_rate > 0 && std::isfinite(learning_rate), "Momentum: learning_rate",
            learning_rate, "> 0 and finite");
    require(momentum >= 0 && momentum < 1, "Momentum: momentum", momentum, "[0, 1)");
  }

  /// One parameter at a step.
  template <class Real>
  struct Rule {
    Real rate, keep;
    LANES_HD Real operator()(Real g, Real parameter, Real (&velocity)[1]) const {
      velocity[0] = keep * velocity[0] + g;
      return parameter - rate * velocity[0];
    }
  };
  template <class Real>
  Rule<Real> rule(long, double factor) const {
    return {static_cast<Real>(factor * learning_rate), static_cast<Real>(momentum)};
  }
};
static_assert(Optimizer<Momentum>);

}  // namespace lanes
