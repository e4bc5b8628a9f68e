// SPDX-License-Identifier: BSD-3-Clause
//
// Sampler: proposals are a function of their number alone; ln q of draws is the density of fields;
// parameters in and out.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/phi4.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 6>;
using Flow =
    Chain<Repeat<4, Coupling<Checkerboard, Affine,
                             ConvNet<Channels<4>, Kernel<3>, LeakyRelu, Final<Tanh>, RandomLast>>>,
          Rescaling>;
template <class P>
using Sampled = Sampler<Scalar, G, Flow, P>;

template <class Real>
struct Proposals {
  std::vector<Real> fields;
  std::vector<double> log_q, action;
  bool operator==(const Proposals&) const = default;
};
template <class S>
Proposals<typename S::Real> propose(S& sampler, std::uint64_t first, std::size_t count) {
  Proposals<typename S::Real> p{std::vector<typename S::Real>(count * S::rows),
                                std::vector<double>(count), std::vector<double>(count)};
  sampler.propose(Phi4<G>::from_mass_coupling(-4, 6.008), first, count, p.fields.data(),
                  p.log_q.data(), p.action.data());
  return p;
}
template <class Real>
Proposals<Real> part(const Proposals<Real>& all, std::size_t from, std::size_t count) {
  const auto at = [](auto& v, std::size_t i) { return v.begin() + std::ptrdiff_t(i); };
  return {{at(all.fields, from * G::volume), at(all.fields, (from + count) * G::volume)},
          {at(all.log_q, from), at(all.log_q, from + count)},
          {at(all.action, from), at(all.action, from + count)}};
}

}  // namespace

TEST_CASE_TEMPLATE("proposal n depends on n alone: not on count, partition or threads", P, Single,
                   Double) {
  Sampled<P> sampler(Seed{7}, Cpu{1});
  const auto all = propose(sampler, 1000, 203);
  for (int threads : {1, 2, 3}) {
    Sampled<P> other(Seed{7}, Cpu{threads});
    CHECK(propose(other, 1000, 203) == all);
    CHECK(propose(other, 1017, 64) == part(all, 17, 64));
    CHECK(propose(other, 1000, 1) == part(all, 0, 1));
    CHECK(propose(other, 1202, 1) == part(all, 202, 1));
    const auto batch = other.draw(203, 1000);
    CHECK(batch.fields == all.fields);
    CHECK(batch.log_q == all.log_q);
  }
  CHECK(propose(sampler, 1000, 0) == Proposals<typename P::Real>{});
  // Beyond 2^32 proposals nothing comes again.
  CHECK(propose(sampler, (1ull << 33) + 1000, 203).log_q != all.log_q);
  CHECK(propose(sampler, (1ull << 33) + 1017, 5) ==
        part(propose(sampler, (1ull << 33) + 1000, 203), 17, 5));
  // Different numbers, different fields.
  for (std::size_t i = 1; i < 203; ++i)
    REQUIRE(all.fields[i * G::volume] != all.fields[(i - 1) * G::volume]);
}

TEST_CASE("proposals are not the samples that training has seen") {
  using S = Sampled<Double>;
  S sampler(Seed{7});
  const auto proposals = sampler.draw(32);
  for (std::uint64_t step : {0u, 1u}) {
    std::vector<double> trained(32);
    sampler.backend().for_lanes<Double>(0, 32, [&](auto& context, std::size_t at, int n) {
      const auto x = context.template rows<double>(S::rows);
      const auto q = context.template rows<double>(1);
      S::Model::draw(context, sampler.share(context), RandomStream(Seed{7}, Purpose::base, step), x,
                     q);
      context.store_lanes(q, 1, n, trained.data() + at);
    });
    for (double q : trained)
      for (double p : proposals.log_q) REQUIRE(q != p);
  }
}

TEST_CASE_TEMPLATE("ln q of draws is the density of their fields; S is the theory's", P, Single,
                   Double) {
  Sampled<P> sampler(Seed{7});
  const auto all = propose(sampler, 0, 203);
  const auto log_q = sampler.log_density(all.fields);
  REQUIRE(log_q.size() == 203);
  double worst = 0, worst_action = 0;
  const auto theory = Phi4<G>::from_mass_coupling(-4, 6.008);
  for (std::size_t i = 0; i < 203; ++i) {
    worst = std::max(worst, std::abs(log_q[i] - all.log_q[i]) / G::volume);
    double s = 0;
    for (int x = 0; x < G::volume; ++x) {
      const auto at = [&](int site) {
        return double(all.fields[i * G::volume + std::size_t(site)]);
      };
      s += theory.quadratic() * std::pow(at(x), 2) + theory.quartic() * std::pow(at(x), 4);
      for (int mu = 0; mu < 2; ++mu) s -= theory.hopping() * at(x) * at(G::forward(x, mu));
    }
    worst_action = std::max(worst_action, std::abs(s - all.action[i]) / std::max(1.0, std::abs(s)));
  }
  CHECK(worst < P::round_trip);
  CHECK(worst_action < Double::agreement);
  // Fields of another precision, and a part of a tile.
  const std::vector<double> wide(all.fields.begin(), all.fields.begin() + 3 * G::volume);
  const auto of_wide = sampler.log_density(wide);
  for (std::size_t i = 0; i < 3; ++i) CHECK(of_wide[i] == log_q[i]);
  CHECK(sampler.log_density(std::vector<double>{}).empty());
}

TEST_CASE("parameters: start values from the seed, set and read, refused at the wrong size") {
  using S = Sampled<Double>;
  S a(Seed{1}), b(Seed{1}), c(Seed{2});
  const auto values = [](const S& s) {
    return std::vector<double>(s.parameters().begin(), s.parameters().end());
  };
  CHECK(S::parameter_count() == 4 * (4 * 9 + 4 + 2 * 4 * 9 + 2) + 1);
  CHECK(int(values(a).size()) == S::parameter_count());
  CHECK(a.seed().value == 1);
  CHECK(values(a) == values(b));
  CHECK(values(a) != values(c));
  CHECK(a.draw(5).fields == b.draw(5).fields);

  auto moved = values(a);
  for (double& p : moved) p += 0.01;
  const auto before = a.draw(5).log_q;
  a.set_parameters(moved);
  CHECK(values(a) == moved);
  CHECK(a.draw(5).log_q != before);
  b.set_parameters(a.parameters());
  CHECK(b.draw(5).log_q == a.draw(5).log_q);

  const auto now = a.draw(5).log_q;
  moved.pop_back();
  CHECK_THROWS_WITH_AS(a.set_parameters(moved),
                       "lanes: Sampler: number of parameters is 456 (allowed: 457)",
                       std::invalid_argument);
  CHECK(a.draw(5).log_q == now);
  CHECK_THROWS_WITH_AS(
      a.log_density(std::vector<double>(25)),
      "lanes: Sampler::log_density: size of fields is 25 (allowed: a multiple of 24)",
      std::invalid_argument);
}

TEST_CASE("a copy draws what the original draws, and has parameters of its own") {
  Sampled<Double> sampler{Seed{7}};
  Sampled<Double> copy = sampler;
  const auto before = propose(sampler, 5, 40);
  CHECK(propose(copy, 5, 40) == before);
  copy.set_parameters(std::vector<double>(Sampled<Double>::parameter_count(), 0.01));
  CHECK(propose(sampler, 5, 40) == before);
  CHECK(!(propose(copy, 5, 40) == before));
  sampler = copy;
  CHECK(propose(sampler, 5, 40) == propose(copy, 5, 40));
  CHECK(sampler.backend().threads() == copy.backend().threads());
  std::vector<Sampled<Double>> several(3, copy);
  several.emplace_back(Seed{8});
  CHECK(propose(several[2], 5, 40) == propose(copy, 5, 40));
}
