// SPDX-License-Identifier: BSD-3-Clause
//
// One spin of log odds z, q(s = +1) = 1 / (1 + exp(-z)): its draw, ln q(s), d ln q(s) / dz;
// everything by exp(-|z|), so that nothing overflows and the less probable value keeps its relative
// accuracy.
//
//   ln q(s) = -ln(1 + exp(-|z|)) - (|z| where s is the less probable value)
//
// Sums of ln q are in double, one logarithm for a chunk of spins (a product of factors in [1, 2]).
#pragma once

#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>

namespace lanes::detail {

/// Spins of probability 1 / (1 + exp(-z)): the less probable value where u < 1 / (1 + exp(|z|)), so
/// that a small probability is met to its own accuracy.
template <class T>
LANES_HD LANES_INLINE T draw_spin(T z, T u) {
  const T e = exp(-abs(z));
  const T likely = select(z < T(0), T(-1), T(1));
  return select(u * (T(1) + e) < e, -likely, likely);
}

/// sum over a chunk of rows of ln q(s | z) = -ln(1 + exp(-|z|)) - (|z| where s is the less
/// probable), one logarithm a chunk, in double; logit(row, lane) is z.
template <class Logit, class Real>
struct LogProbability {
  static constexpr int chunk = 32;
  Logit logit;
  Rows<Real> spins;
  int rows;

  static constexpr int chunks(int n) { return (n + chunk - 1) / chunk; }

  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    using T = Pack<Real, Lane::width>;
    using D = Pack<double, Lane::width>;
    const int end = (i + 1) * chunk < rows ? (i + 1) * chunk : rows;
    D product(1), sum(0);
    for (int r = i * chunk; r < end; ++r) {
      const T z = logit(r, lane), size = abs(z);
      product *= D(1) + D(exp(-size));
      sum += D(select(lane.load(spins, r) * z < T(0), size, T(0)));
    }
    return -(log(product) + sum);
  }
};

/// d ln q(s | z) / dz = s / (1 + exp(s z))
template <class T>
LANES_HD LANES_INLINE T spin_score(T s, T z) {
  const T e = exp(-abs(z)), unlikely = e / (T(1) + e);
  return s * select(s * z < T(0), T(1) - unlikely, unlikely);
}

/// z, as rows that are stored.
template <class Real>
struct StoredLogit {
  Rows<Real> z;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int row, Lane lane) const {
    return lane.load(z, row);
  }
};

/// log_q += sum over n rows of ln q(spins | z).
template <class Context, class Logit>
void add_log_probability(Context& context, const Logit& logit, Rows<typename Context::Real> spins,
                         int n, Rows<double> log_q) {
  using Sum = LogProbability<Logit, typename Context::Real>;
  context.sum(Sum::chunks(n), Sum{logit, spins, n}, log_q);
}

}  // namespace lanes::detail
