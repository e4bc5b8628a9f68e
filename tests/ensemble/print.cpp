// SPDX-License-Identifier: BSD-3-Clause
//
// print: every number of the table is the one that statistics/ gives, in aligned columns.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/ensemble/print.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/theory/free_field.hpp>

#include <support/mock_proposers.hpp>

using Geometry = lanes::Lattice<4, 4>;

namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result{""};
  for (char c : text)
    if (c == '\n')
      result.emplace_back();
    else
      result.back() += c;
  result.pop_back();
  return result;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an exact ensemble of a model") {
  mock::Gaussian<Geometry> model{0.55};
  const auto e =
      lanes::sample_exact(model, lanes::FreeField<Geometry>(1.5), {.configurations = 5000});
  const lanes::Susceptibility chi;
  const std::string text =
      lanes::summary(e, lanes::Magnetization{}, chi, lanes::TwoPointFunction{});
  const auto rows = lines(text);
  CHECK(rows.size() == 5 + 2 + 2 + 3);
  CHECK(contains(rows[0], "5000"));
  CHECK(contains(rows[0], "(1 chain)"));
  CHECK(contains(rows[1], std::to_string(e.acceptance()).substr(0, 5)));
  CHECK(contains(rows[2], "of N = 5000"));
  CHECK(
      contains(rows[3], lanes::to_string(lanes::variational_free_energy(e.proposal_log_weights))));
  CHECK(contains(rows[4], lanes::to_string(lanes::free_energy(e.proposal_log_weights))));
  const auto results = lanes::analyse(chi, e);
  CHECK(rows[8].starts_with("susceptibility"));
  CHECK(contains(rows[8], lanes::to_string(results[0])));
  lanes::Estimate tau;
  tau.value = results[0].tau_int;
  tau.error = results[0].tau_int_error;
  CHECK(contains(rows[8], lanes::to_string(tau)));
  CHECK(rows[11].starts_with("C(2)"));
  const std::size_t column = rows[6].find("tau_int");
  for (std::size_t i = 7; i < rows.size(); ++i) {
    CHECK(rows[i][column] != ' ');
    CHECK(rows[i][column - 1] == ' ');
  }
  for (const auto& row : rows) CHECK((row.empty() || row.back() != ' '));
  CHECK(text.back() == '\n');
  lanes::print(e, lanes::Magnetization{}, chi);
}

TEST_CASE("a reweighted ensemble has no acceptance and no tau_int") {
  mock::Gaussian<Geometry> model{0.55};
  const auto e =
      lanes::sample_reweighted(model, lanes::FreeField<Geometry>(1.5), {.configurations = 2000});
  const std::string text = lanes::summary(e, lanes::Susceptibility{});
  CHECK(contains(text, "(reweighted)"));
  CHECK(contains(text, "of N = 2000"));
  CHECK(!contains(text, "acceptance"));
  CHECK(!contains(text, "tau_int"));
  CHECK(contains(text, lanes::to_string(lanes::analyse(lanes::Susceptibility{}, e)[0])));
  lanes::print(e, lanes::Susceptibility{});
}

TEST_CASE("an ensemble without a model has no weights") {
  const auto e =
      lanes::sample_hmc(lanes::FreeField<Geometry>(1.5), {.chains = 4, .trajectories = 50});
  const std::string text = lanes::summary(e, lanes::Magnetization{});
  CHECK(contains(text, "(4 chains)"));
  CHECK(contains(text, "acceptance"));
  CHECK(!contains(text, "ESS"));
  CHECK(lines(lanes::summary(e)).size() == 3);  // and the step size
  lanes::print(e, lanes::Magnetization{});
}

TEST_CASE("what is not to be trusted says why; reweighted chains show a difference of F") {
  const lanes::FreeField<Geometry> from(1.5), to(1.4);
  const auto chains = lanes::sample_hmc(from, {.chains = 4, .trajectories = 2000});
  const auto near = lanes::reweighted(chains, to);
  const std::string text = lanes::summary(near, lanes::Susceptibility{});
  CHECK(contains(text, "(4 chains, reweighted)"));
  CHECK(contains(text, "F - F_0"));
  CHECK(!contains(text, "F_q"));
  CHECK(contains(text, "tau_int"));
  CHECK(!contains(text, "trusted"));
  const auto far = lanes::reweighted(chains, lanes::FreeField<Geometry>(0.01));
  CHECK(contains(lanes::summary(far, lanes::Susceptibility{}), "not to be trusted: "));
}

TEST_CASE("HMC tells its step size, and chains that never moved are told") {
  using lanes::HmcOptions;
  const lanes::FreeField<Geometry> theory(1.5);
  const auto tuned = lanes::summary(lanes::sample_hmc(
      theory, {.chains = 8, .trajectories = 20, .thermalisation = 100, .acceptance = 0.9}));
  CHECK(tuned.find("step size") != std::string::npos);
  CHECK(tuned.find("tuned, acceptance 0.") != std::string::npos);
  CHECK(tuned.find("never moved") == std::string::npos);
  lanes::HybridMonteCarlo<lanes::FreeField<Geometry>> chains(theory,
                                                             {.step_size = 1e200, .chains = 3});
  const auto resting = lanes::summary(chains.sample(10));
  CHECK(resting.find("never moved") != std::string::npos);
  CHECK(resting.find("of 3 chains") != std::string::npos);
  CHECK(resting.find("of 30 trajectories") != std::string::npos);
}
