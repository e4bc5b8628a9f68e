// SPDX-License-Identifier: BSD-3-Clause
//
// U1HeatBath: exact local Markov chains of U1Gauge (theory/u1_gauge.hpp), the usual baseline beside HMC.
//
// The links around theta = theta_mu(x) make its conditional density a von Mises density around phi:
//
//   p(theta | rest) ~ exp(kappa cos(theta - phi)),   kappa e^{i phi} = beta sum of e^{i staple}, 2 (D - 1) staples
//
// A sweep is one heat bath update of every link, then `overrelaxation` reflections theta -> 2 phi - theta of every
// link, which keep the action. Links of one direction and one parity of x share no plaquette: they are updated together.
//
// The draw is rejection from a wrapped Cauchy density (BestFisher below): exact, two uniform deviates an attempt.
// Chains are lanes, as in hmc.hpp. Deviates of chain k are functions of (seed, k, sweep, link, attempt): the same bits
// for any number of threads or chains beside it, and for a run that is cut and resumed. Links in Precision, the action
// in double. The ensemble decides nothing: acceptance() is NaN.
//
// Errors: std::invalid_argument for options out of range; odd extents do not compile (geometry/partition.hpp).
// Source: Best, Fisher 1979; Creutz 1987 (overrelaxation).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/angle.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/sampling/ensemble.hpp>
#include <lanes/theory/theory.hpp>
#include <lanes/theory/u1_gauge.hpp>

namespace lanes {

struct HeatBathOptions {
  int overrelaxation = 1;    // reflections of every link after each heat bath update of every link
  bool hot = false;          // start from the Haar measure; else from theta = 0
  int chains = 32;           // any number; a multiple of the SIMD width wastes no lane
  int sweeps = 1000;         // of each chain, after thermalisation
  int interval = 1;          // sweeps from one kept configuration to the next
  int thermalisation = 200;  // sweeps of each chain that are thrown away
};

/// Where the chains stand; with options and seed, all that a resumed run needs.
template <class Real>
struct HeatBathState {
  std::vector<Real> x;      // [chains][rows]
  std::uint64_t sweep = 0;  // number of the next one
};

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

/// kappa / beta and phi of theta_mu(site).
template <class Geometry, class Real, class Lane>
LANES_HD LANES_INLINE auto staples(Rows<Real> x, Lane lane, int site, int mu) {
  using T = Pack<Real, Lane::width>;
  const auto link = [&](int at, int direction) {
    return lane.load(x, U1::row<Geometry>(at, direction));
  };
  T re(0), im(0);
  for (int nu = 0; nu < Geometry::dimension; ++nu) {
    if (nu == mu) continue;
    const int next = Geometry::forward(site, mu), below = Geometry::backward(site, nu);
    const T above = link(site, nu) + link(Geometry::forward(site, nu), mu) - link(next, nu);
    const T beneath = link(below, mu) + link(Geometry::forward(below, mu), nu) - link(below, nu);
    re += cos(above) + cos(beneath);
    im += sin(above) + sin(beneath);
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
    const int site = Checkerboard::On<Geometry>::active(parity, i);
    const int row = U1::row<Geometry>(site, mu);
    const auto around = staples<Geometry>(x, lane, site, mu);
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
    const int site = Checkerboard::On<Geometry>::active(parity, i);
    const int row = U1::row<Geometry>(site, mu);
    const T phi = staples<Geometry>(x, lane, site, mu).second;
    lane.store(x, row, wrap(phi + phi - lane.load(x, row)));
  }
};

}  // namespace detail

template <class GeometryPolicy, class Precision, class Backend>
class U1HeatBath {
  using Context = typename Backend::template Context<Precision>;

 public:
  using Field = U1;
  using Geometry = GeometryPolicy;
  using Theory = U1Gauge<Geometry>;
  using Real = typename Precision::Real;

  explicit U1HeatBath(const Theory& theory, const HeatBathOptions& options = {}, Seed seed = {},
                      Backend backend = Backend())
      : theory_(theory),
        options_(checked(options)),
        seed_(seed),
        backend_(std::move(backend)),
        x_(padded() * rows) {
    if (!options_.hot) return;
    for_tiles([this](Context& context, std::size_t first, int) {
      const Rows<double> unused = context.template rows<double>(1);
      fill(context, unused, 1);
      U1::draw_base<Geometry>(context, RandomStream(seed_, Purpose::initialise), field(first),
                              unused);
    });
  }

  std::uint64_t sweep() const { return sweep_; }  // number of the next one

  void thermalise(int sweeps) {  // keeps nothing
    require(sweeps >= 1, "U1HeatBath: sweeps", sweeps, ">= 1");
    advance(sweeps, [](Context&, std::size_t, int, int) {});
  }

  /// Runs sweeps and keeps each chain's state after every `interval` of them.
  Ensemble<U1, Geometry, Real> sample(int sweeps, int interval = 1) {
    require(interval >= 1, "U1HeatBath: interval", interval, ">= 1");
    require(sweeps >= 1 && sweeps % interval == 0, "U1HeatBath: sweeps", sweeps,
            "a multiple of interval, >= 1");
    Ensemble<U1, Geometry, Real> ensemble;
    const std::size_t length = static_cast<std::size_t>(sweeps / interval);
    ensemble.chains = static_cast<std::size_t>(options_.chains);
    ensemble.resize(ensemble.chains * length, false);
    advance(sweeps, [&](Context& context, std::size_t first, int n, int done) {
      if (done % interval != 0) return;
      typename Context::Scope scope(context);
      Real* x = context.template host<Real>(static_cast<std::size_t>(n) * rows);
      double* s = context.template host<double>(static_cast<std::size_t>(n));
      const Rows<double> action = context.template rows<double>(1);
      fill(context, action, 1);
      add_action(context, theory_, field(first), action);
      context.store_lanes(field(first), static_cast<int>(rows), n, x);
      context.store_lanes(action, 1, n, s);
      for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
        const std::size_t to = (first + k) * length + static_cast<std::size_t>(done / interval - 1);
        std::copy_n(x + k * rows, rows, ensemble.configurations.data() + to * rows);
        ensemble.action[to] = s[k];
      }
    });
    return ensemble;
  }

  HeatBathState<Real> state() {
    HeatBathState<Real> state;
    state.x.resize(static_cast<std::size_t>(options_.chains) * rows);
    for_tiles([&](Context& context, std::size_t first, int n) {
      context.store_lanes(field(first), static_cast<int>(rows), n, state.x.data() + first * rows);
    });
    state.sweep = sweep_;
    return state;
  }

  void set_state(const HeatBathState<Real>& state) {
    require(state.x.size() == static_cast<std::size_t>(options_.chains) * rows,
            "U1HeatBath: numbers in the state", state.x.size(), "chains times rows");
    for (Real theta : state.x)
      require(std::isfinite(theta), "U1HeatBath: an angle of the state", theta, "finite");
    for_tiles([&](Context& context, std::size_t first, int n) {
      context.load_lanes(state.x.data() + first * rows, static_cast<int>(rows), n, field(first));
      U1::fold<Geometry>(context, field(first));
    });
    sweep_ = state.sweep;
  }

 private:
  static constexpr std::size_t rows = static_cast<std::size_t>(U1::rows<Geometry>);

  static const HeatBathOptions& checked(const HeatBathOptions& o) {
    require(o.overrelaxation >= 0, "HeatBathOptions: overrelaxation", o.overrelaxation, ">= 0");
    require(o.chains >= 1, "HeatBathOptions: chains", o.chains, ">= 1");
    require(o.interval >= 1, "HeatBathOptions: interval", o.interval, ">= 1");
    require(o.sweeps >= 1 && o.sweeps % o.interval == 0, "HeatBathOptions: sweeps", o.sweeps,
            "a multiple of interval, >= 1");
    require(o.thermalisation >= 0, "HeatBathOptions: thermalisation", o.thermalisation, ">= 0");
    return o;
  }
  std::size_t padded() const {
    constexpr std::size_t g = static_cast<std::size_t>(Context::granularity);
    return (static_cast<std::size_t>(options_.chains) + g - 1) / g * g;
  }
  template <class F>
  void for_tiles(F&& f) {
    backend_.template for_lanes<Precision>(0, static_cast<std::size_t>(options_.chains), f);
  }
  Rows<Real> field(std::size_t first) { return {x_.data() + first * rows}; }

  /// update(mu, parity) for every set of links that share no plaquette.
  template <class Update>
  static void for_links(const Update& update) {
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      for (int parity = 0; parity < 2; ++parity) update(mu, parity);
  }

  /// keep(context, first chain, chains, sweeps done) after each sweep of a tile.
  template <class Keep>
  void advance(int sweeps, const Keep& keep) {
    constexpr int half = Checkerboard::On<Geometry>::active_size;
    for_tiles([&](Context& context, std::size_t first, int lanes) {
      const Rows<Real> x = field(first);
      for (int t = 0; t < sweeps; ++t) {
        const RandomStream stream(seed_, Purpose::heat_bath, sweep_ + std::uint64_t(t));
        for_links([&](int mu, int parity) {
          context.for_each(
              half, detail::HeatLinks<Geometry, Real>{x, stream, theory_.beta(), mu, parity});
        });
        for (int i = 0; i < options_.overrelaxation; ++i)
          for_links([&](int mu, int parity) {
            context.for_each(half, detail::ReflectLinks<Geometry, Real>{x, mu, parity});
          });
        keep(context, first, lanes, t + 1);
      }
    });
    sweep_ += std::uint64_t(sweeps);
  }

  Theory theory_;
  HeatBathOptions options_;
  Seed seed_;
  Backend backend_;
  std::uint64_t sweep_ = 0;
  typename Backend::template Vector<Real> x_;  // [tiles][rows][lanes]
};

/// An ensemble from new chains: thermalised, then sampled.
template <class Precision = Double, class Backend = Cpu, class Geometry>
auto sample_heat_bath(const U1Gauge<Geometry>& theory, const HeatBathOptions& options = {},
                      Seed seed = {}, Backend backend = Backend()) {
  U1HeatBath<Geometry, Precision, Backend> chains(theory, options, seed, std::move(backend));
  if (options.thermalisation > 0) chains.thermalise(options.thermalisation);
  return chains.sample(options.sweeps, options.interval);
}

}  // namespace lanes
