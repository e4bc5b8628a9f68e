// SPDX-License-Identifier: BSD-3-Clause
//
// Chains as lanes: what is put in comes out, angles are folded, a configuration is kept at its
// place; and refusals name whose option it was.
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <support/refusal.hpp>

using namespace lanes;

namespace {

using G = Lattice<2, 4>;
template <class P>
using Links = detail::Chains<U1Gauge<G>, P, Cpu>;

template <class P>
std::vector<typename P::Real> some_angles(std::size_t n) {
  std::vector<typename P::Real> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = typename P::Real(0.01) * static_cast<float>(i);
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("configurations come back, folded", P, Single, Double) {
  using Real = typename P::Real;
  Links<P> chains(19, Cpu(2));
  CHECK(chains.count() == 19);
  CHECK(chains.padded() % std::size_t(simd_width<Real>) == 0);
  const auto x = some_angles<P>(19 * std::size_t(chains.rows));
  chains.set(x);
  CHECK(chains.configurations() == x);
  auto turned = x;
  turned[7] += Real(two_pi);
  turned[8] -= Real(two_pi);
  chains.set(turned);
  const auto back = chains.configurations();
  CHECK(std::abs(double(back[7] - x[7])) < P::round_trip);
  CHECK(std::abs(double(back[8] - x[8])) < P::round_trip);
  CHECK(refusal([&] { chains.check("Mine", some_angles<P>(3)); }) ==
        "lanes: Mine: numbers in the state is 3 (allowed: chains times rows)");
}
TEST_CASE_TEMPLATE("each chain is kept in a row of its own", P, Single, Double) {
  using Real = typename P::Real;
  Links<P> chains(19, Cpu(2));
  const std::size_t rows = std::size_t(chains.rows);
  const auto x = some_angles<P>(19 * rows);
  chains.set(x);
  auto ensemble = chains.room(Seed{}, Purpose::user, 0, 3, 1);
  chains.for_tiles([&](auto& context, std::size_t first, int n) {
    const auto action = context.template rows<double>(1);
    for (int k = 0; k < context.lanes(); ++k) context.pointer(action)[k] = double(first) + k;
    chains.keep(ensemble, 1, context, first, n, action);
  });
  CHECK(ensemble.chain_length() == 3);
  for (std::size_t i = 0; i < ensemble.size(); ++i) {
    const std::size_t chain = i / 3;
    CHECK(ensemble.action[i] == (i % 3 == 1 ? double(chain) : 0.0));
    for (std::size_t r = 0; r < rows; ++r)
      CHECK(ensemble.configuration(i)[r] == (i % 3 == 1 ? x[chain * rows + r] : Real(0)));
  }
}
TEST_CASE("a refusal names whose option it was") {
  CHECK(refusal([] { detail::check_run("Mine", "sweeps", 10, 3); }) ==
        "lanes: Mine: sweeps is 10 (allowed: a multiple of interval, >= 1)");
  CHECK(refusal([] { detail::check_run("Mine", "sweeps", 10, 0); }) ==
        "lanes: Mine: interval is 0 (allowed: >= 1)");
  CHECK(refusal([] { detail::check_chains("Mine", "sweeps", 10, 1, 0, 5); }) ==
        "lanes: Mine: chains is 0 (allowed: >= 1)");
  CHECK(refusal([] { detail::check_chains("Mine", "sweeps", 10, 1, 3, -1); }) ==
        "lanes: Mine: thermalisation is -1 (allowed: >= 0)");
}
