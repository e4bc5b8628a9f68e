// SPDX-License-Identifier: BSD-3-Clause
//
// HeatBath: exact local Markov chains of a theory whose conditional densities are known, the usual
// baseline beside HMC.
//
//   auto ensemble = lanes::sample_heat_bath(lanes::IsingModel<Geometry>(0.44), {.chains = 64, .sweeps = 10'000});
//
// A sweep draws every variable anew from its conditional density given all others, then moves every
// variable `overrelaxation` times to where the action is the same. What that is, LocalUpdates says:
// of U1Gauge (link_updates.hpp) and of IsingModel (spin_updates.hpp). For a theory of one's own,
// specialise
//
//   LocalUpdates<Theory>  static constexpr double cold                                          a start of every variable
//                         template <class Context> static void heat_bath(Context&, const Theory&,
//                             const RandomStream& of_this_sweep, Rows<typename Context::Real> x)
//                         template <class Context> static void overrelaxation(Context&, const Theory&, Rows<...> x)
//
// Chains are lanes (chains.hpp). The numbers of chain k are functions of (seed, k, sweep): the same
// bits for any number of threads or chains beside it, and for a run that is cut and resumed. The
// field in Precision, the action in double. The ensemble decides nothing: acceptance() is NaN.
//
// Called again with the same seed and options it returns the same bits: first_chain = next() of the
// first ensemble makes others (ensemble/merged.hpp).
//
// Errors: std::invalid_argument for options out of range; std::runtime_error for an action that is
// not finite and for real variables of which none has moved; odd extents do not compile
// (geometry/partition.hpp).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/markov/link_updates.hpp>
#include <lanes/markov/spin_updates.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

struct HeatBathOptions {
  int overrelaxation = 1;         // of every variable, after each heat bath of every variable
  bool hot = false;               // start from the base density; else from the theory's cold start
  int chains = 32;                // any number; a multiple of the SIMD width wastes no lane
  int sweeps = 1000;              // of each chain, after thermalisation
  int interval = 1;               // sweeps from one kept configuration to the next
  int thermalisation = 200;       // sweeps of each chain that are thrown away
  std::uint64_t first_chain = 0;  // its number: chains of other numbers are independent
};

/// Where the chains stand; with options and seed, all that a resumed run needs.
template <class Real>
struct HeatBathState {
  std::vector<Real> x;      // [chains][rows]
  std::uint64_t sweep = 0;  // number of the next one
};

namespace detail {

template <class Theory, class Context>
concept HasLocalUpdates = requires(Context& context, const Theory& theory,
                                   const RandomStream& stream, Rows<typename Context::Real> x) {
  LocalUpdates<Theory>::cold;
  LocalUpdates<Theory>::heat_bath(context, theory, stream, x);
  LocalUpdates<Theory>::overrelaxation(context, theory, x);
};

}  // namespace detail

template <class Theory, class PrecisionPolicy, class BackendPolicy>
class HeatBath {
  static_assert(lanes::Precision<PrecisionPolicy>,
                "lanes: HeatBath<Theory, Precision, Backend> and sample_heat_bath<Precision, "
                "Backend>: the Precision is Single or Double; see lanes/core/precision.hpp.");
  static_assert(lanes::Backend<BackendPolicy>,
                "lanes: HeatBath<Theory, Precision, Backend> and sample_heat_bath<Precision, "
                "Backend>: the Backend is Cpu or Thrust.");
  using Precision = detail::PrecisionOr<PrecisionPolicy>;
  using Backend = detail::BackendOr<BackendPolicy>;
  using Context = typename Backend::template Context<Precision>;
  static_assert(detail::HasLocalUpdates<Theory, Context>,
                "lanes: HeatBath needs the conditional densities of the theory, as U1Gauge and "
                "IsingModel have them: specialise LocalUpdates; see lanes/markov/heat_bath.hpp.");
  using Updates = LocalUpdates<Theory>;

 public:
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  using Real = typename Precision::Real;

  explicit HeatBath(const Theory& theory, const HeatBathOptions& options = {}, Seed seed = {},
                    Backend backend = Backend())
      : theory_(theory),
        options_(checked(options)),
        seed_(seed),
        chains_(options.chains, std::move(backend), options.first_chain) {
    chains_.for_tiles([this](Context& context, std::size_t first, int) {
      const Rows<double> unused = context.template rows<double>(1);
      fill(context, unused, 1);
      const Rows<Real> x = chains_.field(first);
      fill(context, x, chains_.rows, Real(Updates::cold));
      if (options_.hot)
        Field::template draw_base<Geometry>(context, RandomStream(seed_, Purpose::initialise), x,
                                            unused);
    });
  }

  std::uint64_t sweep() const { return sweep_; }  // number of the next one

  void thermalise(int sweeps) {  // keeps nothing
    require(sweeps >= 1, "HeatBath: sweeps", sweeps, ">= 1");
    advance(sweeps, [](Context&, std::size_t, int, int) {});
  }

  /// Runs sweeps and keeps each chain's state after every `interval` of them.
  Ensemble<Field, Geometry, Real> sample(int sweeps, int interval = 1) {
    detail::check_run("HeatBath", "sweeps", sweeps, interval);
    auto ensemble = chains_.room(seed_, Purpose::heat_bath, sweep_, sweeps, interval);
    advance(sweeps, [&](Context& context, std::size_t first, int n, int done) {
      if (done % interval != 0) return;
      typename Context::Scope scope(context);
      const Rows<double> action = context.template rows<double>(1);
      fill(context, action, 1);
      add_action(context, theory_, chains_.field(first), action);
      chains_.keep(ensemble, done / interval - 1, context, first, n, action);
    });
    return ensemble;
  }

  HeatBathState<Real> state() { return {chains_.configurations(), sweep_}; }

  void set_state(const HeatBathState<Real>& state) {
    chains_.check("HeatBath", state.x);
    for (Real value : state.x)
      require(std::isfinite(value), "HeatBath: a value of the state", value, "finite");
    if constexpr (requires { Field::check(std::span<const Real>(state.x)); })
      Field::check(std::span<const Real>(state.x));
    chains_.set(state.x);
    sweep_ = state.sweep;
  }

 private:
  static const HeatBathOptions& checked(const HeatBathOptions& o) {
    require(o.overrelaxation >= 0, "HeatBathOptions: overrelaxation", o.overrelaxation, ">= 0");
    detail::check_chains("HeatBathOptions", "sweeps", o.sweeps, o.interval, o.chains,
                         o.thermalisation);
    return o;
  }

  /// keep(context, first chain, chains, sweeps done) after each sweep of a tile.
  template <class Keep>
  void advance(int sweeps, const Keep& keep) {
    chains_.for_tiles([&](Context& context, std::size_t first, int lanes) {
      const Rows<Real> x = chains_.field(first);
      for (int t = 0; t < sweeps; ++t) {
        const RandomStream stream(seed_, Purpose::heat_bath, sweep_ + std::uint64_t(t));
        Updates::heat_bath(context, theory_, stream, x);
        for (int i = 0; i < options_.overrelaxation; ++i)
          Updates::overrelaxation(context, theory_, x);
        keep(context, first, lanes, t + 1);
      }
    });
    sweep_ += std::uint64_t(sweeps);
  }

  Theory theory_;
  HeatBathOptions options_;
  Seed seed_;
  detail::Chains<Theory, Precision, Backend> chains_;
  std::uint64_t sweep_ = 0;
};

/// An ensemble from new chains: thermalised, then sampled.
template <class Precision = Double, class Backend = DefaultBackend, class Theory>
auto sample_heat_bath(const Theory& theory, const HeatBathOptions& options = {}, Seed seed = {},
                      Backend backend = Backend()) {
  HeatBath<Theory, Precision, Backend> chains(theory, options, seed, std::move(backend));
  if (options.thermalisation > 0) chains.thermalise(options.thermalisation);
  auto ensemble = chains.sample(options.sweeps, options.interval);
  // Spins of a cold lattice may rest; a real number that is drawn anew never does.
  if (!DiscreteField<typename Theory::Field> && ensemble.stuck_chains() == ensemble.chains)
    throw std::runtime_error("lanes: HeatBath: no chain has moved in " +
                             std::to_string(options.sweeps) +
                             " sweeps: does LocalUpdates draw its variables?");
  return ensemble;
}

}  // namespace lanes
