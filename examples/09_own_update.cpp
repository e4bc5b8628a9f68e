// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 9, an update of one's own: Metropolis of single sites.
//
// An update moves chains and leaves exp(-S) invariant; sample_markov runs it and knows its errors.
// The law draws configurations with weights, updates them, and sees whether any mean has changed.
// Builds on: 1.
#include <cstdio>

#include <lanes/lanes.hpp>
#include <lanes/testing/update_laws.hpp>

#include "lesson.hpp"

using lanes::Rows;

// phi(x) -> phi(x) + N(0, 1), accepted with probability min(1, exp(-dS)): sites of one parity are
// no neighbours and move together.
struct Metropolis {
  template <class G, class Real>
  struct Move {
    Rows<Real> x;
    lanes::Phi4<G> theory;
    lanes::RandomStream stream;
    int parity;
    template <class Lane>
    LANES_HD void operator()(int i, Lane lane) const {
      const int site = lanes::Checkerboard::Masks<G>::active(parity, i);
      auto around = lane.load(x, G::forward(site, 0)) * Real(0);
      for (int mu = 0; mu < G::dimension; ++mu)
        around += lane.load(x, G::forward(site, mu)) + lane.load(x, G::backward(site, mu));
      const auto s = [&](auto phi) {
        return phi * phi * (phi * phi * Real(theory.quartic()) + Real(theory.quadratic())) -
               phi * around * Real(theory.hopping());
      };
      const auto phi = lane.load(x, site);
      const auto tried = phi + lane.template normal_pair<Real>(stream, unsigned(2 * site)).first;
      const auto u = lane.template uniform_pair<Real>(stream, unsigned(2 * site + 1)).first;
      lane.store(x, site, select(u < exp(s(phi) - s(tried)), tried, phi));
    }
  };
  template <class Context, class G, class Real>
  void update(Context& context, const lanes::Phi4<G>& theory, const lanes::ChainStep& step,
              Rows<Real> x) const {
    for (int parity = 0; parity < 2; ++parity)
      context.for_each(G::volume / 2, Move<G, Real>{x, theory, step.stream(), parity});
  }
};

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Theory = lanes::Phi4<lanes::Lattice<2, 2>>;
  const auto theory = Theory::from_hopping(0.2, 0.3);
  lesson.keeps("update", lanes::laws::check_update(Metropolis{}, theory, lanes::Seed{4}, 50'000));

  const auto own = lanes::sample_markov(theory, Metropolis{});
  const auto hmc = lanes::sample_hmc(theory, {.step_size = 0.3, .steps = 5});
  std::printf("%-28s%-18s%s\n", "", "Metropolis", "HMC");
  lesson.agree("action of a site", action_density(own), action_density(hmc));
  lesson.agree("susceptibility", analyse(lanes::Susceptibility{}, own)[0],
               analyse(lanes::Susceptibility{}, hmc)[0]);
  return lesson.end();
}
