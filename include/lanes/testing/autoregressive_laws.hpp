// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of an autoregressive model of spins, for anybody's: each returns how far it is from holding,
// to be compared with a tolerance of the precision policy.
//
//   auto r = laws::check_autoregressive<Double, Lattice<4, 4>, MyModel>(Seed{1});
//   CHECK(r.density < lanes::Double::agreement);   ...
//
//   density        max |ln q as drawn - ln q of the drawn spins| (relative to the number of spins)
//   score          gradient of sum weight ln q against central differences of ln q, random
//                  directions
//   depends_on_batch  number of draws whose bits depend on what is drawn beside them
//   check_total_probability   | sum of q over all configurations - 1 |, for few spins
//
// A kink of PRelu or LeakyRelu that lies within the step of a difference shows in score; with a
// smaller step it is gone. Parameters are random (amplitude `scale`), not the start values, at
// which q is uniform.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/sampler.hpp>

namespace lanes::laws {

/// What check_autoregressive has found.
struct AutoregressiveReport {
  double density = 0, score = 0;
  long depends_on_batch = 0;
};

/// A sampler away from its start values.
template <class Precision, class Geometry, class Model, class Backend = DefaultBackend>
auto generic_spin_sampler(Seed seed, double scale = 0.3) {
  Sampler<Ising, Geometry, Model, Precision, Backend> sampler{seed};
  using Real = typename Precision::Real;
  std::vector<Real> p(sampler.parameters().begin(), sampler.parameters().end());
  Initialiser random(seed);
  for (Real& v : p) v += static_cast<Real>(random.uniform(scale));
  sampler.set_parameters(p);
  return sampler;
}

/// Gradient of sum_i weight_i ln q(x_i), x [n][rows], in external order.
template <class Sampler>
std::vector<double> weighted_score(Sampler& sampler, const std::vector<typename Sampler::Real>& x,
                                   const std::vector<double>& weight) {
  using Model = typename Sampler::Model;
  using Real = typename Sampler::Real;
  using Context = typename Sampler::Context;
  std::vector<double> total(std::size_t(Model::parameters), 0.0);
  constexpr std::size_t granularity = std::size_t(Context::granularity);
  for (std::size_t first = 0; first < weight.size(); first += granularity) {
    const std::size_t n = std::min(granularity, weight.size() - first);
    typename Sampler::Backend::template Vector<Real> gradient{std::size_t(Model::gradients)};
    sampler.backend().template for_lanes<typename Sampler::Precision>(
        first, n, [&](Context& context, std::size_t, int lanes) {
          const auto field = context.template rows<Real>(Model::field_rows);
          const auto dx = context.template rows<Real>(Model::field_rows);
          const auto w = context.template rows<Real>(1);
          const auto q = context.template rows<double>(1);
          const Share<Real> share = sampler.share(context, gradient.data());
          std::vector<double> padded(std::size_t(context.lanes()),
                                     0.0);  // idle lanes weigh nothing
          std::copy_n(weight.begin() + std::ptrdiff_t(first), lanes, padded.begin());
          context.load_lanes(x.data() + first * std::size_t(Model::field_rows), Model::field_rows,
                             lanes, field);
          context.load_lanes(padded.data(), 1, context.lanes(), w);
          Model::density(context, share, field, q);
          Model::score(context, share, w, field, dx);
        });
    const auto host = std::as_const(gradient).host();
    const AlignedVector<Real> aligned(host.begin(), host.end());
    std::vector<Real> external(std::size_t(Model::parameters), Real(0));
    Model::collect(aligned.data(), external.data());
    for (std::size_t p = 0; p < total.size(); ++p) total[p] += double(external[p]);
  }
  return total;
}

template <class Precision, class Geometry, class Model, class Backend = DefaultBackend>
AutoregressiveReport check_autoregressive(Seed seed, double scale = 0.3, int directions = 12,
                                          double step = 1e-5) {
  auto sampler = generic_spin_sampler<Precision, Geometry, Model, Backend>(seed, scale);
  using Sampled = decltype(sampler);
  using Real = typename Precision::Real;
  constexpr int n = 37;
  AutoregressiveReport report;
  const auto batch = sampler.draw(n, 5);
  const auto again = sampler.draw(n - 3, 8);  // the same draws, other neighbours
  constexpr std::size_t rows = std::size_t(Geometry::volume);
  for (std::size_t i = 3; i < n; ++i)
    if (again.log_q[i - 3] != batch.log_q[i] ||
        !std::equal(again.fields.begin() + std::ptrdiff_t((i - 3) * rows),
                    again.fields.begin() + std::ptrdiff_t((i - 2) * rows),
                    batch.fields.begin() + std::ptrdiff_t(i * rows)))
      ++report.depends_on_batch;
  const auto log_q = sampler.log_density(batch.fields);
  for (std::size_t i = 0; i < n; ++i)
    report.density =
        std::max(report.density, std::abs(log_q[i] - batch.log_q[i]) / Geometry::volume);

  std::vector<double> weight(n);
  for (int i = 0; i < n; ++i) weight[std::size_t(i)] = 1 + std::sin(1.7 * i);
  const auto gradient = weighted_score(sampler, batch.fields, weight);
  const std::vector<Real> centre(sampler.parameters().begin(), sampler.parameters().end());
  std::size_t trained = centre.size();
  trained -= Sampled::Model::untrained;
  double largest = 1e-300, difference = 0;
  for (int d = 0; d < directions; ++d) {
    double projected = 0, numerical = 0;
    for (int sign : {1, -1}) {
      auto moved = centre;
      for (std::size_t p = 0; p < trained; ++p) {
        const double v = (long(p) + d) % 3 == 0 ? std::sin(1.7 * double(p) * (d + 1) + d) : 0;
        moved[p] += static_cast<Real>(sign * step * v);
        if (sign > 0) projected += v * gradient[p];
      }
      sampler.set_parameters(moved);
      const auto q = sampler.log_density(batch.fields);
      for (std::size_t i = 0; i < n; ++i) numerical += sign * weight[i] * q[i] / (2 * step);
    }
    largest = std::max(largest, std::abs(numerical));
    difference =
        std::max(difference, std::isfinite(projected) ? std::abs(projected - numerical) : INFINITY);
  }
  report.score = difference / largest;
  return report;
}

/// | sum_s q(s) - 1 | over all 2^V configurations.
template <class Precision, class Geometry, class Model, class Backend = DefaultBackend>
double check_total_probability(Seed seed, double scale = 0.3) {
  using Real = typename Precision::Real;
  static_assert(Geometry::volume <= 20,
                "lanes: check_total_probability visits 2^V configurations.");
  auto sampler = generic_spin_sampler<Precision, Geometry, Model, Backend>(seed, scale);
  constexpr int n = Geometry::volume, portion = 1 << (n < 12 ? n : 12);
  double sum = 0;
  std::vector<Real> spins(std::size_t(portion) * n);
  for (long first = 0; first < 1L << n; first += portion) {
    for (long c = 0; c < portion; ++c)
      for (int i = 0; i < n; ++i)
        spins[std::size_t(c * n + i)] = (first + c) >> i & 1 ? Real(1) : Real(-1);
    for (double log_q : sampler.log_density(spins)) sum += std::exp(log_q);
  }
  return std::abs(sum - 1);
}

}  // namespace lanes::laws
