// SPDX-License-Identifier: BSD-3-Clause
//
// sample_wolff: exact Markov chains of IsingModel by single clusters (U. Wolff, Phys. Rev. Lett. 62, 361),
// the baseline that hardly slows down at the critical point.
//
//   an update: from a random site, a bond <xy> with beta s(x) s(y) > 0 joins the cluster with probability
//   1 - exp(-2 |beta|); the cluster is flipped
//
// Any dimension, either sign of beta, no external field. A configuration is kept after every `interval`
// updates; tau_int of its ensemble is in these. Chains are independent, on all OpenMP threads; the numbers
// of chain k are functions of (seed, k, update): the same bits for any number of threads or chains beside
// it. The ensemble decides nothing: acceptance() is NaN.
// Errors: std::invalid_argument for options out of range and for an external field.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/core/random.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/sampling/chains.hpp>
#include <lanes/sampling/ensemble.hpp>
#include <lanes/theory/ising_model.hpp>

namespace lanes {

struct WolffOptions {
  int chains = 32;
  int updates = 10'000;      // of each chain, after thermalisation
  int interval = 10;         // updates from one kept configuration to the next
  int thermalisation = 500;  // updates of each chain that are thrown away
  bool hot = false;          // start from fair coins; else from s = 1
};

namespace detail {

/// The numbers of one update of one chain, in the order they are asked for.
class ClusterNumbers {
 public:
  ClusterNumbers(const RandomStream& stream, std::uint64_t chain)
      : stream_(stream), chain_(chain) {}
  /// The next 32 random bits.
  std::uint32_t next() {
    if (used_ == 4) {
      words_ = stream_.words(chain_, block_++);
      used_ = 0;
    }
    return words_.v[used_++];
  }

 private:
  RandomStream stream_;
  std::uint64_t chain_;
  std::uint32_t block_ = 0;
  int used_ = 4;
  RandomStream::Words words_{};
};

/// Flips one cluster of s [sites]; a bond is taken where its 32 bits are below `threshold`.
template <class Geometry>
void flip_cluster(signed char* s, int sign, std::uint64_t threshold, ClusterNumbers& numbers,
                  std::vector<int>& front) {
  const auto root = static_cast<int>(
      (std::uint64_t(numbers.next()) * static_cast<std::uint64_t>(Geometry::volume)) >> 32);
  front.assign(1, root);
  s[root] = static_cast<signed char>(-s[root]);
  while (!front.empty()) {
    const int x = front.back();
    front.pop_back();
    const auto visit = [&](int y) {
      // s[x] is flipped already: the bond was satisfied where sign s[x] s[y] < 0
      if (s[y] * s[x] * sign < 0 && numbers.next() < threshold) {
        s[y] = static_cast<signed char>(-s[y]);
        front.push_back(y);
      }
    };
    for (int mu = 0; mu < Geometry::dimension; ++mu) {
      visit(Geometry::forward(x, mu));
      visit(Geometry::backward(x, mu));
    }
  }
}

}  // namespace detail

template <class Geometry>
auto sample_wolff(const IsingModel<Geometry>& theory, const WolffOptions& options = {},
                  Seed seed = {}) {
  const WolffOptions& o = options;
  require(theory.external_field() == 0, "sample_wolff: external field", theory.external_field(),
          "0");
  detail::check_chains("WolffOptions", "updates", o.updates, o.interval, o.chains,
                       o.thermalisation);
  constexpr std::size_t rows = static_cast<std::size_t>(Geometry::volume);
  const int length = o.updates / o.interval;
  Ensemble<Ising, Geometry, float> ensemble;
  ensemble.chains = static_cast<std::size_t>(o.chains);
  ensemble.resize(ensemble.chains * static_cast<std::size_t>(length), false);
  const double beta = theory.coupling();
  const auto threshold =
      static_cast<std::uint64_t>(std::ldexp(-std::expm1(-2 * std::abs(beta)), 32));
#if defined(_OPENMP)
#pragma omp parallel for schedule(dynamic, 1)
#endif
  for (int chain = 0; chain < o.chains; ++chain) {
    const std::uint64_t lane = static_cast<std::uint64_t>(chain);
    std::vector<signed char> s(rows, 1);
    std::vector<int> front;
    if (o.hot) {
      detail::ClusterNumbers coins(RandomStream(seed, Purpose::initialise), lane);
      for (auto& v : s) v = coins.next() >> 31 ? 1 : -1;
    }
    for (int t = 0; t < o.thermalisation + o.updates; ++t) {
      detail::ClusterNumbers numbers(
          RandomStream(seed, Purpose::cluster, static_cast<std::uint64_t>(t)), lane);
      detail::flip_cluster<Geometry>(s.data(), beta < 0 ? -1 : 1, threshold, numbers, front);
      const int done = t + 1 - o.thermalisation;
      if (done <= 0 || done % o.interval != 0) continue;
      const std::size_t to = static_cast<std::size_t>(chain * length + done / o.interval - 1);
      for (std::size_t x = 0; x < rows; ++x)
        ensemble.configurations[to * rows + x] = static_cast<float>(s[x]);
      double action = 0;
      for (int x = 0; x < Geometry::volume; ++x)
        for (int mu = 0; mu < Geometry::dimension; ++mu)
          action -= beta * s[static_cast<std::size_t>(x)] *
                    s[static_cast<std::size_t>(Geometry::forward(x, mu))];
      ensemble.action[to] = action;
    }
  }
  return ensemble;
}

}  // namespace lanes
