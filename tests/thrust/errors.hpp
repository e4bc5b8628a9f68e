// SPDX-License-Identifier: BSD-3-Clause
//
// What goes wrong on a device: memory that is not there, options out of range, numbers that are not
// finite. Nothing is changed by what fails.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/thrust.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/training/train.hpp>

namespace errors {

using namespace lanes;
using L = Lattice<4, 4>;
using Flow = Repeat<2, Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh>>>;
using Flowing = Sampler<Scalar, L, Flow, Single, Thrust>;

template <class F>
std::string message_of(const F& f) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::vector<float> parameters(const Flowing& model) {
  const auto p = model.parameters();
  return {p.begin(), p.end()};
}

TEST_CASE("options out of range are refused with the value and the range") {
  for (const int lanes : {0, -8, 12})
    CHECK(message_of([&] { Thrust({.lanes = lanes}); }) ==
          "lanes: ThrustOptions: lanes is " + std::to_string(lanes) +
              " (allowed: a positive multiple of 8)");
}

TEST_CASE("more memory than the device has: the bytes asked are named") {
  const auto message =
      message_of([] { device::Vector<double> all(std::numeric_limits<std::size_t>::max() / 64); });
  CHECK(message.find("lanes: Thrust: no ") == 0);
  CHECK(message.find(std::to_string(std::numeric_limits<std::size_t>::max() / 64 * 8) + " bytes") !=
        std::string::npos);
}

TEST_CASE("scratch memory up to the limit and no further; what fails changes nothing") {
  Flowing small{Seed{3}, Thrust({.lanes = 16384, .memory = std::size_t(8) << 20})};
  const auto before = parameters(small);
  const auto few = small.draw(64);
  const auto message = message_of([&] { small.draw(16384); });
  CHECK(message.find("bytes more of scratch memory") != std::string::npos);
  CHECK(message.find("(allowed: 8388608 in all)") != std::string::npos);
  CHECK(small.backend().capacity() <= std::size_t(8) << 20);
  CHECK(parameters(small) == before);
  CHECK(small.draw(64).fields == few.fields);

  Trainer<Reparameterization, Flowing, Phi4<L>, Adam, ConstantRate> trainer(
      small, Phi4<L>::textbook(0.6, 1.5), {.steps = 10, .batch = 65536});
  CHECK_THROWS_AS(trainer.step(), MemoryError);
  CHECK(trainer.state().step == 0);
  CHECK(parameters(small) == before);
  for (const auto& m : trainer.state().moments.values)
    for (float v : m) CHECK(v == 0);
}

TEST_CASE("many small visits give what one gives") {
  Flowing one{Seed{3}}, many{Seed{3}, Thrust({.lanes = 8})};
  const auto a = one.draw(53, 5), b = many.draw(53, 5);
  CHECK(a.fields == b.fields);
  CHECK(a.log_q == b.log_q);
  CHECK(one.log_density(a.fields) == many.log_density(a.fields));
}

// Infinite where phi(0) is large.
struct Hole : LocalTheory<Hole, Scalar, L> {
  double edge;
  explicit Hole(double e) : edge(e) {}
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    const T x = phi.here();
    return x * x + select(x > T(edge), T(1) / (x - x), T(0));
  }
};

TEST_CASE("an action that is not finite stops training with step and lane, and changes nothing") {
  Flowing model{Seed{4}};
  Trainer<Reparameterization, Flowing, Hole, Adam, ConstantRate> trainer(
      model, Hole(2.5), {.steps = 50, .batch = 256});
  std::vector<float> before;
  std::string message;
  long step = -1;
  while (step < 0 && !trainer.finished()) {
    before = parameters(model);
    try {
      trainer.step();
    } catch (const TrainingError& error) {
      step = error.step;
      message = error.what();
      CHECK(error.lane >= 0);
      CHECK(error.layer == -1);
    }
  }
  REQUIRE(step >= 0);
  CHECK(message.find("x is finite") != std::string::npos);
  CHECK(message.find("the parameters are those before this step") != std::string::npos);
  CHECK(parameters(model) == before);
  CHECK(trainer.state().step == step);
}

TEST_CASE("an update that leaves the range of the precision is refused by name") {
  Flowing model{Seed{4}};
  const auto before = parameters(model);
  Trainer<Reparameterization, Flowing, Phi4<L>, Adam, ConstantRate> trainer(
      model, Phi4<L>::textbook(0.6, 1.5),
      {.steps = 5, .batch = 32, .optimizer = {.learning_rate = 1e300}});
  const auto message = message_of([&] { trainer.step(); });
  CHECK(message.find("the update makes the parameters not finite") != std::string::npos);
  CHECK(parameters(model) == before);
  CHECK(trainer.state().step == 0);
}

}  // namespace errors
