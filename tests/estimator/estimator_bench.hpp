// SPDX-License-Identifier: BSD-3-Clause
//
// A small flow at generic parameters and the gradients that estimators make of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/training/trainer.hpp>

namespace lanes::testing {

using SmallLattice = Lattice<4, 4>;
using SmallFlow = Chain<
    Repeat<2, Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>>>,
    Rescaling>;
using SmallSampler = Sampler<Scalar, SmallLattice, SmallFlow, Double>;

/// Parameters far from the identity: PyTorch's start values, and a rescaling.
inline SmallSampler generic_sampler(Cpu cpu = Cpu{2}) {
  SmallSampler sampler(Seed{12}, std::move(cpu));
  std::vector<double> p(sampler.parameters().begin(), sampler.parameters().end());
  p.back() = -0.25;
  sampler.set_parameters(p);
  return sampler;
}

/// Interacting, with weights that vary but not wildly at these parameters.
inline auto small_theory() { return Phi4<SmallLattice>::textbook(0.6, 1.5); }

/// The gradient at one step; the sampler's parameters stay.
template <class Estimator, class Sampler, class Theory>
std::vector<double> gradient(Sampler& sampler, const Theory& theory, int batch, long step,
                             Estimator estimator = {}) {
  using Run = Trainer<Estimator, Sampler, Theory, Adam, ConstantRate>;
  Run trainer(sampler, theory, {.steps = 1L << 40, .batch = batch}, std::move(estimator));
  auto state = trainer.state();
  state.step = step;
  trainer.set_state(std::move(state));
  const auto& g = trainer.compute_gradient();
  return {g.begin(), g.end()};
}

/// The lanes of a training step: fields [batch][rows], ln q and S [batch].
struct Drawn {
  std::vector<double> fields, log_q, action;
};
template <class Sampler, class Theory>
Drawn draw_step(Sampler& sampler, const Theory& theory, int batch, long step) {
  using Model = typename Sampler::Model;
  using Real = typename Sampler::Real;
  const std::size_t n = std::size_t(batch);
  Drawn drawn{std::vector<double>(n * std::size_t(Sampler::rows)), std::vector<double>(n),
              std::vector<double>(n)};
  const RandomStream stream(sampler.seed(), Purpose::base, std::uint64_t(step));
  sampler.backend().template for_lanes<typename Sampler::Precision>(
      0, n, [&](auto& context, std::size_t at, int lanes) {
        const auto x = context.template rows<Real>(Sampler::rows);
        const auto q = context.template rows<double>(1), s = context.template rows<double>(1);
        Model::draw(context, sampler.share(context), stream, x, q);
        fill(context, s, 1);
        add_action(context, theory, x, s);
        context.store_lanes(x, Sampler::rows, lanes,
                            drawn.fields.data() + at * std::size_t(Sampler::rows));
        context.store_lanes(q, 1, lanes, drawn.log_q.data() + at);
        context.store_lanes(s, 1, lanes, drawn.action.data() + at);
      });
  return drawn;
}

/// Direction d in parameter space.
inline std::vector<double> direction(std::size_t n, int d) {
  std::vector<double> v(n);
  for (std::size_t p = 0; p < n; ++p) v[p] = std::sin(1.7 * double(p) * (d + 1) + d);
  return v;
}
inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Central differences of f(sampler) along directions 0 .. count - 1:
/// off by step^2 = 1e-10 and rounding / step = 2e-11, both far below Double::gradient.
template <class Sampler, class F>
std::vector<double> along_directions(Sampler& sampler, int count, const F& f, double step = 1e-5) {
  const std::vector<double> centre(sampler.parameters().begin(), sampler.parameters().end());
  std::vector<double> result;
  for (int d = 0; d < count; ++d) {
    const auto v = direction(centre.size(), d);
    double difference = 0;
    for (int sign : {1, -1}) {
      auto moved = centre;
      for (std::size_t p = 0; p < moved.size(); ++p) moved[p] += sign * step * v[p];
      sampler.set_parameters(moved);
      difference += sign * f(sampler);
    }
    result.push_back(difference / (2 * step));
  }
  sampler.set_parameters(centre);
  return result;
}
inline std::vector<double> projections(const std::vector<double>& g, int count) {
  std::vector<double> result;
  for (int d = 0; d < count; ++d) result.push_back(dot(direction(g.size(), d), g));
  return result;
}

/// Largest |a - b| relative to the largest |b|.
inline double relative(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, size = 1e-300;  // not 0 / 0
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference = std::max(difference, std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}
inline double largest(const std::vector<double>& a) {
  double size = 0;
  for (double v : a) size = std::max(size, std::isfinite(v) ? std::abs(v) : INFINITY);
  return size;
}

/// Mean and its error from independent values.
struct Mean {
  double value, error;
};
inline Mean mean_of(const std::vector<double>& v) {
  double mean = 0, square = 0;
  for (double x : v) mean += x / double(v.size());
  for (double x : v) square += (x - mean) * (x - mean);
  return {mean, std::sqrt(square / double(v.size()) / double(v.size() - 1))};
}

}  // namespace lanes::testing
