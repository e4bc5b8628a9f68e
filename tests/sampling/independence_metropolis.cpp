// SPDX-License-Identifier: BSD-3-Clause
//
// Independence Metropolis against chains that are small matrices, and what it must never do to a
// triple.
// width: depends
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/exact/exact.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/statistics/weights.hpp>
#include <lanes/theory/free_field.hpp>

#include <support/mock_proposers.hpp>

using lanes::Estimate;
using lanes::Lattice;
using lanes::MetropolisOptions;
using lanes::MetropolisState;
using mock::Discrete;
using mock::States;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

States generic() { return {{0.1, 0.4, 0.2, 0.3}, {0.8, 0.1, 1.3, 0.4}}; }

struct FirstRow {
  static constexpr const char* name = "state";
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    out[0] = static_cast<double>(x[0]);
  }
};

struct Squares {
  static constexpr const char* name = "phi^2";
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    for (int s = 0; s < Geometry::volume; ++s)
      out[0] += static_cast<double>(x[s]) * static_cast<double>(x[s]) / Geometry::volume;
  }
};

void check_within(const Estimate& e, double truth, double sigmas = 4.5) {
  CHECK_MESSAGE(std::abs(e.value - truth) < sigmas * e.error, lanes::to_string(e), " is not ",
                truth);
  CHECK(e.error > 0);
}

template <class A>
void check_same(const A& a, const A& b) {
  CHECK(a.configurations == b.configurations);
  CHECK(a.action == b.action);
  CHECK(a.log_q == b.log_q);
}

/// Chain c of an ensemble, configurations and then S and ln q.
template <class A>
std::vector<double> chain(const A& e, std::size_t c) {
  std::vector<double> all;
  for (std::size_t i = c * e.chain_length(); i < (c + 1) * e.chain_length(); ++i) {
    for (auto v : e.configuration(i)) all.push_back(static_cast<double>(v));
    all.push_back(e.action[i]);
    all.push_back(e.log_q[i]);
  }
  return all;
}

template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("acceptance, mean and tau_int of a discrete chain") {
  States model = generic();
  for (std::size_t chains : {1u, 8u}) {
    const auto e =
        lanes::sample_exact(model, Discrete{}, {.configurations = 400'000, .chains = chains});
    const double a = model.acceptance();
    // A decision is a function of state and proposal: its error is within twice the binomial one
    // here.
    CHECK(std::abs(e.acceptance() - a) < 4.5 * 2 * std::sqrt(a * (1 - a) / 400'000));
    const Estimate mean = lanes::analyse(FirstRow{}, e)[0];
    check_within(mean, model.mean());
    CHECK(std::abs(mean.tau_int - model.tau_int()) < 5 * mean.tau_int_error + 0.01);
    CHECK(model.tau_int() > 1.5);  // it is no trivial chain
    check_within(lanes::free_energy(e.proposal_log_weights), -std::log(model.partition()));
  }
}

TEST_CASE("a wrong-width Gaussian for the free field") {
  using G = Lattice<4, 4>;
  const lanes::FreeField<G> theory(1.5);
  const lanes::ExactFreeField<G> exact(1.5);
  mock::Gaussian<G> model{0.55};
  const auto e = lanes::sample_exact(model, theory, {.configurations = 400'000, .chains = 4});
  check_within(lanes::analyse(Squares{}, e)[0], exact.phi_squared());
  check_within(lanes::action_density(e), 0.5);
  check_within(lanes::free_energy(e.proposal_log_weights), exact.free_energy());
  CHECK(e.acceptance() > 0.1);
  CHECK(e.acceptance() < 0.9);
}

TEST_CASE_TEMPLATE("x, ln q and S are those of one proposal", Real, float, double) {
  using G = Lattice<3, 5>;
  const lanes::FreeField<G> theory(0.7);
  mock::Gaussian<G, Real> model{0.7};
  const auto e = lanes::sample_exact(
      model, theory, {.configurations = 3000, .chains = 3, .thinning = 2, .burn_in = 5});
  std::size_t repeated = 0;
  for (std::size_t i = 0; i < e.size(); ++i) {
    const Real* phi = e.configuration(i).data();
    CHECK(e.log_q[i] == model.log_density(phi));
    CHECK(e.action[i] == model.action_of(theory, phi));
    if (i % 1000 > 0 && e.action[i] == e.action[i - 1]) ++repeated;
  }
  CHECK(repeated > 100);  // rejections were there to be got wrong
}

TEST_CASE("a rejection repeats the triple; chains use disjoint proposals") {
  States model = generic();
  const std::size_t chains = 3, length = 2000;
  const auto e =
      lanes::sample_exact(model, Discrete{}, {.configurations = chains * length, .chains = chains});
  std::uint64_t moved = 0;
  for (std::size_t c = 0; c < chains; ++c)
    for (std::size_t t = 0; t < length; ++t) {
      const std::size_t i = c * length + t;
      const auto number = static_cast<std::size_t>(e.configuration(i)[1]);
      CHECK(number % chains == c);
      const auto state = static_cast<std::size_t>(e.configuration(i)[0]);
      CHECK(e.log_q[i] == std::log(model.q[state]));
      CHECK(e.action[i] == -std::log(model.target[state]));
      if (t == 0) continue;
      const bool new_one = number == t * chains + c;
      moved += new_one;
      if (!new_one) CHECK(e.configuration(i)[1] == e.configuration(i - 1)[1]);
    }
  CHECK(moved == e.accepted);
}

TEST_CASE(
    "every decision is the one of a plain loop, its deviate a function of the proposal's number") {
  States model = generic();
  const std::size_t chains = 3, length = 4000;
  const auto e =
      lanes::sample_exact(model, Discrete{}, {.configurations = chains * length, .chains = chains});
  const lanes::RandomStream stream(model.seed(), lanes::Purpose::accept);
  for (std::size_t c = 0; c < chains; ++c) {
    double x[2], here = 0, here_number = 0;
    for (std::size_t t = 0; t < length; ++t) {
      const std::uint64_t number = t * chains + c;
      double log_q, action;
      model.propose(Discrete{}, number, 1, x, &log_q, &action);
      const double u = lanes::uniform_pair<double>(stream.words(number, 0)).first;
      const double weight = model.weight(static_cast<std::size_t>(x[0]));
      if (t == 0 || u * here < weight) {
        here = weight;
        here_number = x[1];
      }
      CHECK(e.configuration(c * length + t)[1] == here_number);
    }
  }
}

TEST_CASE("the first proposal is the initial state and no decision") {
  States model = generic();
  const auto one = lanes::sample_exact(model, Discrete{}, {.configurations = 1});
  CHECK(one.decisions == 0);
  CHECK(one.accepted == 0);
  CHECK(std::isnan(one.acceptance()));
  CHECK(one.configuration(0)[1] == 0);

  const auto many = lanes::sample_exact(model, Discrete{}, {.configurations = 100, .chains = 4});
  CHECK(many.decisions == 96);
  CHECK(many.proposal_log_weights.size() == 100);
  for (std::size_t c = 0; c < 4; ++c)
    CHECK(many.configuration(25 * c)[1] == static_cast<double>(c));

  // w' >= w always: all accepted
  model.q = model.target;
  for (double& q : model.q) q /= model.partition();
  const auto perfect = lanes::sample_exact(model, Discrete{}, {.configurations = 100});
  CHECK(perfect.accepted >= 98);  // weights are equal to rounding
  CHECK(perfect.decisions == 99);
}

TEST_CASE("a run cut in two is the uncut run, bit for bit") {
  using G = Lattice<4, 4>;
  const lanes::FreeField<G> theory(1.5);
  for (const MetropolisOptions& o :
       {MetropolisOptions{.configurations = 300},
        MetropolisOptions{.configurations = 300, .chains = 3},
        MetropolisOptions{.configurations = 300, .chains = 3, .thinning = 4, .burn_in = 7},
        MetropolisOptions{
            .configurations = 300, .chains = 2, .thinning = 3, .burn_in = 1, .block = 10}}) {
    mock::Gaussian<G> model{0.55};
    MetropolisState<double> uncut, cut;
    const auto all = lanes::independence_metropolis(model, theory, o, uncut);
    MetropolisOptions part = o;
    part.configurations = 120;
    const auto head = lanes::independence_metropolis(model, theory, part, cut);
    part.configurations = 180;
    const auto tail = lanes::independence_metropolis(model, theory, part, cut);
    for (std::size_t c = 0; c < o.chains; ++c) {
      auto joined = chain(head, c);
      for (double v : chain(tail, c)) joined.push_back(v);
      CHECK(joined == chain(all, c));
    }
    CHECK(head.accepted + tail.accepted == all.accepted);
    CHECK(head.decisions + tail.decisions == all.decisions);
    CHECK(cut.x == uncut.x);
    CHECK(cut.log_q == uncut.log_q);
    CHECK(cut.action == uncut.action);
    CHECK(cut.proposals == uncut.proposals);
    CHECK(cut.accepted == uncut.accepted);
    auto weights = head.proposal_log_weights;
    weights.insert(weights.end(), tail.proposal_log_weights.begin(),
                   tail.proposal_log_weights.end());
    CHECK(weights == all.proposal_log_weights);
  }
}

TEST_CASE("block size changes no bit and bounds what is drawn ahead") {
  using G = Lattice<4, 4>;
  const lanes::FreeField<G> theory(1.5);
  mock::Gaussian<G> whole{0.55}, pieces{0.55};
  const auto a = lanes::sample_exact(whole, theory, {.configurations = 500, .chains = 2});
  const auto b =
      lanes::sample_exact(pieces, theory, {.configurations = 500, .chains = 2, .block = 7});
  check_same(a, b);
  CHECK(a.accepted == b.accepted);
  CHECK(whole.blocks.size() == 1);
  for (std::size_t count : pieces.blocks) CHECK(count <= 6);
}

TEST_CASE("thinning and burn-in keep every k-th state of the same chain") {
  States model = generic();
  const auto all = lanes::sample_exact(model, Discrete{}, {.configurations = 200});
  const auto thin =
      lanes::sample_exact(model, Discrete{}, {.configurations = 40, .thinning = 4, .burn_in = 10});
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(thin.configuration(i)[1] == all.configuration(10 + 4 * i)[1]);
  CHECK(thin.decisions == 10 + 39 * 4);
}

TEST_CASE("an infinite action is always rejected and never a start") {
  States model{{0.5, 0.3, 0.2}, {0.0, 1.0, 0.5}};
  const auto e = lanes::sample_exact(model, Discrete{}, {.configurations = 50'000, .chains = 5});
  for (std::size_t i = 0; i < e.size(); ++i) {
    CHECK(e.configuration(i)[0] > 0);
    CHECK(std::isfinite(e.action[i]));
  }
  check_within(lanes::analyse(FirstRow{}, e)[0], model.mean());

  States late = generic();
  late.forbidden_before = 7;
  MetropolisState<double> state;
  const auto f =
      lanes::independence_metropolis(late, Discrete{}, {.configurations = 9, .chains = 3}, state);
  CHECK(f.configuration(0)[1] == 9);  // chain 0 could start at 9, in the round of 9, 10, 11
  CHECK(f.configuration(3)[1] == 7);  // chain 1 could start at 7
  CHECK(f.configuration(6)[1] == 8);  // chain 2 at 8
  CHECK(f.decisions == 6);
  CHECK(state.proposals == 18);
  CHECK(f.proposal_log_weights.size() == 18);

  late.forbidden_before = 1'000'000;
  CHECK(message_of([&] { lanes::sample_exact(late, Discrete{}); }).find("start from") !=
        std::string::npos);
}

TEST_CASE("a proposal that is not finite is named and changes nothing") {
  for (const auto& [log_q, action] :
       std::vector<std::pair<double, double>>{{0.0, not_a_number},
                                              {not_a_number, 1.0},
                                              {not_a_number, infinity},
                                              {infinity, 1.0},
                                              {-infinity, 1.0},
                                              {0.0, -infinity}}) {
    States model = generic();
    model.broken = 37;
    model.broken_log_q = log_q;
    model.broken_action = action;
    MetropolisState<double> state;
    lanes::independence_metropolis(model, Discrete{}, {.configurations = 30}, state);
    const auto before = state;
    CHECK_THROWS_AS(
        lanes::independence_metropolis(model, Discrete{}, {.configurations = 30}, state),
        std::runtime_error);
    CHECK(state.x == before.x);
    CHECK(state.proposals == before.proposals);
    CHECK(state.accepted == before.accepted);
    const auto message = message_of(
        [&] { lanes::independence_metropolis(model, Discrete{}, {.configurations = 30}, state); });
    CHECK(message.find("proposal 37") != std::string::npos);
    CHECK(message.find(std::isfinite(log_q) ? "action" : "ln q") != std::string::npos);
    CHECK(message.find(std::isnan(log_q) || std::isnan(action) ? "nan" : "inf") !=
          std::string::npos);
  }
  States model = generic();  // also as the very first one
  model.broken = 0;
  model.broken_action = not_a_number;
  CHECK_THROWS_AS(lanes::sample_exact(model, Discrete{}), std::runtime_error);
}

TEST_CASE("log weights are double: a large free energy changes no decision") {
  States model = generic();
  const auto plain = lanes::sample_exact(model, Discrete{}, {.configurations = 1000});
  struct Shifted : States {
    void propose(const Discrete& t, std::uint64_t first, std::size_t count, double* x,
                 double* log_q, double* action) const {
      States::propose(t, first, count, x, log_q, action);
      for (std::size_t i = 0; i < count; ++i) action[i] -= 1 << 30;
    }
  } shifted{model};
  const auto e = lanes::sample_exact(shifted, Discrete{}, {.configurations = 1000});
  CHECK(e.configurations == plain.configurations);
}

TEST_CASE("bad options are refused") {
  States model = generic();
  const auto with = [&](const MetropolisOptions& o) { lanes::sample_exact(model, Discrete{}, o); };
  CHECK_THROWS_AS(with({.configurations = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.configurations = 10, .chains = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.configurations = 10, .chains = 3}), std::invalid_argument);
  CHECK_THROWS_AS(with({.configurations = 10, .thinning = 0}), std::invalid_argument);
  CHECK(message_of([&] { with({.configurations = 10, .chains = 3}); }) ==
        "lanes: MetropolisOptions: configurations is 10 (allowed: a multiple of chains, >= 1)");

  MetropolisState<double> state;
  lanes::independence_metropolis(model, Discrete{}, {.configurations = 10, .chains = 2}, state);
  CHECK_THROWS_AS(lanes::independence_metropolis(model, Discrete{}, {.configurations = 10}, state),
                  std::invalid_argument);
  state.action[1] = not_a_number;
  CHECK_THROWS_AS(
      lanes::independence_metropolis(model, Discrete{}, {.configurations = 10, .chains = 2}, state),
      std::invalid_argument);
}
