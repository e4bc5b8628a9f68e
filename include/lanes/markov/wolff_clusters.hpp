// SPDX-License-Identifier: BSD-3-Clause
//
// WolffClusters: single clusters as an Update (update.hpp), of a theory in which an Ising model is
// embedded: IsingModel, XYModel, VectorPhi4 (cluster_bonds.hpp, which says how to add yours).
//
//   a cluster: from a random site on, a bond from a site x of the cluster to a site y outside takes
//   y in with probability 1 - exp(min(0, -2 coupling a(x) a(y))); then its sites are reflected
//
// An update draws one reflection, makes `clusters` of them, and reflects the whole lattice with
// probability 1/2: a cluster of an ordered phase is most of the lattice, and after an even number
// of them the magnetization has its old direction. Any dimension and extents, either sign of the
// coupling; where bonds are frustrated one may lead back into the cluster: a site is reflected
// once.
//
// The number of clusters must not depend on what they do: to stop when enough sites are reflected
// would prefer states after large clusters. Those that reflect the volume once on average are 1 in
// the ordered phase, and about volume / susceptibility in the disordered one.
//
// Reflections keep |phi|: for VectorPhi4 this is no ergodic update by itself. Compose it:
//
//   sample_markov(theory, Sequence{WolffClusters{4}, HmcTrajectory<>{.step_size = 0.2}})
//
// Clusters grow on the host, chain by chain, whatever the backend: on a GPU, through copies.
// Errors: check throws std::invalid_argument for no cluster.
// Source: U. Wolff, Phys. Rev. Lett. 62, 361 (1989).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <lanes/core/error.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/cluster_bonds.hpp>
#include <lanes/markov/cluster_numbers.hpp>
#include <lanes/markov/update.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

namespace detail {

template <class Theory>
concept HasClusterBonds = requires {
  typename ClusterBonds<Theory>::Number;
};

template <class Theory>
inline constexpr bool clusters_are_ergodic = true;
template <HasClusterBonds Theory>
inline constexpr bool clusters_are_ergodic<Theory> = ClusterBonds<Theory>::ergodic;

/// Clusters of one chain: they turn a(x) to -a(x).
template <class Geometry, class Number>
class GrowClusters {
 public:
  static constexpr std::uint64_t volume = static_cast<std::uint64_t>(Geometry::volume);

  /// Scratch [sites] each; taken is clear between clusters.
  struct Sites {
    Number* a;
    bool* taken;
    int* cluster;
  };

  GrowClusters(double coupling, const Sites& sites, ClusterNumbers& numbers)
      : coupling_(coupling),
        limit_of_1_(static_cast<std::uint64_t>(limit(1.0))),
        sites_(sites),
        numbers_(numbers) {}

  /// The number of the cluster's sites.
  std::uint64_t grow() {
    Number* a = sites_.a;  // no binding: Clang 14 and 15 cannot capture one
    bool* taken = sites_.taken;
    int* cluster = sites_.cluster;
    std::size_t size = 0;
    const auto take = [&](int x) {
      taken[x] = true;
      cluster[size++] = x;
    };
    take(static_cast<int>(numbers_.bits() * volume >> 32));
    for (std::size_t i = 0; i < size; ++i) {
      const int x = cluster[i];
      const Number own = static_cast<Number>(coupling_ < 0 ? -a[x] : a[x]);
      const auto visit = [&](int y) {
        const Number product = static_cast<Number>(own * a[y]);
        // Together: neither is easily predicted.
        if (((product > 0) & !taken[y]) && numbers_.bits() < limit(product)) take(y);
      };
      for (int mu = 0; mu < Geometry::dimension; ++mu) {
        visit(Geometry::forward(x, mu));  // of extent 2: the same site by two bonds
        visit(Geometry::backward(x, mu));
      }
    }
    for (std::size_t i = 0; i < size; ++i) {
      a[cluster[i]] = static_cast<Number>(-a[cluster[i]]);
      taken[cluster[i]] = false;
    }
    return size;
  }

 private:
  /// 2^32 (1 - exp(-2 |coupling| product)): a bond opens where 32 random bits are below it.
  double limit(double product) const {
    return std::ldexp(-std::expm1(-2 * std::abs(coupling_) * product), 32);
  }
  std::uint64_t limit(signed char) const { return limit_of_1_; }

  double coupling_;
  std::uint64_t limit_of_1_;
  Sites sites_;
  ClusterNumbers& numbers_;
};

/// How long clusters are made, and what they have done in all chains of a step.
struct ClusterCount {
  std::uint64_t clusters = 0, sites = 0;
};

/// Of every chain, `reflections` times: a reflection is drawn, and there are clusters until there
/// have been as many for each as `least` says, and as many sites of them.
template <class Context, class Theory>
ClusterCount update_clusters(Context& context, const Theory& theory, const ChainStep& step,
                             Rows<typename Context::Real> x, ClusterCount least,
                             std::uint64_t reflections = 1) {
  using Geometry = typename Theory::Geometry;
  using Bonds = ClusterBonds<Theory>;
  using Number = typename Bonds::Number;
  constexpr int V = Geometry::volume, rows = rows_of<Theory>;
  typename Context::Scope scope(context);
  Number* all = context.template host<Number>(std::size_t(rows) * std::size_t(step.chains));
  Number* before = context.template host<Number>(V);
  const typename GrowClusters<Geometry, Number>::Sites sites{context.template host<Number>(V),
                                                             context.template host<bool>(V),
                                                             context.template host<int>(V)};
  std::fill_n(sites.taken, V, false);
  context.store_lanes(x, rows, step.chains, all);
  ClusterCount total;
  for (int k = 0; k < step.chains; ++k) {
    Number* own = all + std::ptrdiff_t(k) * rows;
    ClusterNumbers numbers(step.stream(Purpose::cluster), step.first + std::uint64_t(k));
    ClusterCount done;
    for (std::uint64_t r = 1; r <= reflections; ++r) {
      const Bonds bonds(theory, numbers);
      const bool whole = numbers.bits() >> 31;
      for (int i = 0; i < V; ++i) before[i] = sites.a[i] = bonds.component(own, i);
      GrowClusters<Geometry, Number> chain(bonds.coupling(), sites, numbers);
      for (; done.clusters < r * least.clusters || done.sites < r * least.sites; ++done.clusters)
        done.sites += chain.grow();
      for (int i = 0; i < V; ++i)
        if ((sites.a[i] != before[i]) != whole) bonds.reflect(own, i);
    }
    total.clusters += done.clusters;
    total.sites += done.sites;
  }
  context.load_lanes(all, rows, step.chains, x);
  fold<typename Theory::Field, Geometry>(context, x);
  return total;
}

}  // namespace detail

struct WolffClusters {
  static constexpr Purpose purpose = Purpose::cluster;

  std::uint64_t clusters = 1;  // >= 1; of each update

  void check() const { require(clusters >= 1, "WolffClusters: clusters", clusters, ">= 1"); }

  template <class Context, class Theory>
  requires detail::HasClusterBonds<Theory>
  void update(Context& context, const Theory& theory, const ChainStep& step,
              Rows<typename Context::Real> x) const {
    detail::update_clusters(context, theory, step, x, {.clusters = clusters});
  }
};

}  // namespace lanes
