// SPDX-License-Identifier: BSD-3-Clause
//
// Symmetrized: a Proposer that draws from q_s(x) = (q(x) + q(-x)) / 2: x ~ q, reflected with
// probability 1/2.
//
// Cures a model that has settled in one of two modes related by x -> -x: q_s has both, and its
// density is exact (one more inverse pass a draw). The reflection of draw k is a function of the
// seed and k alone.
//
//   lanes::Symmetrized symmetrized(sampler);
//   const auto ensemble = lanes::sample_exact(symmetrized, theory, {.configurations = 10'000});
//
// The model it is made of is not changed, and must outlive it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <lanes/core/random.hpp>
#include <lanes/sampler.hpp>

namespace lanes {

template <class SamplerType>
class Symmetrized {
 public:
  using Field = typename SamplerType::Field;
  using Geometry = typename SamplerType::Geometry;
  using Real = typename SamplerType::Real;

  explicit Symmetrized(SamplerType& sampler) : sampler_(sampler) {}

  Seed seed() const { return sampler_.seed(); }
  int threads() const { return sampler_.threads(); }

  template <class Theory>
  void propose(const Theory& theory, std::uint64_t first, std::size_t count, Real* fields,
               double* log_q, double* action) {
    constexpr std::size_t rows = SamplerType::rows;
    sampler_.propose(theory, first, count, fields, log_q, action);
    const std::span<const Real> drawn(fields, count * rows);
    std::vector<Real> reflected(drawn.size());
    std::transform(drawn.begin(), drawn.end(), reflected.begin(), [](Real v) { return -v; });
    const auto log_q_reflected = sampler_.log_density(reflected);
    const auto action_reflected = sampler_.action(theory, reflected);
    const RandomStream stream(seed(), Purpose::reflection);
    for (std::size_t k = 0; k < count; ++k) {
      log_q[k] = log_mean(log_q[k], log_q_reflected[k]);
      if ((stream.words(first + k, 0).v[0] & 1u) == 0) continue;
      std::copy_n(reflected.begin() + static_cast<std::ptrdiff_t>(k * rows), rows,
                  fields + k * rows);
      action[k] = action_reflected[k];
    }
  }

  /// ln q_s of given fields [n][rows].
  template <class Value>
  std::vector<double> log_density(const std::vector<Value>& fields) {
    std::vector<Value> reflected(fields.size());
    std::transform(fields.begin(), fields.end(), reflected.begin(), [](Value v) { return -v; });
    auto result = sampler_.log_density(fields);
    const auto other = sampler_.log_density(reflected);
    for (std::size_t k = 0; k < result.size(); ++k) result[k] = log_mean(result[k], other[k]);
    return result;
  }

 private:
  // ln((e^a + e^b) / 2)
  static double log_mean(double a, double b) {
    if (a == b) return a;  // both infinite too
    constexpr double log_two = 0.6931471805599453;
    return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b))) - log_two;
  }

  SamplerType& sampler_;
};

}  // namespace lanes
