// SPDX-License-Identifier: BSD-3-Clause
//
// Proposers with known densities, for the tests of lanes/sampling.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <lanes/core/random.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/local_theory.hpp>

namespace mock {

/// Independent Gaussians of one width at every site, and the action of a theory on them.
template <class GeometryPolicy, class RealType = double>
struct Gaussian {
  using Field = lanes::Scalar;
  using Geometry = GeometryPolicy;
  using Real = RealType;
  double width = 1;
  lanes::Seed key{1};
  std::vector<std::size_t> blocks{};  // counts asked for

  lanes::Seed seed() const { return key; }

  template <class Theory>
  void propose(const Theory& theory, std::uint64_t first, std::size_t count, Real* x, double* log_q,
               double* action) {
    constexpr std::size_t volume = static_cast<std::size_t>(Geometry::volume);
    blocks.push_back(count);
    const lanes::RandomStream stream(key, lanes::Purpose::proposal);
    for (std::size_t i = 0; i < count; ++i) {
      Real* phi = x + i * volume;
      for (std::size_t s = 0; s < volume; s += 2) {
        const auto pair =
            lanes::normal_pair<double>(stream.words(first + i, static_cast<std::uint32_t>(s / 2)));
        phi[s] = static_cast<Real>(width * pair.first);
        if (s + 1 < volume) phi[s + 1] = static_cast<Real>(width * pair.second);
      }
      log_q[i] = log_density(phi);
      action[i] = action_of(theory, phi);
    }
  }

  double log_density(const Real* phi) const {
    double sum = 0;
    for (int s = 0; s < Geometry::volume; ++s)
      sum -= 0.5 * (phi[s] / width) * (phi[s] / width) + std::log(width) + 0.9189385332046727;
    return sum;
  }

  /// S of one configuration, a plain loop.
  template <class Theory>
  static double action_of(const Theory& theory, const Real* phi) {
    using T = lanes::Pack<double, 1>;
    std::vector<double> copy(phi, phi + Geometry::volume);
    double sum = 0;
    for (int s = 0; s < Geometry::volume; ++s)
      sum +=
          theory
              .template density<T>(lanes::SiteValues<T, Field, Geometry, lanes::ScalarLane, double>{
                  {}, {copy.data(), 0}, s})
              .value;
    return sum;
  }
};

/// The theory of States: named, never asked.
struct Discrete {
  using Field = lanes::Scalar;
  using Geometry = lanes::Lattice<2>;
};

/// States 0 .. n-1 with probabilities q under the model and exp(-S) under the target: everything
/// about the chain is a small matrix. Row 0 is the state, row 1 the number of the proposal (it
/// tells triples apart).
struct States {
  using Field = lanes::Scalar;
  using Geometry = lanes::Lattice<2>;
  using Real = double;
  std::vector<double> q, target;  // target 0: S = +infinity
  lanes::Seed key{1};
  // A proposal that goes wrong.
  std::uint64_t broken = std::numeric_limits<std::uint64_t>::max();
  double broken_log_q = 0, broken_action = 0;
  std::uint64_t forbidden_before = 0;  // proposals with S = +infinity whatever their state

  lanes::Seed seed() const { return key; }

  template <class Theory>
  void propose(const Theory&, std::uint64_t first, std::size_t count, double* x, double* log_q,
               double* action) const {
    const lanes::RandomStream stream(key, lanes::Purpose::proposal);
    for (std::size_t i = 0; i < count; ++i) {
      double u = lanes::uniform_pair<double>(stream.words(first + i, 0)).first;
      std::size_t state = 0;
      while (state + 1 < q.size() && u >= q[state]) u -= q[state++];
      x[2 * i] = static_cast<double>(state);
      x[2 * i + 1] = static_cast<double>(first + i);
      log_q[i] = std::log(q[state]);
      action[i] = -std::log(target[state]);
      if (first + i < forbidden_before) action[i] = std::numeric_limits<double>::infinity();
      if (first + i == broken) {
        log_q[i] = broken_log_q;
        action[i] = broken_action;
      }
    }
  }

  double weight(std::size_t i) const { return target[i] / q[i]; }
  double partition() const {
    double z = 0;
    for (double p : target) z += p;
    return z;
  }
  double acceptance() const {
    double sum = 0;
    for (std::size_t i = 0; i < q.size(); ++i)
      for (std::size_t j = 0; j < q.size() && target[i] > 0; ++j)
        sum += target[i] / partition() * q[j] * std::fmin(1.0, weight(j) / weight(i));
    return sum;
  }
  double mean() const {
    double sum = 0;
    for (std::size_t i = 0; i < q.size(); ++i)
      sum += static_cast<double>(i) * target[i] / partition();
    return sum;
  }
  /// tau_int of the state: powers of the transition matrix on the centred state.
  double tau_int() const {
    const std::size_t n = q.size();
    std::vector<double> v(n), next(n);
    double variance = 0, tau = 0.5;
    for (std::size_t i = 0; i < n; ++i) {
      v[i] = static_cast<double>(i) - mean();
      variance += target[i] / partition() * v[i] * v[i];
    }
    for (int t = 1; t < 2000; ++t) {
      double covariance = 0;
      for (std::size_t i = 0; i < n; ++i) {
        next[i] = v[i];
        for (std::size_t j = 0; j < n && target[i] > 0; ++j)
          next[i] += q[j] * std::fmin(1.0, weight(j) / weight(i)) * (v[j] - v[i]);
        covariance += target[i] / partition() * (static_cast<double>(i) - mean()) * next[i];
      }
      v = next;
      tau += covariance / variance;
    }
    return tau;
  }
};

}  // namespace mock
