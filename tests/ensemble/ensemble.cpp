// SPDX-License-Identifier: BSD-3-Clause
//
// Ensemble: shapes, chains, and analysis with the chains as replicas.
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/ensemble/ensemble.hpp>

using Geometry = lanes::Lattice<2, 3>;
using Chains = lanes::Ensemble<lanes::Scalar, Geometry, float>;

namespace {

Chains numbered(std::size_t n, std::size_t chains) {
  Chains e;
  e.resize(n, true);
  e.chains = chains;
  for (std::size_t i = 0; i < n * Chains::rows; ++i)
    e.configurations[i] = static_cast<float>(i % 97) / 8;
  for (std::size_t i = 0; i < n; ++i) e.action[i] = static_cast<double>(i % 7);
  return e;
}

}  // namespace

TEST_CASE("shapes and chains") {
  const Chains e = numbered(12, 3);
  CHECK(Chains::rows == 6);
  CHECK(e.size() == 12);
  CHECK(e.chain_length() == 4);
  CHECK(e.lengths() == std::vector<std::size_t>{4, 4, 4});
  CHECK(e.configuration(2).size() == 6);
  CHECK(e.configuration(2)[1] == float(13) / 8);
  CHECK_THROWS_AS(e.configuration(12), std::invalid_argument);
  CHECK(e.log_q.size() == 12);
  CHECK(std::isnan(e.acceptance()));
}

TEST_CASE("acceptance is accepted of decisions") {
  Chains e = numbered(4, 1);
  e.accepted = 3;
  e.decisions = 4;
  CHECK(e.acceptance() == 0.75);
}

TEST_CASE("analysis takes the chains as replicas") {
  const Chains e = numbered(400, 4);
  const std::vector<std::size_t> lengths(4, 100);
  const auto a = lanes::analyse(lanes::Susceptibility{}, e)[0];
  const auto b = lanes::analyse<Geometry>(lanes::Susceptibility{}, e.configurations, lengths)[0];
  CHECK(a.value == b.value);
  CHECK(a.error == b.error);
  CHECK(a.replica_q == b.replica_q);
  CHECK(std::isfinite(a.replica_q));
  CHECK(lanes::action_density(e).value == lanes::action_density<Geometry>(e.action, lengths).value);
}
