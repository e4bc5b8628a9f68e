// SPDX-License-Identifier: BSD-3-Clause
//
// Local updates of U1Gauge (theory/u1_gauge.hpp), for HeatBathSweep.
//
// The links around theta = theta_mu(x) make its conditional density a von Mises density around phi:
//
//   p(theta | rest) ~ exp(kappa cos(theta - phi)),
//     kappa e^{i phi} = beta sum of e^{i staple}, 2 (D - 1) staples
//
// A heat bath draws theta from it: rejection from a wrapped Cauchy density (BestFisher below),
// exact, two uniform deviates an attempt. Overrelaxation is the reflection theta -> 2 phi - theta.
// Links of one direction and one parity of x share no plaquette: they are updated together. Source:
// Best, Fisher 1979; Creutz 1987 (overrelaxation).
#pragma once

#include <cstdint>

#include <lanes/core/angle.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/theory/u1_gauge.hpp>

namespace lanes {

namespace detail {

/// Rejection from a wrapped Cauchy density; nothing cancels or overflows, from kappa = 0 on.
template <class T>
struct BestFisher {
  T rho, narrow, strength;  // narrow: (1 - rho) / (1 + rho)

  LANES_HD LANES_INLINE explicit BestFisher(T kappa) {
    const T s = sqrt(fma(kappa * T(4), kappa, T(1)));
    const T root = sqrt(T(1) + s), sum = (T(1) + s) * (root + T(1.4142135623730951));
    rho = kappa * root * T(2) / sum;
    narrow = (T(1) - rho) / (T(1) + rho);
    strength = sum / (root * T(4)) * square((T(1) - rho) * (T(1) + rho));
  }
  /// The angle in [-pi, pi] that u in [0, 1) proposes, and the probability to accept it.
  LANES_HD LANES_INLINE Pair<T> propose(T u) const {
    const T turn = fma(u, T(two_pi), T(-pi));
    const T c = strength / fma(rho, rho + cos(turn) * T(2), T(1));
    return {atan(narrow * tan(turn * T(0.5))) * T(2), c * exp(T(1) - c)};
  }
};

/// kappa / beta and phi of theta_mu(site), from its staples.
template <class Geometry, class Real, class Lane>
LANES_HD LANES_INLINE auto density_of(Rows<Real> x, Lane lane, int site, int mu) {
  using T = Pack<Real, Lane::width>;
  T re(0), im(0);
  for (int nu = 0; nu < Geometry::dimension; ++nu) {
    if (nu == mu) continue;
    const auto s = staples<Geometry>(site, mu, nu, LinkAngles<Real, Lane>{x, lane});
    re += cos(s.above) + cos(s.below);
    im += sin(s.above) + sin(s.below);
  }
  // Half the angle, from the ratio that does not cancel; the angle of nothing is 0.
  const T size = sqrt(re * re + im * im);
  const T half = select(re < T(0), (size - re) / im, im / max(size + re, T(1e-30)));
  return Pair<T>{size, atan(half) * T(2)};
}

/// The heat bath of the links of one direction on the sites of one parity.
template <class Geometry, class Real>
struct HeatLinks {
  Rows<Real> x;
  RandomStream stream;
  double beta;
  int mu, parity;
  static constexpr int attempts = 256;  // the last is reached with a probability below 1e-100

  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using T = Pack<Real, Lane::width>;
    const int site = Checkerboard::Masks<Geometry>::active(parity, i);
    const int row = link_row<Geometry>(site, mu);
    const auto around = density_of<Geometry>(x, lane, site, mu);
    const BestFisher<T> density(around.first * T(beta));
    T drawn = lane.load(x, row);
    auto open = T(0) < T(1);
    for (int k = 0; k < attempts && any(open); ++k) {
      const auto u = lane.template uniform_pair<Real>(stream, std::uint32_t(row * attempts + k));
      const auto offer = density.propose(u.first);
      const auto take = open && u.second < offer.second;
      drawn = select(take, wrap(around.second + offer.first), drawn);
      open = open && !take;
    }
    lane.store(x, row, drawn);
  }
};

/// theta -> 2 phi - theta.
template <class Geometry, class Real>
struct ReflectLinks {
  Rows<Real> x;
  int mu, parity;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using T = Pack<Real, Lane::width>;
    const int site = Checkerboard::Masks<Geometry>::active(parity, i);
    const int row = link_row<Geometry>(site, mu);
    const T phi = density_of<Geometry>(x, lane, site, mu).second;
    lane.store(x, row, wrap(phi + phi - lane.load(x, row)));
  }
};

}  // namespace detail

template <class Geometry>
struct LocalUpdates<U1Gauge<Geometry>> {
  template <class Context>
  static void heat_bath(Context& context, const U1Gauge<Geometry>& theory,
                        const RandomStream& stream, Rows<typename Context::Real> x) {
    using Kernel = detail::HeatLinks<Geometry, typename Context::Real>;
    for_links([&](int mu, int parity) {
      context.for_each(half, Kernel{x, stream, theory.beta(), mu, parity});
    });
  }
  template <class Context>
  static void overrelaxation(Context& context, const U1Gauge<Geometry>&,
                             Rows<typename Context::Real> x) {
    using Kernel = detail::ReflectLinks<Geometry, typename Context::Real>;
    for_links([&](int mu, int parity) { context.for_each(half, Kernel{x, mu, parity}); });
  }

 private:
  static constexpr int half = Checkerboard::Masks<Geometry>::active_size;
  /// update(mu, parity) for every set of links that share no plaquette.
  template <class Update>
  static void for_links(const Update& update) {
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      for (int parity = 0; parity < 2; ++parity) update(mu, parity);
  }
};

}  // namespace lanes
