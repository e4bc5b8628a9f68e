// SPDX-License-Identifier: BSD-3-Clause
//
// Local updates of IsingModel (theory/ising_model.hpp), for HeatBathSweep: any dimension, either
// sign of beta, with a field.
//
//   q(s) = 1 / (1 + exp(-s z)),   z = 2 (beta sum of the 2 D neighbours + h)
//
// A heat bath draws every spin so; overrelaxation flips the spins with z = 0, which keeps the
// action. Spins of one parity of x are no neighbours: they are updated together.
#pragma once

#include <cstdint>

#include <lanes/autoregressive/spin_probability.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/theory/ising_model.hpp>

namespace lanes {

namespace detail {

/// z of the i-th spin of a parity.
template <class Geometry, class Real>
struct SpinOfParity {
  static constexpr int spins = Geometry::volume / 2;
  Rows<Real> x;
  Real coupling, field;
  int parity;
  LANES_HD static constexpr int site(int parity, int i) {
    return Checkerboard::Masks<Geometry>::active(parity, i);
  }
  template <class Lane>
  LANES_HD LANES_INLINE auto logit(int site, Lane lane) const {
    using T = Pack<Real, Lane::width>;
    return T(2) * fma(T(coupling), neighbour_sum<Geometry>(x, lane, site), T(field));
  }
};

/// Two spins of a parity; a pair of deviates makes both.
template <class Geometry, class Real>
struct HeatSpins {
  SpinOfParity<Geometry, Real> of;
  RandomStream stream;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    const auto u =
        lane.template positive_pair<Real>(stream, std::uint32_t(of.parity * of.spins + i));
    draw(2 * i, u.first, lane);
    if (2 * i + 1 < of.spins) draw(2 * i + 1, u.second, lane);
  }
  template <class T, class Lane>
  LANES_HD LANES_INLINE void draw(int i, T u, Lane lane) const {
    const int site = of.site(of.parity, i);
    lane.store(of.x, site, draw_spin(of.logit(site, lane), u));
  }
};

template <class Geometry, class Real>
struct FlipFreeSpins {
  SpinOfParity<Geometry, Real> of;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    using T = Pack<Real, Lane::width>;
    const int site = of.site(of.parity, i);
    const T s = lane.load(of.x, site);
    lane.store(of.x, site, select(T(0) < abs(of.logit(site, lane)), s, -s));
  }
};

}  // namespace detail

template <class Geometry>
struct LocalUpdates<IsingModel<Geometry>> {
  template <class Context>
  static void heat_bath(Context& context, const IsingModel<Geometry>& theory,
                        const RandomStream& stream, Rows<typename Context::Real> x) {
    for_spins(theory, x, [&](const auto& spins) {
      context.for_each((spins.spins + 1) / 2, Heat<typename Context::Real>{spins, stream});
    });
  }
  template <class Context>
  static void overrelaxation(Context& context, const IsingModel<Geometry>& theory,
                             Rows<typename Context::Real> x) {
    for_spins(theory, x, [&](const auto& spins) {
      context.for_each(spins.spins, Flip<typename Context::Real>{spins});
    });
  }

 private:
  template <class Real>
  using Heat = detail::HeatSpins<Geometry, Real>;
  template <class Real>
  using Flip = detail::FlipFreeSpins<Geometry, Real>;
  /// update(spins) for both sets of spins that are no neighbours.
  template <class Real, class Update>
  static void for_spins(const IsingModel<Geometry>& theory, Rows<Real> x, const Update& update) {
    for (int parity = 0; parity < 2; ++parity)
      update(detail::SpinOfParity<Geometry, Real>{x, Real(theory.coupling()),
                                                  Real(theory.external_field()), parity});
  }
};

}  // namespace lanes
