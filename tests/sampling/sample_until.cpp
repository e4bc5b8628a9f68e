// SPDX-License-Identifier: BSD-3-Clause
//
// Sampling until an error is small enough: the bits of sample_exact, as long as it must be, and
// what the choice of the length does to value and error.
#include <cmath>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <lanes/sampling/sample_until.hpp>
#include <support/mock_proposers.hpp>
#include <support/refusal.hpp>

using namespace lanes;
using mock::Discrete;
using mock::States;

namespace {

struct FirstRow {
  static constexpr const char* name = "state";
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    out[0] = static_cast<double>(x[0]);
  }
};
struct One {
  static constexpr const char* name = "1";
  template <class Geometry, class Real>
  void measure(const Real*, double* out) const {
    out[0] = 1;
  }
};

/// Short ensembles, many times.
struct OnOneThread : States {
  int threads() const { return 1; }
};

States generic() { return {{0.1, 0.4, 0.2, 0.3}, {0.8, 0.1, 1.3, 0.4}}; }

std::string refusal_of(const UntilOptions& options) {
  States states = generic();
  return refusal([&] { sample_until(states, Discrete{}, FirstRow{}, options); });
}

}  // namespace

TEST_CASE(
    "the ensemble is that of sample_exact, its error the wanted one, and it is not too long") {
  for (const std::size_t chains : {1u, 3u}) {
    States states = generic();
    const ExactOptions start{.configurations = 999, .chains = chains, .thinning = 2, .burn_in = 7};
    const auto run =
        sample_until(states, Discrete{}, FirstRow{}, {.wanted_error = 0.008, .start = start});
    CHECK(run.reached);
    CHECK(run.estimates[0].error <= 0.008);
    CHECK(run.estimates[0].trusted());
    CHECK(std::abs(run.estimates[0].value - states.mean()) < 4 * run.estimates[0].error);

    ExactOptions whole = start;
    whole.configurations = run.ensemble.size();
    const auto exact = sample_exact(states, Discrete{}, whole);
    CHECK(run.ensemble.configurations == exact.configurations);
    CHECK(run.ensemble.action == exact.action);
    CHECK(run.ensemble.proposal_log_weights == exact.proposal_log_weights);
    CHECK(run.ensemble.chains == chains);
    CHECK(run.ensemble.accepted == exact.accepted);
    CHECK(run.estimates[0].error == analyse(FirstRow{}, exact)[0].error);

    CHECK(run.estimates[0].error > 0.65 * 0.008);  // 0.71 where the look before was just above
  }
}

TEST_CASE("it ends at most: short of the error, or without one that is trusted") {
  States states = generic();
  auto run = sample_until(states, Discrete{}, FirstRow{},
                          {.wanted_error = 1e-9, .most = 5000, .start = {.configurations = 1000}});
  CHECK_FALSE(run.reached);
  CHECK(run.ensemble.size() == 5000);
  CHECK(run.estimates[0].error > 1e-9);
  run = sample_until(
      states, Discrete{}, FirstRow{},
      {.wanted_error = 1e-9, .most = 5000, .start = {.configurations = 999, .chains = 3}});
  CHECK(run.ensemble.size() == 4998);  // a multiple of chains
  run = sample_until(states, Discrete{}, One{},
                     {.wanted_error = 1, .most = 3000, .start = {.configurations = 1000}});
  CHECK_FALSE(run.reached);  // nothing fluctuates: no error is known
  CHECK(run.ensemble.size() == 3000);
}

// A rare event of probability p that is counted: value and error go together entirely. 1000
// configurations have the wanted error; a first look at 250 moves the value by -0.074(9) of it. One
// at 1000 would by -0.158(9).
TEST_CASE("the choice of the length moves the value by less than a tenth of its error") {
  constexpr double p = 0.1;
  const double wanted = std::sqrt(p * (1 - p) / 1000);
  const int runs = 10'000;
  double bias = 0, length = 0;
  int within = 0, reached = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    OnOneThread states{{{1 - p, p}, {1 - p, p}, Seed{static_cast<std::uint64_t>(seed)}}};
    const auto run =
        sample_until(states, Discrete{}, FirstRow{},
                     {.wanted_error = wanted, .most = 100'000, .start = {.configurations = 250}});
    const Estimate& e = run.estimates[0];
    bias += (e.value - p) / wanted / runs;
    length += double(run.ensemble.size()) / runs;
    within += std::abs(e.value - p) < e.error;
    reached += run.reached;
  }
  CHECK(reached == runs);
  CHECK(std::abs(bias) < 0.11);  // 4 sigma: 0.04
  CHECK(std::abs(double(within) / runs - 0.683) < 4 * 0.465 / std::sqrt(double(runs)));
  CHECK(length < 1.5 * 1000);
}

TEST_CASE("bad options are refused") {
  CHECK(refusal_of({}) == "lanes: sample_until: wanted_error is 0 (allowed: > 0 and finite)");
  CHECK(refusal_of({.wanted_error = NAN}) ==
        "lanes: sample_until: wanted_error is nan (allowed: > 0 and finite)");
  CHECK(refusal_of({.wanted_error = 1, .most = 10}) ==
        "lanes: sample_until: most is 10 (allowed: at least start.configurations)");
  CHECK(refusal_of({.wanted_error = 1, .start = {.configurations = 100, .chains = 3}}) ==
        "lanes: MetropolisOptions: configurations is 100 (allowed: a multiple of chains, >= 1)");
}
