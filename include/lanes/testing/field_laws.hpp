// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of a field and its base density r, for anybody's (field/field.hpp).
//
//   const auto r = laws::check_field<Double, MyField, Lattice<2, 3>>(Seed{1});
//   CHECK_MESSAGE(r.passed(), to_string(r));    // failed: normalised is off by 41 (allowed: 5)
//
//   rows         (site, component) -> row is a bijection onto [0, rows)
//   numbered     a draw depends on its number, and not on the lanes beside it
//   log_density  ln r as it is drawn against ln r of what was drawn; both add to what is there
//   score        weight d ln r/dz against numerical derivatives of ln r, in Double
//   normalised   the mean over draws of h(z) / r(z) is 1, for a density h that is known
//   moments      so weighted, z, z^2 and products of neighbours have the means of h
//                (cos and sin on a circle)
//   folded       brought back, what is drawn is where it was, what is moved by whole periods too
//   checked      check takes what is drawn and what is folded, and refuses what is not a number
//
// h is a normal density of a smaller width where numbers are points of a line, and uniform on
// circles and spins; a field of another kind is not asked for its means. These two are in errors of
// the mean, of `draws` draws: few rows, or h / r varies too much to be sharp.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <lanes/field/field.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>

namespace lanes::laws {

namespace detail {

/// A mean of numbers that should be `expected`, in its own errors.
class Mean {
 public:
  void add(double value) { sum_ += value, square_ += value * value, ++n_; }
  double off(double expected, double tolerance) const {
    const double mean = sum_ / n_, variance = std::max(0.0, square_ / n_ - mean * mean);
    const double d = std::abs(mean - expected) / (std::sqrt(variance / n_) + tolerance);
    return std::isfinite(d) ? d : INFINITY;
  }
  double square() const { return square_ / n_; }

 private:
  double sum_ = 0, square_ = 0, n_ = 0;
};

template <class Bench, class Field, class Geometry>
std::vector<double> base_log_density(Bench& bench, const std::vector<double>& z, double before) {
  std::vector<double> l;
  bench.visit([&](typename Bench::Context& context) {
    const auto sum = context.template rows<double>(1);
    fill(context, sum, 1, before);
    Field::template base_log_density<Geometry>(context, Bench::rows(context, z), sum);
    l = Bench::values(context, sum, 1);
  });
  for (double& v : l) v -= before;
  return l;
}

/// normalised, moments
template <class Field, class Geometry, class Bench>
void check_means(Report& report, Bench& bench, Seed seed, int draws) {
  constexpr int n = Field::template rows<Geometry>;
  constexpr std::size_t lanes = std::size_t(Bench::lanes);
  constexpr bool circle = PeriodicField<Field>, spins = SpinField<Field, Geometry>;
  const auto tile = [&](int t) {
    return bench.template draw<Field, Geometry>(seed, std::uint64_t(t) * lanes);
  };
  double width = 1;  // of h
  if constexpr (!circle && !spins) {
    Mean all;
    for (int t = 0; t < 40; ++t)
      for (double v : tile(t).field) all.add(v);
    width = 0.9 * std::sqrt(all.square());
  }
  const auto log_h = [&](double v) {
    if constexpr (circle) return -std::log(double(Field::period));
    if constexpr (spins) return -std::log(2.0);
    return -0.5 * (v / width * (v / width) + std::log(two_pi)) - std::log(width);
  };
  Mean one;
  std::vector<Mean> first(n), second(n), third(n);
  for (int t = 0; t < draws / Bench::lanes; ++t) {
    const auto z = tile(t);
    for (std::size_t k = 0; k < lanes; ++k) {
      double log_weight = -z.log_r[k];
      for (std::size_t i = 0; i < std::size_t(n); ++i) log_weight += log_h(z.field[i * lanes + k]);
      const double w = std::exp(log_weight);
      one.add(w);
      for (std::size_t i = 0; i < std::size_t(n); ++i) {
        const double v = z.field[i * lanes + k], next = z.field[(i + 1) % n * lanes + k];
        if constexpr (circle) {
          const double phase = two_pi / Field::period;
          first[i].add(w * std::cos(phase * v));
          second[i].add(w * std::sin(phase * v));
          third[i].add(w * std::cos(phase * (v - next)));
        } else {
          first[i].add(w * v / width);
          second[i].add(w * (v * v / (width * width) - 1));
          third[i].add(w * v * next / (width * width));
        }
      }
    }
  }
  const double tolerance = Bench::Precision::agreement;
  report.add("normalised", one.off(1, tolerance), sigmas);
  for (std::size_t i = 0; i < std::size_t(n); ++i) {
    report.add("moments", first[i].off(0, tolerance), sigmas);
    report.add("moments", second[i].off(0, tolerance), sigmas);
    if (n > 1) report.add("moments", third[i].off(0, tolerance), sigmas);
  }
}

/// folded, checked
template <class Field, class Geometry, class Bench>
void check_range(Report& report, Bench& bench, const std::vector<double>& z) {
  using Real = typename Bench::Real;
  using namespace lanes::detail;
  constexpr int n = Field::template rows<Geometry>;
  const auto folded = [&](const std::vector<double>& x) {
    std::vector<double> y;
    bench.visit([&](typename Bench::Context& context) {
      const auto rows = Bench::rows(context, x);
      fold<Field, Geometry>(context, rows);
      y = Bench::values(context, rows, n);
    });
    return y;
  };
  auto moved = z;
  if constexpr (PeriodicField<Field>) {
    for (std::size_t i = 0; i < z.size(); ++i) moved[i] += (double(i % 7) - 3) * Field::period;
    double worst = 0;
    const auto back = folded(moved);
    for (std::size_t i = 0; i < z.size(); ++i) {
      const bool inside = back[i] >= 0 && back[i] < double(Real(Field::period));
      worst = std::max(worst,
                       inside ? std::abs(std::remainder(back[i] - z[i], Field::period)) : INFINITY);
    }
    report.add("folded", worst, Bench::Precision::round_trip);
  }
  report.add("folded", deviation(folded(z), z), Bench::Precision::round_trip);

  if constexpr (ChecksValues<Field, Real>) {
    const auto takes = [](const std::vector<double>& values) {
      const std::vector<Real> numbers(values.begin(), values.end());
      try {
        Field::check(std::span<const Real>(numbers));
      } catch (const std::exception&) {
        return false;
      }
      return true;
    };
    auto broken = z;
    broken[z.size() / 2] = std::numeric_limits<double>::quiet_NaN();
    const bool right = takes(z) && takes(folded(moved)) && !takes(broken);
    report.add("checked", right ? 0 : INFINITY, Bench::Precision::agreement);
  }
}

}  // namespace detail

template <class Precision, class FieldType, class Geometry, class Backend = DefaultBackend>
Report check_field(Seed seed, int draws = 20'000, double step = 1e-3) {
  static_assert(Field<FieldType, Geometry>,
                "lanes: a Field has components<Geometry>, rows<Geometry> and row<Geometry>(site, "
                "component); see lanes/field/field.hpp.");
  using Bench = Tile<Precision, Backend>;
  constexpr int n = FieldType::template rows<Geometry>;
  constexpr std::size_t lanes = std::size_t(Bench::lanes);
  Bench bench;
  Report report;

  std::vector<int> seen(std::size_t(n), 0);
  int outside = 0;
  for (int site = 0; site < Geometry::volume; ++site)
    for (int c = 0; c < FieldType::template components<Geometry>; ++c) {
      const int row = FieldType::template row<Geometry>(site, c);
      if (row < 0 || row >= n)
        ++outside;
      else
        ++seen[std::size_t(row)];
    }
  const auto wrong = std::count_if(seen.begin(), seen.end(), [](int times) { return times != 1; });
  report.add("rows", double(wrong) + outside, Precision::agreement);

  const auto z = bench.template draw<FieldType, Geometry>(seed, 5);
  const auto later = bench.template draw<FieldType, Geometry>(seed, 6);
  double other = 0;
  for (std::size_t e = 0; e < z.field.size(); ++e)
    if (e % lanes > 0) other += z.field[e] != later.field[e - 1];
  report.add("numbered", other, Precision::agreement);

  const auto l = detail::base_log_density<Bench, FieldType, Geometry>(bench, z.field, 0);
  report.add("log_density", deviation(z.log_r, l), Precision::agreement);
  report.add("log_density",
             deviation(detail::base_log_density<Bench, FieldType, Geometry>(bench, z.field, 3), l),
             Precision::agreement);

  if constexpr (!DiscreteField<FieldType> && std::is_same_v<typename Bench::Real, double>) {
    std::vector<double> weight(lanes), score;
    for (std::size_t k = 0; k < lanes; ++k) weight[k] = 1 + 0.5 * std::sin(2.3 * double(k));
    bench.visit([&](typename Bench::Context& context) {
      const auto dz = context.template rows<double>(n);
      FieldType::template base_score<Geometry>(context, Bench::rows(context, z.field),
                                               Bench::rows(context, weight), dz);
      score = Bench::values(context, dz, n);
    });
    const auto numerical = by_rows(
        [&](const auto& at) {
          auto values = detail::base_log_density<Bench, FieldType, Geometry>(bench, at, 0);
          for (std::size_t k = 0; k < lanes; ++k) values[k] *= weight[k];
          return values;
        },
        z.field, Bench::lanes, step);
    report.add("score", relative_deviation(score, numerical, report.unknown, 1),
               Precision::gradient);
  }

  if constexpr (!DiscreteField<FieldType> || SpinField<FieldType, Geometry>)
    detail::check_means<FieldType, Geometry>(report, bench, seed, draws);
  detail::check_range<FieldType, Geometry>(report, bench, z.field);
  return report;
}

}  // namespace lanes::laws
