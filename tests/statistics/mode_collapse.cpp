// SPDX-License-Identifier: BSD-3-Clause
//
// The verdict on mode collapse and the error of `covered`, on weights whose coverage is known:
//
//   p = (1 - a) N(0, 1) + a N(d, 1),   q = N(0, s^2) or p itself,
//
// and on lists of weights that have brought out a wrong word.
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/statistics/mode_collapse.hpp>

#include "synthetic.hpp"

using namespace lanes;
using synthetic::Generator;
using synthetic::Pulls;

namespace {

constexpr int sets = 200;

struct Modes {
  double a = 0, d = 12, s = 1;
  std::size_t draws = 4000, configurations = 4000;
  double stay = 0;  // a configuration keeps its mode with this probability, else draws it anew
  std::size_t replicas = 1;

  double log_weight(double x) const {
    const double p = (1 - a) * std::exp(-x * x / 2) + a * std::exp(-(x - d) * (x - d) / 2);
    return std::log(p * s) + x * x / (2 * s * s);
  }
  /// P_p(p <= N q), where the second mode is out of reach.
  double covered() const {
    const double bound = std::log(double(draws));
    double inside = 0;
    for (double x = -12; x < d + 12; x += 1e-3)
      if (log_weight(x) <= bound)
        inside += 1e-3 / std::sqrt(2 * 3.14159265358979) *
                  ((1 - a) * std::exp(-x * x / 2) + a * std::exp(-(x - d) * (x - d) / 2));
    return inside;
  }
  ModeCollapse judge(Generator& random, const CollapseOptions& options = {}) const {
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    std::vector<double> model(draws), target(configurations);
    for (double& l : model) l = log_weight(s * normal(random));
    std::vector<std::size_t> lengths(replicas, configurations / replicas);
    bool second = false;
    for (std::size_t i = 0; i < configurations; ++i) {
      if (i % lengths[0] == 0 || uniform(random) >= stay) second = uniform(random) < a;
      target[i] = log_weight(normal(random) + (second ? d : 0));
    }
    return mode_collapse(model, target_side(target, lengths), options);
  }
};

struct Votes {
  int collapsed = 0, undecided = 0, covered = 0;
};
Votes vote(const Modes& modes, std::uint64_t seed, const CollapseOptions& options = {}) {
  Generator random(seed);
  Votes votes;
  for (int i = 0; i < sets; ++i) {
    const ModeCollapse m = modes.judge(random, options);
    ++(m.collapsed ? votes.collapsed : m.undecided ? votes.undecided : votes.covered);
  }
  return votes;
}
constexpr int nearly_all = sets * 95 / 100;

ModeCollapse judge(const std::vector<double>& model, const std::vector<double>& target,
                   const std::vector<std::size_t>& lengths = {}) {
  return mode_collapse(model, target_side(target, lengths));
}
std::vector<double> joined(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("a model that has its only mode, wider or narrower than it is: covered") {
  CHECK(vote({.s = 1.2}, 1).covered >= nearly_all);
  CHECK(vote({.s = 0.9}, 2).covered >= nearly_all);  // the tails of w are heavy
  CHECK(vote({.s = 1.2, .configurations = 1000}, 3).covered >= nearly_all);
}
TEST_CASE("a missing mode of half and of a twentieth of the weight: collapsed") {
  CHECK(vote({.a = 0.5}, 4).collapsed >= nearly_all);
  CHECK(vote({.a = 0.05}, 5).collapsed >= nearly_all);
  CHECK(vote({.a = 0.05, .configurations = 8000, .stay = 0.8}, 6).collapsed >= nearly_all);
  // chains that stay in their modes: the spread of 32 of them is an error, that of 4 is none
  const Modes slow{.a = 0.5, .stay = 0.9995, .replicas = 32};
  const Votes many = vote(slow, 7);
  CHECK(many.collapsed + many.undecided == sets);
  CHECK(many.collapsed > sets / 2);
  Modes few = slow;
  few.replicas = 4;
  CHECK(vote(few, 8).covered <= sets / 8 + 5 * std::sqrt(sets / 8.0));  // none of 4 saw it: 1 / 16
}
TEST_CASE("a missing mode of one in two hundred: what counts is the share that is asked for") {
  CHECK(vote({.a = 0.005, .configurations = 8000}, 9).collapsed == 0);
  CHECK(vote({.a = 0.005, .configurations = 8000}, 10, {.least_covered = 0.999}).collapsed >=
        nearly_all);
  CHECK(vote({.a = 0.005, .configurations = 20000}, 11).covered >= nearly_all);
}
TEST_CASE("what cannot be known is undecided") {
  CHECK(vote({.a = 0.05, .configurations = 40}, 12).undecided >= nearly_all);
  CHECK(vote({.s = 1.2, .configurations = 100}, 13).undecided == sets);
  CHECK(vote({.s = 1.2, .draws = 40}, 14).undecided == sets);
  // a share at the limit: neither word more often than three sigma allow
  const Votes limit = vote({.a = 0.01}, 15);
  CHECK(limit.undecided >= nearly_all);
}
TEST_CASE("the error of covered covers its value") {
  for (double stay : {0.0, 0.6, 0.9})
    for (double a : {0.5, 0.05}) {
      const Modes modes{.a = a, .configurations = 8000, .stay = stay, .replicas = 4};
      const double truth = modes.covered();
      CHECK(std::abs(truth - (1 - a)) < 1e-4);
      Generator random(std::uint64_t(100 * a + 10 * stay));
      Pulls pulls;
      int inside = 0;
      for (int i = 0; i < sets; ++i) {
        const ModeCollapse m = modes.judge(random);
        pulls.add((m.covered.value - truth) / m.covered.error);
        inside += std::abs(m.covered.value - truth) < m.covered.error;
      }
      CAPTURE(stay);
      CAPTURE(a);
      CHECK(std::abs(pulls.mean()) < 5 / std::sqrt(sets));
      CHECK(std::abs(pulls.mean_square() - 1) < 5 * std::sqrt(2.0 / sets));
      CHECK(std::abs(inside - 0.683 * sets) < 4 * std::sqrt(0.683 * 0.317 * sets));
    }
}
TEST_CASE("F of both sides is right though a mode is missed") {
  Generator random(20);
  Pulls pulls, found;
  for (int i = 0; i < sets; ++i) {
    const ModeCollapse m = Modes{.a = 0.3, .s = 1.2}.judge(random);
    pulls.add(m.free_energy.value / m.free_energy.error);  // Z = 1
    found.add((m.found.value - 0.7) / m.found.error);
  }
  for (const Pulls& p : {pulls, found}) {
    CHECK(std::abs(p.mean()) < 5 / std::sqrt(sets));
    CHECK(std::abs(p.mean_square() - 1) < 5 * std::sqrt(2.0 / sets));
  }
}
TEST_CASE(
    "a missed mode where ln w is as large as a fourth power of 1e18, or infinite: collapsed") {
  Generator random(11);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  for (double largest : {1e3, 1e38, 1e72, 1e300}) {
    std::vector<double> model(2000), target(4000);
    for (double& l : model) l = -0.18 + 0.6 * normal(random);
    for (std::size_t i = 0; i < target.size(); i += 2) {
      target[i] = 0.18 + 0.6 * normal(random);
      target[i + 1] = i % 3 ? std::pow(largest, uniform(random)) + 20 : INFINITY;
    }
    target[1] = largest;
    const ModeCollapse m = mode_collapse(model, target_side(target));
    CAPTURE(largest);
    CHECK(m.collapsed);
    CHECK(std::abs(m.covered.value - 0.5) < 1e-12);
    CHECK(std::abs(m.free_energy.value - std::log(0.5)) < 5 * m.free_energy.error);
    CHECK(m.free_energy.error < 0.05);
  }
}

TEST_CASE("one far tail is no collapse, however small the target's ESS") {
  Generator random(21);
  std::normal_distribution<double> normal;
  std::vector<double> model(5000), target(5000);
  for (double& l : model) l = 0.3 * normal(random);
  for (double& l : target) l = 0.09 + 0.3 * normal(random);
  target[77] = 30;
  const ModeCollapse m = judge(model, target);
  CHECK(m.target_ess.value < 1e-8);
  CHECK(m.target_ess.verdict.has(Doubt::few_weights));
  CHECK_FALSE(m.collapsed);
  CHECK_FALSE(m.undecided);
  CHECK(m.covered.value == 1 - 1 / 5000.0);
  CHECK(to_string(m) == "covered: the model's draws reach the target; covered 0.99980(20)");
  target[78] = INFINITY;  // and one that q does not reach at all
  CHECK_FALSE(judge(model, target).collapsed);
}
TEST_CASE("constant weights, one weight, and weights of zero") {
  const std::vector<double> same(5000, -3.5);
  const ModeCollapse perfect = judge(same, same);
  CHECK_FALSE(perfect.collapsed);
  CHECK_FALSE(perfect.undecided);
  CHECK(perfect.covered.value == 1);
  CHECK(std::abs(perfect.free_energy.value - 3.5) < 1e-9);
  CHECK(std::abs(perfect.found.value - 1) < 1e-9);

  auto one = same;
  one[9] = 20;
  CHECK(judge(one, same).undecided);
  CHECK(std::string(judge(one, same).reason) == "a few of the model's draws carry all weight");
  // the target's ln w are another constant: of another theory, or ln q is wrong
  CHECK(judge(same, std::vector<double>(5000, -1.5)).undecided);
  // and beyond all reach
  CHECK(judge(same, std::vector<double>(5000, 100.0)).collapsed);

  const std::vector<double> nothing(500, INFINITY);
  CHECK(judge(same, nothing).collapsed);  // was "not collapsed" with 0(0)
  CHECK(judge(same, nothing).covered.value == 0);
  auto tenth = same;
  for (std::size_t i = 0; i < tenth.size(); i += 1 + i % 19) tenth[i] = INFINITY;
  CHECK(judge(one, tenth).collapsed);  // no density at a tenth of it, whatever the weights
  tenth = same;
  tenth[3] = INFINITY;
  CHECK(judge(one, tenth).undecided);
  CHECK(judge(joined(same, std::vector<double>(5000, -INFINITY)), std::vector<double>(5000, -4.19))
            .covered.value == 1);  // half of the draws are forbidden: that is no collapse
  CHECK_FALSE(judge(joined(same, std::vector<double>(5000, -INFINITY)), same).collapsed);
}
TEST_CASE("what is refused") {
  const std::vector<double> l = {0, 1, 2, 3};
  const auto side = target_side(l);
  CHECK_THROWS_WITH_AS(mode_collapse(l, side, {.sigmas = 0}),
                       "lanes: mode_collapse: sigmas is 0 (allowed: > 0)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(mode_collapse(l, side, {.least_covered = 1}),
                       "lanes: mode_collapse: least_covered is 1 (allowed: above 0 and below 1)",
                       std::invalid_argument);
  CHECK_THROWS_AS(mode_collapse(l, TargetSide{}), std::invalid_argument);
}
