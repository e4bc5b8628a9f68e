// SPDX-License-Identifier: BSD-3-Clause
//
// One tile of lanes with plain vectors in and out, for tests of what works on a field: fields and
// gradients are [rows][lanes] in double, values per lane [lanes].
#pragma once

#include <vector>

#include <lanes/backend/cpu.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/random.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes::testing {

template <class Precision>
class Tile {
 public:
  using Context = CpuContext<Precision>;
  using Real = typename Context::Real;
  static constexpr int lanes = Context::width;

  Context& context() { return context_; }

  Rows<Real> rows(const std::vector<double>& from) {
    const auto to = context_.template rows<Real>(static_cast<long>(from.size()) / lanes);
    for (std::size_t i = 0; i < from.size(); ++i) to.data[i] = static_cast<Real>(from[i]);
    return to;
  }
  template <class T>
  std::vector<double> values(Rows<T> from, int n) const {
    const T* p = context_.pointer(from);
    return {p, p + long(n) * lanes};
  }

  /// S(x) of each lane; added to 7 so that "adds" is tested too.
  template <class Theory>
  std::vector<double> action(const Theory& theory, const std::vector<double>& x) {
    typename Context::Scope scope(context_);
    const auto s = context_.template rows<double>(1);
    fill(context_, s, 1, 7.0);
    add_action(context_, theory, rows(x), s);
    auto result = values(s, 1);
    for (double& v : result) v -= 7;
    return result;
  }
  /// dS/dx.
  template <class Theory>
  std::vector<double> force(const Theory& theory, const std::vector<double>& x) {
    typename Context::Scope scope(context_);
    const int n = static_cast<int>(x.size()) / lanes;
    const auto dx = context_.template rows<Real>(n);
    fill(context_, dx, n, Real(1e9));  // it is set, not added to
    set_force(context_, theory, rows(x), dx);
    return values(dx, n);
  }

 private:
  Arena arena_;
  Context context_{arena_};
};

/// Normal numbers [rows][lanes], rounded to Real.
template <class Precision>
std::vector<double> normal_field(int rows, int seed, double width = 1) {
  std::vector<double> x(std::size_t(rows) * Tile<Precision>::lanes);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = double(typename Precision::Real(
        width *
        normal_pair<double>(RandomStream(Seed{5}, Purpose::user, std::uint64_t(seed)).words(i, 0))
            .first));
  return x;
}

/// Central differences of per-lane values f(x) in every row: [rows][lanes];
/// off by step^2 = 1e-10 and rounding / step = 2e-11, both far below Double::gradient.
template <class F>
std::vector<double> central_differences(const F& f, const std::vector<double>& x, int lanes,
                                        double step = 1e-5) {
  std::vector<double> d(x.size());
  for (std::size_t row = 0; row < x.size() / std::size_t(lanes); ++row) {
    auto up = x, down = x;
    for (int k = 0; k < lanes; ++k) {
      up[row * std::size_t(lanes) + std::size_t(k)] += step;
      down[row * std::size_t(lanes) + std::size_t(k)] -= step;
    }
    const auto a = f(up), b = f(down);
    for (int k = 0; k < lanes; ++k)
      d[row * std::size_t(lanes) + std::size_t(k)] =
          (a[std::size_t(k)] - b[std::size_t(k)]) / (2 * step);
  }
  return d;
}

/// Largest |a - b| relative to the largest |b|, but at least to 1.
inline double deviation(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = a.size() == b.size() ? 0 : INFINITY, size = 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    difference = std::max(difference, std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}

}  // namespace lanes::testing
