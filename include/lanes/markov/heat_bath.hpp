// SPDX-License-Identifier: BSD-3-Clause
//
// HeatBath: exact local Markov chains of a theory whose conditional densities are known, the usual
// baseline beside HMC.
//
//   const lanes::IsingModel<Geometry> theory(0.44);
//   auto ensemble = lanes::sample_heat_bath(theory, {.chains = 64, .sweeps = 10'000});
//
// The sweep is HeatBathSweep's (heat_bath_sweep.hpp), of U1Gauge, IsingModel, and a theory for
// which you specialise LocalUpdates; the chains are MarkovChains (markov_chains.hpp), which says
// what their bits depend on and how to make others.
//
// Errors: std::invalid_argument for options out of range; std::runtime_error for an action that is
// not finite and for real variables of which none has moved; odd extents do not compile
// (geometry/partition.hpp).
#pragma once

#include <cstdint>
#include <utility>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/markov/heat_bath_sweep.hpp>
#include <lanes/markov/markov_chains.hpp>

namespace lanes {

/// How chains of HeatBath run.
struct HeatBathOptions {
  int overrelaxation = 1;    // >= 0; of every variable, after each heat bath of every variable
  bool hot = false;          // start from the base density; else cold: spins 1, angles 0
  int chains = 32;           // >= 1; a multiple of the SIMD width wastes no lane
  int sweeps = 1000;         // >= 1, a multiple of interval; of each chain, after thermalisation
  int interval = 1;          // >= 1; sweeps from one kept configuration to the next
  int thermalisation = 200;  // >= 0; sweeps of each chain that are thrown away
  std::uint64_t first_chain = 0;  // any; its number: chains of other numbers are independent
};

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
  static_assert(
      detail::HasLocalUpdates<Theory, Context>,
      "lanes: HeatBath needs the conditional densities of the theory, as U1Gauge and "
      "IsingModel have them: specialise LocalUpdates; see lanes/markov/heat_bath_sweep.hpp.");

 public:
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  using Real = typename Precision::Real;

  explicit HeatBath(const Theory& theory, const HeatBathOptions& options = {}, Seed seed = {},
                    Backend backend = Backend())
      : chains_(theory, HeatBathSweep{checked(options).overrelaxation},
                {.start = options.hot ? 1.0 : 0.0,
                 .chains = options.chains,
                 .first_chain = options.first_chain},
                seed, std::move(backend), names) {}

  std::uint64_t sweep() const { return chains_.number(); }     // number of the next one
  void thermalise(int sweeps) { chains_.thermalise(sweeps); }  // keeps nothing
  /// Runs sweeps and keeps each chain's state after every `interval` of them.
  Ensemble<Field, Geometry, Real> sample(int sweeps, int interval = 1) {
    return chains_.sample(sweeps, interval);
  }

  /// Where the chains stand.
  MarkovState<Real> state() { return chains_.state(); }
  /// Goes on from there.
  void set_state(const MarkovState<Real>& state) { chains_.set_state(state); }

  static constexpr detail::ChainNames names = {"HeatBath", "sweeps"};

 private:
  static const HeatBathOptions& checked(const HeatBathOptions& o) {
    require(o.overrelaxation >= 0, "HeatBathOptions: overrelaxation", o.overrelaxation, ">= 0");
    detail::check_chains("HeatBathOptions", "sweeps", o.sweeps, o.interval, o.chains,
                         o.thermalisation);
    return o;
  }

  MarkovChains<Theory, HeatBathSweep, Precision, Backend> chains_;
};

/// An ensemble from new chains: thermalised, then sampled.
template <class Precision = Double, class Backend = DefaultBackend, class Theory>
auto sample_heat_bath(const Theory& theory, const HeatBathOptions& options = {}, Seed seed = {},
                      Backend backend = Backend()) {
  HeatBath<Theory, Precision, Backend> chains(theory, options, seed, std::move(backend));
  if (options.thermalisation > 0) chains.thermalise(options.thermalisation);
  auto ensemble = chains.sample(options.sweeps, options.interval);
  detail::refuse_rest(ensemble, chains.names, "does LocalUpdates draw its variables?");
  return ensemble;
}

}  // namespace lanes
