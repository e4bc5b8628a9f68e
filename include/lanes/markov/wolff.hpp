// SPDX-License-Identifier: BSD-3-Clause
//
// sample_wolff: exact Markov chains of IsingModel by single clusters (U. Wolff, Phys. Rev. Lett.
// 62, 361), the baseline that hardly slows down at the critical point.
//
//   a cluster: from a random site on, a bond with beta s(x) s(y) > 0 from a site x of the cluster to a
//   site y outside takes y in with probability 1 - exp(-2 |beta|); then the cluster is flipped
//
// Any dimension and extents, either sign of beta, no external field. With frustrated bonds (beta <
// 0, an odd extent) a bond may lead back into the cluster: it is not asked, a site flips once.
//
// WolffOptions count in sweeps: a sweep is the number of clusters that flips the volume once on
// average, 1 in the ordered phase and volume / susceptibility in the disordered one. It is found
// beforehand by a chain with random numbers of its own, so that what lies between two kept
// configurations depends on nothing that the chains do; to stop when enough spins are flipped would
// prefer states after large clusters. Thermalisation does count flipped spins, of each chain, as
// the clusters of its start may have any size; its second half is of sweeps again, which forget
// where the first was stopped.
//
// A cluster of the ordered phase is most of the lattice, and after an even number of them the
// magnetization has its old sign. So each kept configuration is reflected, s -> -s, with
// probability 1/2: exact without a field, whatever the phase.
//
// Chains are independent, on the threads of a backend, or on Threads{n}, that is given last, all of
// OpenMP by default; the numbers of chain k are functions of (seed, k, cluster): the same bits for
// any number of threads or chains beside it. The ensemble decides nothing: acceptance() is NaN.
// tau_int of its ensemble is in `interval` sweeps. Called again with the same seed and options it
// returns the same bits: first_chain = next() of the first ensemble makes others
// (ensemble/merged.hpp).
// Errors: std::invalid_argument for options out of range and for an external field.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/core/parallel.hpp>
#include <lanes/core/random.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/theory/ising_model.hpp>

namespace lanes {

struct WolffOptions {
  int chains = 32;
  int updates = 1000;             // of each chain, after thermalisation [sweeps]
  int interval = 1;               // from one kept configuration to the next [sweeps]
  int thermalisation = 200;       // of each chain, thrown away [sweeps' worth of flipped spins]
  bool hot = false;               // start from fair coins; else from s = 1
  std::uint64_t first_chain = 0;  // its number: chains of other numbers are independent
};

namespace detail {

/// The random numbers of one chain, in the order they are asked for; drawn in blocks, which
/// compilers make with vector instructions.
class ClusterNumbers {
 public:
  ClusterNumbers(Seed seed, std::uint64_t chain) : seed_(seed), chain_(chain) {}
  /// The next 32 random bits.
  std::uint32_t next() {
    if (used_ == size) draw();
    return words_[used_++];
  }

 private:
  static constexpr std::uint32_t blocks = 32, size = 4 * blocks;
  void draw() {
    const RandomStream stream(seed_, Purpose::cluster, step_++);
    for (std::uint32_t b = 0; b < blocks; ++b) {
      const RandomStream::Words words = stream.words(chain_, b);
      for (std::uint32_t i = 0; i < 4; ++i) words_[4 * b + i] = words.v[i];
    }
    used_ = 0;
  }

  Seed seed_;
  std::uint64_t chain_, step_ = 0;
  std::uint32_t used_ = size, words_[size] = {};
};

/// A chain of clusters.
template <class Geometry>
class ClusterChain {
 public:
  static constexpr std::uint64_t volume = static_cast<std::uint64_t>(Geometry::volume);

  ClusterChain(double beta, Seed seed, std::uint64_t chain, bool hot)
      : numbers_(seed, chain),
        sign_(beta < 0 ? -1 : 1),
        threshold_(static_cast<std::uint64_t>(std::ldexp(-std::expm1(-2 * std::abs(beta)), 32))),
        s_(volume, 1),
        taken_(volume, 0) {
    if (!hot) return;
    for (auto& v : s_) v = numbers_.next() >> 31 ? 1 : -1;
  }

  const std::vector<signed char>& spins() const { return s_; }  // [sites]

  void flip_clusters(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) flip_cluster();
  }
  /// Clusters until at least `count` spins have been flipped; the number of these clusters.
  std::uint64_t flip_spins(std::uint64_t count) {
    std::uint64_t clusters = 0;
    for (std::uint64_t flipped = 0; flipped < count; ++clusters) flipped += flip_cluster();
    return clusters;
  }

 private:
  /// The number of its spins.
  std::uint64_t flip_cluster() {
    take(static_cast<int>(numbers_.next() * volume >> 32));
    for (std::size_t i = 0; i < cluster_.size(); ++i) {
      const int x = cluster_[i];
      const auto visit = [&](int y) {
        const std::size_t to = static_cast<std::size_t>(y);
        if (!taken_[to] && sign_ * s_[static_cast<std::size_t>(x)] * s_[to] > 0 &&
            numbers_.next() < threshold_)
          take(y);
      };
      for (int mu = 0; mu < Geometry::dimension; ++mu) {
        visit(Geometry::forward(x, mu));  // of extent 2: the same site by two bonds
        visit(Geometry::backward(x, mu));
      }
    }
    for (int x : cluster_) {
      const std::size_t at = static_cast<std::size_t>(x);
      s_[at] = static_cast<signed char>(-s_[at]);
      taken_[at] = 0;
    }
    const std::uint64_t size = cluster_.size();
    cluster_.clear();
    return size;
  }
  void take(int x) {
    taken_[static_cast<std::size_t>(x)] = 1;
    cluster_.push_back(x);
  }

  ClusterNumbers numbers_;
  int sign_;
  std::uint64_t threshold_;             // of 2^32: a bond is taken below it
  std::vector<signed char> s_, taken_;  // [sites]
  std::vector<int> cluster_;            // its sites; empty between clusters
};

/// Clusters that flip the volume once on average, from a chain that nobody else sees.
template <class Geometry>
std::uint64_t clusters_of_a_sweep(double beta, Seed seed) {
  constexpr std::uint64_t last_chain = (std::uint64_t{1} << 40) - 1, sweeps = 20;
  ClusterChain<Geometry> pilot(beta, seed, last_chain, false);
  pilot.flip_spins(sweeps * pilot.volume);
  return (pilot.flip_spins(sweeps * pilot.volume) + sweeps - 1) / sweeps;
}

}  // namespace detail

template <class Geometry, HasThreads Where = Threads>
auto sample_wolff(const IsingModel<Geometry>& theory, const WolffOptions& options = {},
                  Seed seed = {}, const Where& where = {}) {
  const WolffOptions& o = options;
  require(theory.external_field() == 0, "sample_wolff: external field", theory.external_field(),
          "0");
  detail::check_chains("WolffOptions", "updates", o.updates, o.interval, o.chains,
                       o.thermalisation);
  constexpr std::size_t rows = static_cast<std::size_t>(Geometry::volume);
  const std::size_t length = static_cast<std::size_t>(o.updates / o.interval);
  Ensemble<Ising, Geometry, float> ensemble;
  ensemble.chains = static_cast<std::size_t>(o.chains);
  ensemble.threads = where.threads();
  ensemble.ranges = {{seed, Purpose::cluster, o.first_chain, ensemble.chains, 0,
                      static_cast<std::uint64_t>(o.updates),
                      static_cast<std::uint64_t>(o.interval)}};
  ensemble.resize(ensemble.chains * length, false);
  const double beta = theory.coupling();
  const std::uint64_t sweep = detail::clusters_of_a_sweep<Geometry>(beta, seed);
  const std::uint64_t settling = static_cast<std::uint64_t>(o.thermalisation / 2);
#if defined(_OPENMP)
#pragma omp parallel for schedule(dynamic, 1) num_threads(ensemble.threads)
#endif
  for (int chain = 0; chain < o.chains; ++chain) {
    const std::uint64_t lane = o.first_chain + static_cast<std::uint64_t>(chain);
    detail::ClusterChain<Geometry> clusters(beta, seed, lane, o.hot);
    clusters.flip_spins((static_cast<std::uint64_t>(o.thermalisation) - settling) * rows);
    clusters.flip_clusters(settling * sweep);
    for (std::size_t i = 0; i < length; ++i) {
      clusters.flip_clusters(static_cast<std::uint64_t>(o.interval) * sweep);
      const auto coin = RandomStream(seed, Purpose::reflection, i).words(lane, 0).v[0] >> 31;
      const std::size_t to = static_cast<std::size_t>(chain) * length + i;
      const auto& s = clusters.spins();
      double bonds = 0;
      for (std::size_t x = 0; x < rows; ++x) {
        ensemble.configurations[to * rows + x] = static_cast<float>(coin ? -s[x] : s[x]);
        for (int mu = 0; mu < Geometry::dimension; ++mu)
          bonds += s[x] * s[static_cast<std::size_t>(Geometry::forward(static_cast<int>(x), mu))];
      }
      ensemble.action[to] = -beta * bonds;
    }
  }
  return ensemble;
}

}  // namespace lanes
