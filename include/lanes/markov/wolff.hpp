// SPDX-License-Identifier: BSD-3-Clause
//
// sample_wolff: exact Markov chains by single clusters, the baseline that hardly slows down at a
// critical point.
//
//   auto ensemble = lanes::sample_wolff(lanes::IsingModel<Geometry>(0.44), {.chains = 16});
//
// Of theories whose clusters are ergodic, IsingModel without a field and XYModel: what a cluster
// is, and what VectorPhi4 needs beside it, wolff_clusters.hpp says; the chains are MarkovChains
// (markov_chains.hpp).
//
// WolffOptions count in sweeps: a sweep is the number of clusters that reflects the volume once on
// average. It is found beforehand by a chain with random numbers of its own, so that what lies
// between two kept configurations depends on nothing that the chains do. Thermalisation does count
// reflected sites, of each chain, as the clusters of its start may have any size; its second half
// is of sweeps again, which forget where the first was stopped.
//
// The ensemble decides nothing: acceptance() is NaN. tau_int of it is in `interval` sweeps.
// Errors: std::invalid_argument for options out of range and for an external field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <lanes/backend/default.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/markov/markov_chains.hpp>
#include <lanes/markov/wolff_clusters.hpp>

namespace lanes {

struct WolffOptions {
  int chains = 32;           // >= 1; tiles of chains are what threads share
  int updates = 1000;        // >= 1, a multiple of interval; of each chain, after that [sweeps]
  int interval = 1;          // >= 1; from one kept configuration to the next [sweeps]
  int thermalisation = 200;  // >= 0; thrown away of each chain [sweeps' worth of reflected sites]
  bool hot = false;          // start from the base density; else cold: spins 1, angles 0
  std::uint64_t first_chain = 0;  // any; its number: chains of other numbers are independent
};

namespace detail {

/// As many sites reflected as `sweeps` volumes have. It prefers what is there after large clusters,
/// a little.
struct WolffVolumes {
  std::uint64_t sweeps;
  template <class Context, class Theory>
  ClusterCount update(Context& context, const Theory& theory, const ChainStep& step,
                      Rows<typename Context::Real> x) const {
    return update_clusters(context, theory, step, x,
                           {.sites = std::uint64_t(Theory::Geometry::volume)}, sweeps);
  }
};

/// Clusters that reflect the volume once on average, from a chain that nobody else sees.
template <class Precision, class Backend, class Theory>
std::uint64_t clusters_of_a_sweep(const Theory& theory, Seed seed, const Backend& backend) {
  constexpr std::uint64_t last_chain = (std::uint64_t{1} << 40) - 1;
  constexpr std::uint64_t volume = std::uint64_t(Theory::Geometry::volume);
  constexpr WolffVolumes some{20};
  ClusterCount count;
  Chains<Theory, Precision, Backend> pilot(1, backend, last_chain);
  pilot.start(seed, 0);
  pilot.for_tiles([&](auto& context, std::size_t first, int) {
    some.update(context, theory, {seed, 0, last_chain, 1}, pilot.field(first));
    count = some.update(context, theory, {seed, 1, last_chain, 1}, pilot.field(first));
  });
  return (count.clusters * volume + count.sites - 1) / count.sites;
}

}  // namespace detail

template <class Precision = Double, class Backend = DefaultBackend, class Theory>
auto sample_wolff(const Theory& theory, const WolffOptions& options = {}, Seed seed = {},
                  Backend backend = Backend()) {
  static_assert(detail::HasClusterBonds<Theory>,
                "lanes: sample_wolff needs the Ising model that is embedded in the theory, as in "
                "IsingModel and XYModel: specialise ClusterBonds; see "
                "lanes/markov/cluster_bonds.hpp.");
  static_assert(detail::clusters_are_ergodic<Theory>,
                "lanes: sample_wolff moves no |phi(x)|, which clusters keep: sample_markov with "
                "Sequence{WolffClusters{}, HmcTrajectory<>{}} does; see "
                "lanes/markov/wolff_clusters.hpp.");
  const WolffOptions& o = options;
  detail::check_chains("WolffOptions", "updates", o.updates, o.interval, o.chains,
                       o.thermalisation);
  const WolffClusters sweep{detail::clusters_of_a_sweep<Precision>(theory, seed, backend)};
  MarkovChains<Theory, WolffClusters, Precision, Backend> chains(
      theory, sweep, {.start = o.hot ? 1.0 : 0.0, .chains = o.chains, .first_chain = o.first_chain},
      seed, std::move(backend), {"sample_wolff", "updates"});
  const int settling = o.thermalisation / 2;
  chains.thermalise(1, detail::WolffVolumes{std::uint64_t(o.thermalisation - settling)});
  if (settling > 0) chains.thermalise(settling);
  return chains.sample(o.updates, o.interval);
}

}  // namespace lanes
