// SPDX-License-Identifier: BSD-3-Clause
//
// Ensembles that are told apart: the same call is the same bits, the documented other call shares
// none, and what merged makes of both is one run of all chains, or the uncut run.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <lanes/ensemble/merged.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/markov/wolff.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/theory/free_field.hpp>
#include <support/mock_proposers.hpp>
#include <support/refusal.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 4>;
using Free = FreeField<G>;

template <class A>
bool same(const A& a, const A& b) {
  return a.configurations == b.configurations && a.action == b.action && a.log_q == b.log_q &&
         a.lengths() == b.lengths();
}
/// Some chain of a is one of b, from its first configuration on.
template <class A>
bool share_a_chain(const A& a, const A& b) {
  for (std::size_t c = 0; c < a.chains; ++c)
    for (std::size_t d = 0; d < b.chains; ++d)
      if (std::equal(a.action.begin() + std::ptrdiff_t(c * a.chain_length()),
                     a.action.begin() + std::ptrdiff_t((c + 1) * a.chain_length()),
                     b.action.begin() + std::ptrdiff_t(d * b.chain_length())))
        return true;
  return false;
}

/// sample(chains, first chain): twice the same is refused, the next ones make one longer run.
template <class Sample>
void check_chains(const Sample& sample, const std::string& seed) {
  const auto a = sample(20, 0), again = sample(20, 0), b = sample(30, a.next());
  CHECK(a.next() == 20);
  CHECK(same(a, again));
  CHECK(!share_a_chain(a, b));
  const auto all = merged(a, b);
  CHECK(same(all, sample(50, 0)));
  CHECK(all.chains == 50);
  CHECK(all.next() == 50);
  CHECK(all.accepted == a.accepted + b.accepted);
  CHECK(all.decisions == a.decisions + b.decisions);
  CHECK(refusal([&] { merged(a, again); }) ==
        "lanes: merged: both ensembles are made of chains 0 to 19 and 0 to 19 of seed " + seed +
            ": they are not independent (give the second call .first_chain = next() of the first "
            "ensemble)");
  CHECK(refusal([&] { merged(all, b); }) != "");
  CHECK(refusal([&] { merged(a, sample(3, 19)); }) != "");
  CHECK(merged(a, sample(3, 20), sample(5, 40)).chains == 28);
}

}  // namespace

TEST_CASE("HMC, heat bath and Wolff: other chains by first_chain") {
  check_chains(
      [](int chains, std::uint64_t first) {
        return sample_hmc(Free(1.0),
                          {.step_size = 0.3,
                           .steps = 3,
                           .start = 1,
                           .chains = chains,
                           .trajectories = 20,
                           .thermalisation = 3,
                           .first_chain = first},
                          Seed{5});
      },
      "5");
  check_chains(
      [](int chains, std::uint64_t first) {
        return sample_heat_bath(
            IsingModel<G>(0.3),
            {.chains = chains, .sweeps = 40, .thermalisation = 3, .first_chain = first}, Seed{6});
      },
      "6");
  check_chains(
      [](int chains, std::uint64_t first) {
        return sample_wolff(
            IsingModel<G>(0.3),
            {.chains = chains, .updates = 40, .thermalisation = 3, .first_chain = first}, Seed{7});
      },
      "7");
}

TEST_CASE("another seed or another sampler shares nothing") {
  const IsingModel<G> theory(0.3);
  const HeatBathOptions options{.chains = 4, .sweeps = 10};
  const auto a = sample_heat_bath<Single>(theory, options, Seed{1});
  CHECK(merged(a, sample_heat_bath<Single>(theory, options, Seed{2})).chains == 8);
  CHECK(merged(a, sample_wolff<Single>(theory, {.chains = 4, .updates = 10}, Seed{1})).chains == 8);
}

TEST_CASE("chains that go on are prolonged: the uncut run") {
  const auto chains = [] {
    return HybridMonteCarlo<Free>(Free(1.0), {.step_size = 0.3, .steps = 3, .chains = 5}, Seed{1});
  };
  auto cut = chains(), uncut = chains();
  const auto a = cut.sample(12, 3), b = cut.sample(18, 3), all = uncut.sample(30, 3);
  CHECK(same(merged(a, b), all));
  CHECK(merged(a, b).chains == 5);
  CHECK(same(merged(merged(a, b), cut.sample(3, 3)), merged(all, uncut.sample(3, 3))));
  CHECK(refusal([&] { merged(b, a); }) != "");                 // in their order
  CHECK(refusal([&] { merged(a, cut.sample(6, 3)); }) != "");  // something between is missing
}

TEST_CASE("Metropolis: other proposals by first, or the chains go on") {
  const Free theory(1.5);
  mock::Gaussian<G> model{0.55};
  const MetropolisOptions options{.configurations = 300, .chains = 3, .burn_in = 2};
  const auto a = sample_exact(model, theory, options), again = sample_exact(model, theory, options);
  CHECK(same(a, again));
  CHECK(a.next() == 3 * (1 + 2 + 99));
  CHECK(refusal([&] { merged(a, again); }) ==
        "lanes: merged: both ensembles are made of proposals 0 to 305 and 0 to 305 of seed 1: they "
        "are not independent (give the second call .first = next() of the first ensemble)");
  MetropolisOptions other = options;
  other.first = a.next();
  other.configurations = 150;
  const auto b = sample_exact(model, theory, other);
  const auto all = merged(a, b);
  CHECK(all.chains == 6);
  CHECK(all.lengths() == std::vector<std::size_t>{100, 100, 100, 50, 50, 50});
  CHECK_THROWS_AS(all.chain_length(), std::invalid_argument);
  CHECK(all.proposal_log_weights.size() == 306 + 156);
  const auto draws = sample_log_weights(model, theory, {.configurations = 306 + 156});
  CHECK(all.proposal_log_weights == draws);
  CHECK(analyse(Magnetization{}, all)[0].error > 0);

  // a new chain starts from its own first proposal
  other.burn_in = 0;
  other.chains = 1;
  const auto first = sample_reweighted(model, theory, {.configurations = 1, .first = a.next()});
  const auto start = sample_exact(model, theory, other);
  CHECK(std::equal(first.configurations.begin(), first.configurations.end(),
                   start.configurations.begin()));

  MetropolisState<double> state, whole;
  MetropolisOptions part = options;
  const auto head = independence_metropolis(model, theory, part, state);
  part.configurations = 150;
  const auto tail = independence_metropolis(model, theory, part, state);
  part.configurations = 450;
  CHECK(same(merged(head, tail), independence_metropolis(model, theory, part, whole)));
  CHECK(state.proposals == whole.proposals);
}

TEST_CASE("draws with weights") {
  const Free theory(1.5);
  mock::Gaussian<G> model{0.55};
  const auto a = sample_reweighted(model, theory, {.configurations = 30});
  const auto b = sample_reweighted(model, theory, {.configurations = 20, .first = a.next()});
  const auto all = merged(a, b), one = sample_reweighted(model, theory, {.configurations = 50});
  CHECK(all.configurations == one.configurations);
  CHECK(all.log_weights == one.log_weights);
  CHECK(all.next() == 50);
  CHECK(refusal([&] { merged(a, a); }) != "");

  // chains of another action keep their lengths
  const auto chains = [](std::uint64_t first) {
    return sample_hmc(Free(1.0), {.step_size = 0.3,
                                  .start = 1,
                                  .chains = 3,
                                  .trajectories = 10,
                                  .thermalisation = 3,
                                  .first_chain = first});
  };
  const auto u = reweighted(chains(0), theory), v = reweighted(chains(3), theory);
  const auto w = merged(u, v), both = reweighted(merged(chains(0), chains(3)), theory);
  CHECK(w.lengths == std::vector<std::size_t>(6, 10));
  CHECK(w.lengths == both.lengths);
  CHECK(w.log_weights == both.log_weights);
  CHECK(w.configurations == both.configurations);
  CHECK(refusal([&] { merged(u, u); }) != "");
  CHECK(refusal([&] { merged(a, u); }) != "");
}

TEST_CASE("both halves of a merged ensemble are independent, and the whole is worth both") {
  const IsingModel<G> theory(0.3);
  double covariance = 0, variance_a = 0, variance_b = 0, variance_all = 0;
  constexpr int seeds = 200;
  double mean = 0;
  std::vector<double> as, bs;
  for (int s = 0; s < seeds; ++s) {
    const HeatBathOptions options{.chains = 4, .sweeps = 50, .thermalisation = 20};
    HeatBathOptions other = options;
    const auto a = sample_heat_bath<Single>(theory, options, Seed{std::uint64_t(s)});
    other.first_chain = a.next();
    const auto b = sample_heat_bath<Single>(theory, other, Seed{std::uint64_t(s)});
    as.push_back(analyse(IsingEnergy{}, a)[0].value);
    bs.push_back(analyse(IsingEnergy{}, b)[0].value);
    mean += (as.back() + bs.back()) / (2 * seeds);
  }
  for (int s = 0; s < seeds; ++s) {
    const double a = as[std::size_t(s)] - mean, b = bs[std::size_t(s)] - mean;
    covariance += a * b;
    variance_a += a * a;
    variance_b += b * b;
    variance_all += 0.25 * (a + b) * (a + b);
  }
  CHECK(std::abs(covariance) / std::sqrt(variance_a * variance_b) < 4.5 / std::sqrt(seeds));
  CHECK(variance_all / (0.25 * (variance_a + variance_b)) == doctest::Approx(1).epsilon(0.35));
}
