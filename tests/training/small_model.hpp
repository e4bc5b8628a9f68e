// SPDX-License-Identifier: BSD-3-Clause
//
// The small model that the tests of training share: a phi^4 flow on a 4 x 4 lattice that compiles
// and trains fast.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <vector>

#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/theory/local_theory.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/training/train.hpp>

namespace small {

using Geometry = lanes::Lattice<4, 4>;
using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::LeakyRelu>;
using Flow = lanes::Repeat<2, lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>>;
using Theory = lanes::Phi4<Geometry>;
template <class Precision>
using Sampler = lanes::Sampler<lanes::Scalar, Geometry, Flow, Precision>;

inline Theory theory() { return Theory::from_mass_coupling(-4.0, 6.975); }

/// S = sum a phi^2 / 2. A flow at its start is the identity, so q = r, with F_q and the ESS below.
struct Mass : lanes::LocalTheory<Mass, lanes::Scalar, Geometry> {
  static constexpr int sites = Geometry::volume;
  double a;
  explicit Mass(double value) : a(value) {}
  template <class T, class Site>
  T density(const Site& phi) const {
    return T(0.5 * a) * phi.here() * phi.here();
  }
  double variational_free_energy() const {
    return sites * 0.5 * (a - 1 - std::log(2 * std::numbers::pi));
  }
  double ess() const { return std::pow(std::sqrt(2 * a - 1) / a, sites); }
};

/// Configurations [64][16] for ForwardKL: any will do.
inline const std::vector<double>& fields() {
  static const std::vector<double> values = [] {
    std::vector<double> v(64 * Geometry::volume);
    for (std::size_t i = 0; i < v.size(); ++i)
      v[i] = std::sin(1.3 * double(i)) + (i / 512 ? 0.5 : -0.5);
    return v;
  }();
  return values;
}
using Data = lanes::ForwardKL<double>;
template <class Estimator>
Estimator make_estimator() {
  if constexpr (std::is_same_v<Estimator, Data>)
    return Data(fields(), Geometry::volume);
  else
    return {};
}

template <class Estimator, class Precision, class Optimizer = lanes::Adam,
          class Schedule = lanes::ConstantRate>
using Trainer = lanes::Trainer<Estimator, Sampler<Precision>, Theory, Optimizer, Schedule>;

template <class Sampler>
auto parameters(Sampler& sampler) {
  const auto p = sampler.parameters();
  return std::vector(p.begin(), p.end());
}

/// The same numbers, NaN where the other has it.
inline bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}
inline bool same(const lanes::History& a, const lanes::History& b) {
  lanes::History x = a, y = b;
  const auto u = x.columns(), v = y.columns();
  for (std::size_t i = 0; i < u.size(); ++i)
    if (!same(*u[i].second, *v[i].second)) return false;
  return true;
}

}  // namespace small
