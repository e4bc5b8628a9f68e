// SPDX-License-Identifier: BSD-3-Clause
//
// A conditional model: where the coupling enters, one training for a range of masses of the free
// field against its exact free energy, and what is refused.
#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/analysis/exact.hpp>
#include <lanes/analysis/weights.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/flow/coupling.hpp>
#include <lanes/flow/cubic.hpp>
#include <lanes/flow/free_field_base.hpp>
#include <lanes/flow/long_waves.hpp>
#include <lanes/flow/multiscale.hpp>
#include <lanes/flow/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/training/conditional.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 4>;
using Net = ConvNet<Channels<4>, Kernel<3>, Tanh>;
using Flow = Chain<Repeat<2, Coupling<Checkerboard, Affine, Net>>, FreeFieldBase>;
using Model = Sampler<Scalar, G, Flow, Double>;

double ess_at(Model& sampler, double m2) {
  return effective_sample_size(
             sample_log_weights(sampler, FreeField<G>(m2), {.configurations = 4096}))
      .value;
}

}  // namespace

TEST_CASE("a coupling enters as constant channels: polynomials of its position in the range") {
  Model sampler{Seed{1}};
  const std::size_t n = std::size_t(sampler.parameter_count());
  Conditional model(sampler, 2.0, 6.0, 2);
  CHECK(model.degree() == 2);
  // The biases of the first convolutions, 4 behind 9 * 4 weights, and both parameters of the base.
  const std::size_t each = (n - 2) / 2;
  REQUIRE(each == 9 * 4 + 4 + 9 * 4 * 2 + 2);
  std::vector<std::size_t> which;
  for (std::size_t layer : {std::size_t(0), each})
    for (std::size_t i = 36; i < 40; ++i) which.push_back(layer + i);
  which.insert(which.end(), {n - 2, n - 1});
  REQUIRE(std::vector(model.conditioned().begin(), model.conditioned().end()) == which);
  const std::size_t m = which.size();
  std::vector<double> c(n + 2 * m);
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = 0.01 * std::sin(double(i));
  model.set_coefficients(c);
  const auto at = model.at(5.0).parameters();  // tau = 1/2
  for (std::size_t i = 0, k = 0; i < n; ++i) {
    double expected = c[i];
    if (k < m && which[k] == i) expected += 0.5 * c[n + k] + 0.25 * c[n + m + k], ++k;
    CHECK(at[i] == doctest::Approx(expected).epsilon(1e-14));
  }
}

// Inside every kind of layer: as many biases as the first contractions have outputs.
TEST_CASE("which parameters depend on the coupling") {
  using Z2 = Coupling<Checkerboard, Cubic, Z2ConvNet<Channels<3>, Kernel<1>>>;
  using Dense = Coupling<Checkerboard, Affine, DenseNet<Channels<5>, Tanh>>;
  using Levels = Multiscale<2, Repeat<3, Z2>, Chain<Dense, Rescaling>, LongWaves>;
  Sampler<Scalar, G, Chain<FreeFieldBase, Levels, Sublattice<2, Z2>>> sampler{Seed{1}};
  CHECK(Conditional(sampler, 0.0, 1.0).conditioned().size() == 2 + 5 + 1 + 3 * 3 + 3);
  Sampler<Scalar, G, Coupling<Checkerboard, Affine, ConvNet<Channels<3>, Kernel<1>, Tanh, NoBias>>>
      blind{Seed{1}};
  CHECK_THROWS_AS(Conditional(blind, 0.0, 1.0), std::invalid_argument);
}

TEST_CASE("one training for a range of masses") {
  Model sampler{Seed{5}};
  Conditional model(sampler, 0.4, 4.0, 2);
  const auto history = train_conditional<PathGradient, Adam, CosineRate>(
      model, [](double m2) { return FreeField<G>(m2); },
      {.steps = 4000, .batch = 64, .optimizer = {.learning_rate = 1e-2}});
  CHECK(history.loss.size() == 4000);
  for (double m2 : {0.4, 1.0, 2.5, 4.0}) {
    CAPTURE(m2);
    Model& there = model.at(m2);
    CHECK(ess_at(there, m2) > 0.9);
    const auto f =
        free_energy(sample_log_weights(there, FreeField<G>(m2), {.configurations = 16384}));
    CHECK(std::abs(f.value - ExactFreeField<G>(m2).free_energy()) < 5 * f.error);
  }
  // The coupling matters: the parameters of one end are poor at the other.
  CHECK(ess_at(model.at(4.0), 0.4) < 0.6);
}

TEST_CASE("refused: couplings outside the range, options that it does not have") {
  Model sampler{Seed{1}};
  Conditional model(sampler, 2.0, 6.0);
  CHECK_THROWS_WITH_AS(model.at(6.5), "lanes: Conditional: coupling is 6.5 (allowed: [2, 6])",
                       std::invalid_argument);
  CHECK_THROWS_AS(model.at(1.99), std::invalid_argument);
  CHECK_THROWS_AS(model.at(NAN), std::invalid_argument);
  CHECK_THROWS_AS(Conditional(sampler, 3.0, 3.0), std::invalid_argument);
  CHECK_THROWS_AS(Conditional(sampler, 3.0, 4.0, 0), std::invalid_argument);
  CHECK_THROWS_AS(model.set_coefficients(std::vector<double>(3)), std::invalid_argument);
  const auto theory = [](double m2) { return FreeField<G>(m2); };
  CHECK_THROWS_AS(train_conditional<PathGradient>(model, theory,
                                                  {.steps = 4, .batch = 32, .annealing_steps = 2}),
                  std::invalid_argument);
}
