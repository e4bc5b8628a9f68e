// SPDX-License-Identifier: BSD-3-Clause
//
// Clusters of O(N) fields, with HMC trajectories in between: free ones against their propagator,
// phi^4 against HMC; alone they keep |phi|; errors are right over seeds.
#include <cmath>
#include <markov/clusters.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/markov/markov_chains.hpp>
#include <lanes/markov/sequence.hpp>
#include <lanes/markov/wolff_clusters.hpp>
#include <support/coverage.hpp>

using namespace lanes;
using testing::check_agree;
using testing::check_within;
using testing::Product;

namespace {

template <class Theory>
auto with_trajectories(const Theory& theory, std::uint64_t clusters, Seed seed,
                       int updates = 1000) {
  return sample_markov(
      theory, Sequence{WolffClusters{clusters}, HmcTrajectory<>{.step_size = 0.25, .steps = 5}},
      {.updates = updates, .thermalisation = 100}, seed);
}

/// (1 / V) sum_k cos(k r) / (khat^2 + m^2), times N
template <int L>
double propagator(double mass2, int r, int N) {
  double sum = 0;
  for (int p = 0; p < L; ++p)
    for (int q = 0; q < L; ++q) {
      const double k = two_pi * p / L, l = two_pi * q / L;
      sum += std::cos(k * r) / (4 - 2 * std::cos(k) - 2 * std::cos(l) + mass2);
    }
  return N * sum / (L * L);
}

template <int N>
void check_phi4() {
  CAPTURE(N);
  using Theory = VectorPhi4<Lattice<4, 4>, N>;
  const Theory theory(-1.2, 0.4);  // broken for N = 1, or nearly so
  const auto a = with_trajectories(theory, 6, Seed{6});
  const auto b = sample_hmc(
      theory, {.step_size = 0.12, .steps = 10, .trajectories = 2000, .thermalisation = 300},
      Seed{7});
  check_agree(analyse(Product<0, Theory>{}, a)[0], analyse(Product<0, Theory>{}, b)[0], 0.02);
  check_agree(analyse(Product<3, Theory>{}, a)[0], analyse(Product<3, Theory>{}, b)[0], 0.04);
  check_agree(action_density(a), action_density(b), 0.01);
}

}  // namespace

TEST_CASE("free O(N) fields, with trajectories in between") {
  using Theory = VectorPhi4<Lattice<4, 4>, 3>;
  const auto e = with_trajectories(Theory(0.3, 0), 4, Seed{4}, 2000);
  check_within(analyse(Product<0, Theory>{}, e)[0], propagator<4>(0.3, 0, 3), 0.02);
  check_within(analyse(Product<1, Theory>{}, e)[0], propagator<4>(0.3, 1, 3), 0.02);
  check_within(analyse(Product<2, Theory>{}, e)[0], propagator<4>(0.3, 2, 3), 0.02);
  check_within(action_density(e), 1.5, 0.01);  // N / 2, equipartition
}
TEST_CASE("O(N) phi^4, against HMC") {
  check_phi4<1>();
  check_phi4<3>();
}
TEST_CASE_TEMPLATE("clusters keep |phi| and move its direction", P, Single, Double) {
  using G = Lattice<4, 4>;
  using Theory = VectorPhi4<G, 2>;
  MarkovChains<Theory, WolffClusters, P> chains(Theory(-1, 0.5), WolffClusters{5},
                                                {.start = 1, .chains = 3}, Seed{5});
  const auto before = chains.state().x;
  chains.thermalise(4);
  const auto after = chains.state().x;
  double turned = 0;
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t x = 0; x < G::volume; ++x) {
      const std::size_t i = k * 2 * G::volume + x, j = i + G::volume;
      CHECK(double(std::hypot(after[i], after[j])) ==
            doctest::Approx(double(std::hypot(before[i], before[j]))).epsilon(P::round_trip));
      turned += std::abs(double(after[i] - before[i]));
    }
  CHECK(turned > 5);
}
TEST_CASE("errors over seeds") {
  testing::Coverage free;
  using Free = VectorPhi4<Lattice<4, 4>, 2>;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto e = sample_markov(
        Free(0.5, 0), Sequence{WolffClusters{4}, HmcTrajectory<>{.step_size = 0.25, .steps = 5}},
        {.chains = 8, .updates = 150, .thermalisation = 30}, Seed{seed});
    free.add(analyse(Product<0, Free>{}, e)[0], propagator<4>(0.5, 0, 2));
  }
  free.check_nominal();
  free.check_unbiased();
}
