// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that a program computes with a backend, as named lists of numbers: what two backends
// must agree on.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/symmetric.hpp>
#include <lanes/core/bfloat16.hpp>
#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/training/train.hpp>

namespace lanes::testing {

using Numbers = std::map<std::string, std::vector<double>>;

using NumbersLattice = Lattice<4, 4>;
template <class Network>
using Layer = Coupling<Checkerboard, Affine, Network>;
using NumbersFlow = Chain<Repeat<3, Layer<ConvNet<Channels<9>, Kernel<3>, Tanh, RandomLast>>>,
                          Rescaling, Layer<DenseNet<Channels<5>, LeakyRelu, RandomLast>>,
                          Layer<Z2ConvNet<Channels<3>, Kernel<3>>>>;

/// The action one lane at a time, every site with every other, and its force.
struct MeanField {
  using Field = Scalar;
  using Geometry = NumbersLattice;
  LANES_HD double action(const auto& phi) const {
    double s = 0, sum = 0;
    for (int x = 0; x < Geometry::volume; ++x) {
      s += 0.5 * double(phi(x)) * double(phi(x));
      sum += double(phi(x));
    }
    return s + 0.05 * sum * sum;
  }
  LANES_HD void force(const auto& phi, auto& gradient) const {
    double sum = 0;
    for (int x = 0; x < Geometry::volume; ++x) sum += double(phi(x));
    for (int x = 0; x < Geometry::volume; ++x) gradient(x) = phi(x) + 0.1 * sum;
  }
};

template <class Precision, class Backend>
class NumbersOf {
  using Real = typename Precision::Real;
  using Model = Sampler<Scalar, NumbersLattice, NumbersFlow, Precision, Backend>;
  using Theory = Phi4<NumbersLattice>;

 public:
  /// Without what a rounding error may turn into another course of events.
  static Numbers run_model() {
    NumbersOf numbers;
    numbers.model();
    numbers.gradients();
    return std::move(numbers.found_);
  }
  static Numbers run() {
    NumbersOf numbers;
    numbers.found_ = run_model();
    numbers.training<Adam>("adam", 0);
    numbers.training<Momentum>("momentum", 5);
    numbers.ensembles();
    numbers.chains();
    numbers.heat_bath();
    numbers.spins();
    return std::move(numbers.found_);
  }

 private:
  template <class List>
  void note(const std::string& name, const List& values) {
    found_[name].assign(values.begin(), values.end());
  }

  static Theory theory() { return Theory::textbook(0.6, 1.5); }
  static Model generic() {
    Model sampler{Seed{12}};
    std::vector<Real> p(sampler.parameters().begin(), sampler.parameters().end());
    for (std::size_t i = 0; i < p.size(); ++i) p[i] += Real(0.1 * std::sin(0.7 * double(i)));
    sampler.set_parameters(p);
    return sampler;
  }

  void model() {
    auto sampler = generic();
    std::vector<double> base(77 * NumbersLattice::volume);  // filled by several threads
    sampler.backend().template for_lanes<Precision>(
        5, 77, [&](auto& context, std::size_t first, int n) {
          const auto x = context.template rows<Real>(NumbersLattice::volume);
          const auto r = context.template rows<double>(1);
          fill(context, r, 1);
          Scalar::draw_base<NumbersLattice>(context, RandomStream(Seed{3}, Purpose::base, 4), x, r);
          context.store_lanes(x, NumbersLattice::volume, n,
                              base.data() + first * NumbersLattice::volume);
        });
    note("base", base);
    const auto batch = sampler.draw(101, 7);
    note("fields", batch.fields);
    note("log_q", batch.log_q);
    note("log_density", sampler.log_density(batch.fields));
    note("action", sampler.action(theory(), std::span<const Real>(batch.fields)));
    note("mean field", sampler.action(MeanField{}, std::span<const Real>(batch.fields)));
  }

  template <class Estimator, class AnyTheory>
  void gradient(const char* name, const AnyTheory& theory, Estimator estimator = {}) {
    auto sampler = generic();
    Trainer<Estimator, Model, AnyTheory, Adam, ConstantRate> trainer(
        sampler, theory,
        {.steps = 9, .batch = 96, .annealing_steps = GivenEstimator<Estimator> ? 0 : 4},
        std::move(estimator));
    auto state = trainer.state();
    for (const long step : {1, 5}) {  // annealed, and not
      state.step = step;
      trainer.set_state(state);
      note(std::string("gradient, ") + name + ", step " + std::to_string(step),
           trainer.compute_gradient());
    }
  }

  void gradients() {
    gradient<Reinforce>("RE", theory());
    gradient<Reparameterization>("RT", theory());
    gradient<PathGradient>("PG", theory());
    gradient<Reparameterization>("RT, mean field", MeanField{});
    std::vector<double> data(50 * NumbersLattice::volume);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = std::sin(1.3 * double(i));
    gradient("forward KL", theory(), ForwardKL<double>(data, NumbersLattice::volume));
  }

  template <class Optimizer>
  void training(const std::string& name, double clip_value) {
    auto sampler = generic();
    TrainOptions<Optimizer, CosineRate> options{.steps = 6, .batch = 64};
    options.clip_norm = 2;
    options.clip_value = clip_value;
    options.evaluate_every = 3;
    options.evaluate_samples = 200;
    options.keep_best = true;
    Trainer<Reparameterization, Model, Theory, Optimizer, CosineRate> trainer(sampler, theory(),
                                                                              options);
    auto history = lanes::run(trainer).history;
    for (const auto& [column, values] : history.columns()) note(name + ", " + column, *values);
    auto state = trainer.state();
    for (const auto& [moment, values] : state.moments.vectors()) note(moment, *values);
    note(name + ", parameters", sampler.parameters());
    note(name + ", best", state.best_parameters);
  }

  void ensembles() {
    auto sampler = generic();
    const auto exact = sample_exact(sampler, theory(), {.configurations = 300, .chains = 3});
    note("exact, configurations", exact.configurations);
    note("exact, action", exact.action);
    note("exact, log_q", exact.log_q);
    note("log weights", sample_log_weights(sampler, theory(), {.configurations = 150}));
  }

  template <class AnyTheory>
  void hmc(const std::string& name, const AnyTheory& theory) {
    HybridMonteCarlo<AnyTheory, Precision, Omelyan, Backend> chains(
        theory, {.step_size = 0.15, .steps = 4, .start = 0.5, .chains = 21}, Seed{8});
    const auto ensemble = chains.sample(6, 2);
    note(name + ", configurations", ensemble.configurations);
    note(name + ", action", ensemble.action);
    note(name + ", dH", chains.energy_violations());
    note(name + ", accepted", std::vector<double>{double(ensemble.accepted)});
    const auto state = chains.state();
    HybridMonteCarlo<AnyTheory, Precision, Omelyan, Backend> resumed(
        theory, {.step_size = 0.15, .steps = 4, .chains = 21}, Seed{8});
    resumed.set_state(state);
    note(name + ", resumed", resumed.sample(2).configurations);
  }
  void heat_bath() {
    const auto run = [this](const std::string& name, const auto& theory) {
      const auto e = sample_heat_bath<Precision>(
          theory, {.hot = true, .chains = 21, .sweeps = 2, .thermalisation = 2}, Seed{6},
          Backend());
      note("heat bath of " + name + ", action", e.action);
    };
    run("links", U1Gauge<NumbersLattice>(2.0));
    run("spins", IsingModel<NumbersLattice>(0.4, 0.1));
    run("spins, antiferromagnet", IsingModel<NumbersLattice>(-0.4));
  }

  // An autoregressive model: the spins themselves, ln q, and a gradient.
  void spins() {
    using Geometry = Lattice<8, 8>;
    using Levels = Symmetric<Z2, Hierarchical<Depth<2>, Width<1>, PRelu>>;
    using Spins = Sampler<Ising, Geometry, Levels, Precision, Backend>;
    const IsingModel<Geometry> ising(0.44, 0.1);
    Spins sampler{Seed{5}};
    std::vector<Real> p(sampler.parameters().begin(), sampler.parameters().end());
    for (std::size_t i = 0; i < p.size(); ++i) p[i] += Real(0.2 * std::sin(0.7 * double(i)));
    sampler.set_parameters(p);
    sampler.follow(ising);
    const auto batch = sampler.draw(45, 3);
    note("spins", batch.fields);
    note("spins, log_q", batch.log_q);
    note("spins, log_density", sampler.log_density(batch.fields));
    Trainer<Reinforce, Spins, IsingModel<Geometry>, Adam, ConstantRate> trainer(
        sampler, ising, {.steps = 3, .batch = 64});
    note("spins, gradient", trainer.compute_gradient());
  }

  void chains() {
    hmc("hmc", theory());
    hmc("hmc, mean field", MeanField{});
  }

  Numbers found_;
};

/// From the Cpu backend; compiled apart, since CUDA code does not know it.
Numbers numbers_of_cpu_single();
Numbers numbers_of_cpu_double();
Numbers numbers_of_cpu_mixed();  // run_model

}  // namespace lanes::testing
