// SPDX-License-Identifier: BSD-3-Clause
//
// Optimizers: how a gradient moves the parameters. A user's own needs
//
//   struct State                                       what it remembers; vectors of Real that a checkpoint keeps
//     void resize(std::size_t n); auto vectors()       [named vectors]
//   learning_rate, check()                             and, if it has more numbers, settings() [names and values]
//   template <class Real> void update(State<Real>&, long step, double factor, span gradient, span parameters) const
//
//   Adam      m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,
//             theta -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)         Kingma and Ba 1412.6980
//   Momentum  v = momentum v + g,  theta -= rate v;  plain gradient descent at momentum 0
//
// rate = learning_rate times the schedule's factor; t counts from 1.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>

namespace lanes {

struct Adam {
  double learning_rate = 3e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

  template <class Real>
  struct State {
    std::vector<Real> first, second;
    void resize(std::size_t n) { first.assign(n, 0), second.assign(n, 0); }
    std::array<std::pair<const char*, std::vector<Real>*>, 2> vectors() {
      return {{{"adam.first_moment", &first}, {"adam.second_moment", &second}}};
    }
  };

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

  template <class Real>
  void update(State<Real>& state, long step, double factor, std::span<const Real> gradient,
              std::span<Real> parameters) const {
    const double t = static_cast<double>(step + 1);
    const Real b1 = static_cast<Real>(beta1), b2 = static_cast<Real>(beta2);
    const Real rate = static_cast<Real>(factor * learning_rate / (1 - std::pow(beta1, t)));
    const Real correction = static_cast<Real>(1 / (1 - std::pow(beta2, t)));
    const Real tiny = static_cast<Real>(epsilon);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Real g = gradient[i];
      const Real m = state.first[i] = b1 * state.first[i] + (1 - b1) * g;
      const Real v = state.second[i] = b2 * state.second[i] + (1 - b2) * g * g;
      parameters[i] -= rate * m / (std::sqrt(v * correction) + tiny);
    }
  }
};

struct Momentum {
  double learning_rate = 1e-3, momentum = 0.9;

  template <class Real>
  struct State {
    std::vector<Real> velocity;
    void resize(std::size_t n) { velocity.assign(n, 0); }
    std::array<std::pair<const char*, std::vector<Real>*>, 1> vectors() {
      return {{{"momentum.velocity", &velocity}}};
    }
  };

  std::array<std::pair<const char*, double>, 1> settings() const {
    return {{{"momentum", momentum}}};
  }

  void check() const {
    require(learning_rate > 0 && std::isfinite(learning_rate), "Momentum: learning_rate",
            learning_rate, "> 0 and finite");
    require(momentum >= 0 && momentum < 1, "Momentum: momentum", momentum, "[0, 1)");
  }

  template <class Real>
  void update(State<Real>& state, long, double factor, std::span<const Real> gradient,
              std::span<Real> parameters) const {
    const Real rate = static_cast<Real>(factor * learning_rate), keep = static_cast<Real>(momentum);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      state.velocity[i] = keep * state.velocity[i] + gradient[i];
      parameters[i] -= rate * state.velocity[i];
    }
  }
};

}  // namespace lanes
