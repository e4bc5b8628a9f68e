// SPDX-License-Identifier: BSD-3-Clause
//
// What a user's code throws on a thread of the library (action, force, updates, callback) comes out
// on the thread that called, as it was thrown, and the same one for any number of threads.
#include <cmath>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/sampling/importance.hpp>

#include "small_model.hpp"

using namespace lanes;

namespace {

using G = small::Geometry;

void refuse_above(double limit, double value) {
  if (value > limit) throw std::domain_error(std::to_string(value));
}

/// A Gaussian that refuses what it does not like, in one of its functions.
struct Refuses {
  using Field = Scalar;
  using Geometry = G;
  double of_action = 1e9, of_force = 1e9;
  double action(const auto& phi) const {
    double s = 0;
    for (int x = 0; x < G::volume; ++x) s += 0.5 * double(phi(x)) * double(phi(x));
    refuse_above(of_action, phi(3));
    return s;
  }
  void force(const auto& phi, auto& gradient) const {
    refuse_above(of_force, phi(5));
    for (int x = 0; x < G::volume; ++x) gradient(x) = phi(x);
  }
};

/// The message of what f(threads) throws, the same for any number of threads.
template <class F>
std::string message(const F& f) {
  std::string first;
  for (int threads : {1, 2, 3}) {
    std::string text = "nothing";
    try {
      f(threads);
    } catch (const std::domain_error& e) {
      text = e.what();
    }
    if (threads == 1) first = text;
    CHECK(text == first);
  }
  return first;
}

}  // namespace

template <>
struct lanes::LocalUpdates<Refuses> {
  template <class Context>
  static void heat_bath(Context& context, const Refuses&, const RandomStream& stream,
                        Rows<typename Context::Real> x) {
    const auto unused = context.template rows<double>(1);
    fill(context, unused, 1);
    Scalar::draw_base<G>(context, stream, x, unused);
    typename Context::Real first[64];
    context.store_lanes(x, 1, 1, first);
    refuse_above(1.5, double(first[0]));
  }
  template <class Context>
  static void overrelaxation(Context&, const Refuses&, Rows<typename Context::Real>) {}
};

TEST_CASE("Markov chains: action, force, updates") {
  const HmcOptions options = {.chains = 40, .trajectories = 50};
  for (const Refuses& theory : {Refuses{.of_action = 1.5}, Refuses{.of_force = 1.5}})
    CHECK(message([&](int threads) {
            sample_hmc(theory, options, Seed{3}, Cpu(threads));
          }).find('.') == 1);
  CHECK(message([&](int threads) {
          sample_heat_bath(Refuses{}, {.chains = 40, .sweeps = 50}, Seed{3}, Cpu(threads));
        }).find('.') == 1);
}

TEST_CASE("flows: action and force while training, action while sampling, the callback") {
  const auto sampler = [](int threads) { return small::Sampler<Double>(Seed{6}, Cpu{threads}); };
  CHECK(message([&](int threads) {
          auto s = sampler(threads);
          train<Reinforce>(s, Refuses{.of_action = 2}, {.steps = 20, .batch = 256});
        }).find('.') == 1);
  CHECK(message([&](int threads) {
          auto s = sampler(threads);
          train<PathGradient>(s, Refuses{.of_force = 2}, {.steps = 20, .batch = 256});
        }).find('.') == 1);
  CHECK(message([&](int threads) {
          auto s = sampler(threads);
          sample_reweighted(s, Refuses{.of_action = 2}, {.configurations = 2000});
        }).find('.') == 1);
  CHECK(message([&](int threads) {
          auto s = sampler(threads);
          train<Reinforce>(s, Refuses{}, {.steps = 20, .batch = 64},
                           [](const auto&, const auto&) { throw std::domain_error("enough"); });
        }) == "enough");
}
