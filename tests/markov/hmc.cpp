// SPDX-License-Identifier: BSD-3-Clause
//
// Hybrid Monte Carlo: the exact free field, <exp(-dH)> = 1, the same bits whatever runs beside it.
// width: depends
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/exact/exact.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/phi4.hpp>
#include <support/near.hpp>

using lanes::Cpu;
using lanes::Double;
using lanes::Estimate;
using lanes::HmcOptions;
using lanes::HybridMonteCarlo;
using lanes::Lattice;
using lanes::Leapfrog;
using lanes::Omelyan;
using lanes::Seed;
using lanes::Single;

namespace {

struct Squares {
  static constexpr const char* name = "phi^2";
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    for (int s = 0; s < Geometry::volume; ++s)
      out[0] += static_cast<double>(x[s]) * static_cast<double>(x[s]) / Geometry::volume;
  }
};

/// Phi4 again, no-half spelling, as a user would write it: density only, the force is derived.
template <class Geometry>
struct UserPhi4 : lanes::LocalTheory<UserPhi4<Geometry>, lanes::Scalar, Geometry> {
  double m2 = -4, lambda = 6.008;
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    T gradient = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      gradient += square(phi.forward(mu) - phi.here());
    const T square_here = square(phi.here());
    return gradient + T(m2) * square_here + T(lambda) * square(square_here);
  }
};

/// No derivative at phi = 0.
struct Kinked : lanes::LocalTheory<Kinked, lanes::Scalar, Lattice<4, 4>> {
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    return square(phi.forward(0) - phi.here()) + square(phi.here()) +
           T(0.3) * sqrt(square(phi.here()));
  }
};

/// A force everywhere, an action nowhere.
struct Bottomless {
  using Field = lanes::Scalar;
  using Geometry = Lattice<4, 4>;
  double action(const auto&) const { return std::nan(""); }
  void force(const auto&, auto& gradient) const {
    for (int s = 0; s < Geometry::volume; ++s) gradient(s) = 0;
  }
};

/// The free field in the non-local form: action and force of one configuration.
struct NonLocal {
  using Field = lanes::Scalar;
  using Geometry = Lattice<4, 4>;
  double m2 = 1.0;
  double action(const auto& phi) const {
    double sum = 0;
    for (int s = 0; s < Geometry::volume; ++s) {
      sum += (2 + 0.5 * m2) * phi(s) * phi(s);
      for (int mu = 0; mu < 2; ++mu) sum -= phi(s) * phi(Geometry::forward(s, mu));
    }
    return sum;
  }
  void force(const auto& phi, auto& gradient) const {
    for (int s = 0; s < Geometry::volume; ++s) {
      double sum = (4 + m2) * phi(s);
      for (int mu = 0; mu < 2; ++mu)
        sum -= phi(Geometry::forward(s, mu)) + phi(Geometry::backward(s, mu));
      gradient(s) = static_cast<std::remove_reference_t<decltype(gradient(s))>>(sum);
    }
  }
};

void check_within(const Estimate& e, double truth, double sigmas = 4.5) {
  CHECK_MESSAGE(std::abs(e.value - truth) < sigmas * e.error, lanes::to_string(e), " is not ",
                truth);
  CHECK(e.error > 0);
}

/// Mean of exp(-dH) over [chains][trajectories].
template <class Chains>
Estimate mean_exp_minus_delta_h(const Chains& chains, std::size_t count) {
  std::vector<double> values;
  for (double dh : chains.energy_violations())
    values.push_back(std::isfinite(dh) ? std::exp(-dh) : 0.0);
  const std::vector<std::size_t> lengths(count, values.size() / count);
  return lanes::gamma_method(lanes::Series(1, std::move(values), lengths));
}

template <class Precision, class Geometry>
void check_free_field(double m2, double phi_squared) {
  const lanes::FreeField<Geometry> theory(m2);
  CHECK(lanes::ExactFreeField<Geometry>(m2).phi_squared() == near(phi_squared));
  const auto e = lanes::sample_hmc<Precision>(
      theory,
      {.step_size = 0.25, .steps = 6, .chains = 32, .trajectories = 1500, .thermalisation = 100},
      Seed{11});
  CHECK(e.acceptance() > 0.6);
  CHECK(e.acceptance() < 0.9999);  // the accept step has work to do
  const Estimate phi2 = lanes::analyse(Squares{}, e)[0];
  check_within(phi2, phi_squared);
  CHECK(phi2.error < 0.01 * phi_squared);
  check_within(lanes::action_density(e), 0.5);
}

using Phi8 = lanes::Phi4<Lattice<8, 8>>;
Phi8 phi4() { return Phi8::from_mass_coupling(-4, 6.008); }

}  // namespace

TEST_CASE_TEMPLATE("phi^2 of the free field in one, two and three dimensions", P, Double, Single) {
  check_free_field<P, Lattice<16>>(0.5, 0.6666870120291956);
  check_free_field<P, Lattice<8, 8>>(1.25, 0.23396700154665326);
  check_free_field<P, Lattice<6, 10>>(0.5, 0.3193906761680676);
  check_free_field<P, Lattice<4, 4, 4>>(1.0, 0.17415917415917417);
}

TEST_CASE("an odd number of sites") {
  using G = Lattice<3, 5>;
  const lanes::FreeField<G> theory(0.8);
  const auto e = lanes::sample_hmc(theory, {.step_size = 0.3, .steps = 5, .chains = 20}, Seed{4});
  check_within(lanes::analyse(Squares{}, e)[0], lanes::ExactFreeField<G>(0.8).phi_squared());
}

TEST_CASE("coarse steps: biased without the accept step, exact with it") {
  using G = Lattice<8, 8>;
  const lanes::FreeField<G> theory(1.25);
  HybridMonteCarlo<lanes::FreeField<G>, Double, Leapfrog> chains(
      theory, {.step_size = 0.42, .steps = 3, .chains = 64}, Seed{5});
  chains.thermalise(200);
  const auto e = chains.sample(2000);
  CHECK(e.acceptance() > 0.3);
  CHECK(e.acceptance() < 0.8);
  check_within(lanes::analyse(Squares{}, e)[0], 0.23396700154665326);
  check_within(mean_exp_minus_delta_h(chains, 64), 1);
}

TEST_CASE_TEMPLATE("phi^4: <exp(-dH)> = 1, and leapfrog agrees with Omelyan", P, Double, Single) {
  HybridMonteCarlo<Phi8, P, Leapfrog> leapfrog(
      phi4(), {.step_size = 0.1, .steps = 10, .chains = 64}, Seed{1});
  HybridMonteCarlo<Phi8, P, Omelyan> omelyan(phi4(), {.step_size = 0.2, .steps = 5, .chains = 64},
                                             Seed{2});
  leapfrog.thermalise(200);
  omelyan.thermalise(200);
  const auto a = leapfrog.sample(1000), b = omelyan.sample(1000);
  check_within(mean_exp_minus_delta_h(leapfrog, 64), 1);
  check_within(mean_exp_minus_delta_h(omelyan, 64), 1);
  CHECK(a.acceptance() < 0.99);
  CHECK(b.acceptance() < 0.99);
  const Estimate x = lanes::analyse(Squares{}, a)[0], y = lanes::analyse(Squares{}, b)[0];
  CHECK(std::abs(x.value - y.value) < 4.5 * std::hypot(x.error, y.error));
  CHECK(x.error < 0.01 * x.value);
  const Estimate s = lanes::action_density(a), t = lanes::action_density(b);
  CHECK(std::abs(s.value - t.value) < 4.5 * std::hypot(s.error, t.error));
  CHECK(leapfrog.diverged() == 0);
}

TEST_CASE("acceptance is erfc(sqrt(<dH>) / 2) and dH is Gaussian: <dH> = var / 2") {
  HybridMonteCarlo<Phi8, Double, Leapfrog> chains(
      phi4(), {.step_size = 0.08, .steps = 12, .chains = 64}, Seed{3});
  chains.thermalise(200);
  const auto e = chains.sample(1000);
  double mean = 0;
  for (double dh : chains.energy_violations()) mean += dh;
  mean /= static_cast<double>(chains.energy_violations().size());
  CHECK(mean > 0);
  // the formula is for a Gaussian dH; 64000 decisions know the acceptance to 0.2 %
  CHECK(e.acceptance() == doctest::Approx(std::erfc(0.5 * std::sqrt(mean))).epsilon(0.02));
}

TEST_CASE("a user's density is enough: the derived force gives the same ensemble") {
  const HmcOptions options{.step_size = 0.2, .steps = 5, .chains = 32};
  const auto mine = lanes::sample_hmc(UserPhi4<Lattice<8, 8>>{}, options, Seed{6});
  const auto shipped = lanes::sample_hmc(phi4(), options, Seed{7});
  const Estimate x = lanes::analyse(Squares{}, mine)[0], y = lanes::analyse(Squares{}, shipped)[0];
  CHECK(std::abs(x.value - y.value) < 4.5 * std::hypot(x.error, y.error));
  // 32000 decisions each: 0.3 % at an acceptance of 0.8, and they are correlated
  CHECK(mine.acceptance() == doctest::Approx(shipped.acceptance()).epsilon(0.03));

  // the same seed: the same trajectory, to rounding
  HybridMonteCarlo<UserPhi4<Lattice<8, 8>>> a(UserPhi4<Lattice<8, 8>>{}, {.chains = 8}, Seed{8});
  HybridMonteCarlo<Phi8> b(phi4(), {.chains = 8}, Seed{8});
  const auto u = a.sample(2), v = b.sample(2);
  for (std::size_t i = 0; i < u.size(); ++i)
    CHECK(std::abs(u.action[i] - v.action[i]) < Double::round_trip * 100);
}

TEST_CASE_TEMPLATE("a non-local theory", P, Double, Single) {
  const auto e =
      lanes::sample_hmc<P>(NonLocal{}, {.step_size = 0.3, .steps = 5, .chains = 19}, Seed{9});
  check_within(lanes::analyse(Squares{}, e)[0],
               lanes::ExactFreeField<Lattice<4, 4>>(1.0).phi_squared());
}

TEST_CASE_TEMPLATE("the action belongs to its configuration", P, Double, Single) {
  const auto e = lanes::sample_hmc<P>(
      phi4(), {.step_size = 0.25, .steps = 5, .chains = 5, .trajectories = 60, .interval = 3},
      Seed{1});
  CHECK(e.size() == 100);
  CHECK(e.chains == 5);
  CHECK(e.decisions == 300);
  for (std::size_t i = 0; i < e.size(); ++i) {
    double sum = 0;
    const auto phi = e.configuration(i);
    for (int s = 0; s < 64; ++s) {
      const double here = phi[static_cast<std::size_t>(s)];
      double ahead = 0;
      for (int mu = 0; mu < 2; ++mu)
        ahead += static_cast<double>(phi[static_cast<std::size_t>(Lattice<8, 8>::forward(s, mu))]);
      sum += -2 * here * ahead + (4 - 4) * here * here + 6.008 * here * here * here * here;
    }
    CHECK(e.action[i] == near(sum));
  }
}

TEST_CASE_TEMPLATE("the same bits for any number of threads and of chains beside", P, Double,
                   Single) {
  const HmcOptions options{.step_size = 0.2, .steps = 5, .chains = 37};
  HybridMonteCarlo<Phi8, P> one(phi4(), options, Seed{1}, Cpu(1));
  const auto reference = one.sample(20, 2);
  for (int threads : {2, 3}) {
    HybridMonteCarlo<Phi8, P> other(phi4(), options, Seed{1}, Cpu(threads));
    const auto e = other.sample(20, 2);
    CHECK(e.configurations == reference.configurations);
    CHECK(e.action == reference.action);
    CHECK(e.accepted == reference.accepted);
  }
  HmcOptions fewer = options;
  fewer.chains = 3;
  HybridMonteCarlo<Phi8, P> few(phi4(), fewer, Seed{1});
  const auto e = few.sample(20, 2);
  for (std::size_t i = 0; i < e.size(); ++i) CHECK(e.action[i] == reference.action[i]);

  HybridMonteCarlo<Phi8, P> another_seed(phi4(), options, Seed{2});
  CHECK(another_seed.sample(20, 2).action != reference.action);
}

TEST_CASE_TEMPLATE("a run cut in two is the uncut run, bit for bit", P, Double, Single) {
  const HmcOptions options{.step_size = 0.2, .steps = 5, .chains = 11};
  HybridMonteCarlo<Phi8, P> uncut(phi4(), options, Seed{1}), head(phi4(), options, Seed{1});
  uncut.thermalise(10);
  const auto all = uncut.sample(30, 3);
  head.thermalise(10);
  const auto first = head.sample(12, 3);
  HmcOptions other_step = options;
  other_step.step_size = 0.01;  // the state knows better
  HybridMonteCarlo<Phi8, P> resumed(phi4(), other_step, Seed{1});
  resumed.set_state(head.state());
  const auto second = resumed.sample(18, 3);
  for (std::size_t c = 0; c < 11; ++c)
    for (std::size_t t = 0; t < 10; ++t) {
      const auto& part = t < 4 ? first : second;
      const std::size_t i = c * part.chain_length() + (t < 4 ? t : t - 4);
      CHECK(part.action[i] == all.action[c * 10 + t]);
      const auto a = part.configuration(i), b = all.configuration(c * 10 + t);
      CHECK(std::equal(a.begin(), a.end(), b.begin()));
    }
  CHECK(first.accepted + second.accepted == all.accepted);
  CHECK(resumed.state().x == uncut.state().x);
  CHECK(resumed.trajectory() == 40);
}

TEST_CASE("the step size finds the wanted acceptance") {
  for (double start : {0.005, 0.2, 3.0})
    for (double wanted : {0.6, 0.85}) {
      HybridMonteCarlo<Phi8> chains(phi4(), {.step_size = start, .steps = 5, .chains = 32},
                                    Seed{1});
      const double step = chains.tune_step_size(wanted, 300);
      CHECK(step == chains.step_size());
      const double seen = chains.sample(200).acceptance();
      CHECK_MESSAGE(std::abs(seen - wanted) < 0.05, "from ", start, ": ", seen, " at ", step);
    }
  const auto e = lanes::sample_hmc(
      phi4(),
      {.step_size = 1, .steps = 5, .trajectories = 300, .thermalisation = 300, .acceptance = 0.8});
  CHECK(std::abs(e.acceptance() - 0.8) < 0.05);
}

TEST_CASE("tuning ends at the acceptance from any step size, and is reported") {
  for (double start : {1e-300, 1e-9, 1e-3, 10.0, 1e4, 1e30, 1e300})
    for (int chains : {8, 16}) {
      CAPTURE(start);
      const auto e = lanes::sample_hmc(phi4(), {.step_size = start,
                                                .steps = 5,
                                                .chains = chains,
                                                .trajectories = 100,
                                                .thermalisation = 200,
                                                .acceptance = 0.8});
      CHECK(std::abs(e.acceptance() - 0.8) < 0.1);
      CHECK(std::abs(e.hmc.tuned_acceptance - 0.8) < 0.15);
      CHECK(e.hmc.step_size > 0.05);
      CHECK(e.hmc.step_size < 1);
      if (start > 100) CHECK(e.hmc.thermalisation_diverged > 0);
      CHECK(e.hmc.diverged == 0);
      CHECK(e.stuck_chains() == 0);
    }
  const auto too_short = [](int thermalisation) {
    lanes::sample_hmc(
        phi4(),
        {.step_size = 1e30, .chains = 4, .thermalisation = thermalisation, .acceptance = 0.8});
  };
  CHECK_THROWS_AS(too_short(1), std::runtime_error);
  CHECK_THROWS_AS(too_short(5), std::runtime_error);
}

TEST_CASE("a force or an action that is not finite where the chains start is named") {
  const auto message = [](const auto& theory, const HmcOptions& options) {
    try {
      lanes::sample_hmc(theory, options);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const HmcOptions cold{.chains = 5, .trajectories = 100, .thermalisation = 50};
  CHECK(message(Kinked{}, cold) ==
        "lanes: HybridMonteCarlo: the force of chain 0 at row 0 is nan at the cold start, field 0: "
        "let HmcOptions::start be above 0 (1: hot)");
  HmcOptions hot = cold;
  hot.start = 1;
  CHECK(message(Kinked{}, hot) == "");
  CHECK(message(Bottomless{}, hot) ==
        "lanes: HybridMonteCarlo: the action of chain 0 is nan at the start");
}

TEST_CASE("chains that rest are refused, or told") {
  const auto message = [](int thermalisation) {
    try {
      lanes::sample_hmc(
          phi4(),
          {.step_size = 30, .chains = 4, .trajectories = 10, .thermalisation = thermalisation});
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  for (int thermalisation : {0, 10})
    CHECK(message(thermalisation) ==
          "lanes: HybridMonteCarlo: none of 40 trajectories was accepted at step_size 30 "
          "(diverged: 40): the chains rest; give a smaller step_size, or an acceptance to tune it "
          "to");
  HybridMonteCarlo<Phi8> chains(phi4(), {.step_size = 30, .chains = 4}, Seed{1});
  const auto e = chains.sample(10);
  CHECK(e.stuck_chains() == 4);
  CHECK(e.hmc.diverged == 40);
  CHECK(e.hmc.step_size == 30);
  CHECK(std::isnan(e.hmc.tuned_acceptance));
}

TEST_CASE("a trajectory that runs away is a rejection") {
  HybridMonteCarlo<Phi8> chains(phi4(), {.step_size = 30, .steps = 20, .chains = 9}, Seed{1});
  const auto before = chains.state();
  const auto e = chains.sample(3);
  CHECK(e.accepted == 0);
  CHECK(chains.diverged() == 27);
  CHECK(chains.state().x == before.x);
  for (double s : e.action) CHECK(std::isfinite(s));
}

TEST_CASE("what is not finite or out of range is refused") {
  const auto with = [](const HmcOptions& o) { HybridMonteCarlo<Phi8> chains(phi4(), o); };
  CHECK_THROWS_AS(with({.step_size = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.step_size = std::numeric_limits<double>::infinity()}),
                  std::invalid_argument);
  CHECK_THROWS_AS(with({.steps = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.chains = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.trajectories = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.trajectories = 10, .interval = 3}), std::invalid_argument);
  CHECK_THROWS_AS(with({.interval = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.thermalisation = -1}), std::invalid_argument);
  CHECK_THROWS_AS(with({.acceptance = 1}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      with({.thermalisation = 0, .acceptance = 0.8}),
      "lanes: HmcOptions: thermalisation is 0 (allowed: >= 1 with an acceptance to "
      "tune to: it is tuned while thermalising)",
      std::invalid_argument);

  HybridMonteCarlo<Phi8> chains(phi4(), {.chains = 3}, Seed{1});
  CHECK_THROWS_AS(chains.sample(0), std::invalid_argument);
  CHECK_THROWS_AS(chains.sample(5, 2), std::invalid_argument);
  CHECK_THROWS_AS(chains.thermalise(0), std::invalid_argument);
  CHECK_THROWS_AS(chains.tune_step_size(1.0, 10), std::invalid_argument);
  auto state = chains.state();
  const auto good = state;
  state.x.pop_back();
  CHECK_THROWS_AS(chains.set_state(state), std::invalid_argument);
  state = good;
  state.x[70] = std::nan("");
  try {
    chains.set_state(state);
    FAIL("no exception");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("the field of chain 1 at row 6 is nan") !=
          std::string::npos);
  }
  CHECK(chains.state().x == good.x);
  chains.set_state(good);
  const auto after = chains.sample(2);
  HybridMonteCarlo<Phi8> fresh(phi4(), {.chains = 3}, Seed{1});
  CHECK(after.action == fresh.sample(2).action);
}
