// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of a transform y = f(x; p), for anybody's (transform/transform.hpp).
//
//   const auto r = lanes::laws::check_transform<lanes::Double, MyTransform>(lanes::Seed{1});
//   CHECK_MESSAGE(r.passed(), to_string(r));
//     // failed: log_derivative is off by 0.02 (allowed: 1e-06)
//
//   round_trip         |inverse(forward(x)) - x|, on the circle where it is one
//   log_inverse        ln|dx/dy| of the inverse against -ln|dy/dx|
//   packs              in packs of SIMD lanes against one lane at a time
//   monotone           in x; of the circle, once around it
//   circle             f maps [0, 2 pi) into itself and closes where it begins
//   odd                f(-x; e, -o) = -f(x; e, o) of an OddTransform, ln|dy/dx| even
//
// and in Double
//
//   log_derivative     ln|dy/dx| against numerical derivatives (testing/differences.hpp)
//   forward_adjoint, inverse_adjoint     against numerical derivatives by x and by each parameter
//   written_adjoints   those that are written against those that dual numbers derive
//
// Arguments are uniform in [-range, range], or on the circle; parameters in [-scale, scale].
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/angle.hpp>
#include <lanes/core/random.hpp>
#include <lanes/testing/differences.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/transform/adjoints.hpp>
#include <lanes/transform/transform.hpp>

namespace lanes::laws {

namespace detail {

template <class T>
std::vector<double> numbers(T pack) {
  alignas(64) typename T::value_type v[std::size_t(T::size)];
  pack.store(v);
  return {v, v + T::size};
}

/// A transform, its arguments and parameters.
template <class Precision, class P>
struct TransformBench {
  using Real = typename Precision::Real;
  using One = Pack<Real, 1>;
  static constexpr std::size_t n = std::size_t(P::channels);
  static constexpr bool circle = CircleTransform<P>;
  Seed seed;
  double range, scale;

  struct Point {
    Real x, p[n];
  };
  /// f of packs at as many points as a pack has lanes.
  template <class T, class F>
  static auto in_packs(const Point* points, const F& f) {
    alignas(64) Real v[std::size_t(T::size)];
    const auto pack = [&](const auto& of) {
      for (int k = 0; k < T::size; ++k) v[k] = of(points[k]);
      return T::load(v);
    };
    T p[n];
    for (std::size_t c = 0; c < n; ++c) p[c] = pack([&](const Point& at) { return at.p[c]; });
    return f(pack([](const Point& at) { return at.x; }), p);
  }

  double uniform(int i, int j) const {  // in [-1, 1)
    const auto words = RandomStream(seed, Purpose::user).words(std::uint64_t(i), std::uint32_t(j));
    return 2 * uniform_pair<double>(words).first - 1;
  }
  Point point(int i) const {
    Point at;
    at.x = Real(circle ? pi * (1 + uniform(i, 0)) : range * uniform(i, 0));
    for (std::size_t c = 0; c < n; ++c) at.p[c] = Real(scale * uniform(i, int(c) + 1));
    return at;
  }
  static double difference(double a, double b) {
    return circle ? std::remainder(a - b, two_pi) : a - b;
  }
  /// {y, ln|dy/dx|} forward, {x, ln|dx/dy|} the other way, of one lane.
  template <bool forward>
  static Transformed<double> map(const Point& at) {
    return in_packs<One>(&at, [](One x, const One(&p)[n]) {
      const auto y = forward ? P::forward(x, p) : P::inverse(x, p);
      return Transformed<double>{numbers(y.value)[0], numbers(y.log_derivative)[0]};
    });
  }
};

template <class Bench>
double worst_monotone(const Bench& bench) {
  constexpr int points = 64;
  double worst = 0;
  for (int i = 0; i < 40; ++i) {
    std::vector<double> x, y;
    for (int k = 0; k < points; ++k) x.push_back(double(bench.point(i * points + k).x));
    std::sort(x.begin(), x.end());
    auto at = bench.point(i);
    for (double v : x) {
      at.x = typename Bench::Real(v);
      y.push_back(Bench::template map<true>(at).value);
    }
    double up = 0, down = 0;  // how far y rises in all, and falls
    for (std::size_t k = 0; k < y.size(); ++k) {
      const bool last = k + 1 == y.size();
      if (!Bench::circle && last) break;
      double d = (last ? y[0] : y[k + 1]) - y[k];
      if (Bench::circle) {  // forward around the circle, then backward
        up += d >= 0 ? d : d + two_pi, down += d <= 0 ? -d : two_pi - d;
      } else {
        up += std::max(d, 0.0), down += std::max(-d, 0.0);
      }
    }
    const double off = Bench::circle ? std::min(std::abs(up - two_pi), std::abs(down - two_pi))
                                     : std::min(up, down);
    worst = std::max(worst, std::isfinite(off) ? off : INFINITY);
  }
  return worst;
}

/// Adjoints of {value, log derivative} by x and each parameter against differences, [points][1+n].
template <bool forward, class P, class Bench>
double worst_adjoint(const Bench& bench, double step, double& unknown) {
  using T = typename Bench::One;
  constexpr std::size_t n = Bench::n;
  std::vector<double> all;
  Derivative numerical;
  for (int i = 0; i < 100; ++i) {
    const auto at = bench.point(i);
    const double a = bench.uniform(i, 1000), b = bench.uniform(i, 1001);
    auto moved = [&](std::size_t c, double by) {
      auto there = at;
      (c == 0 ? there.x : there.p[c - 1]) += typename Bench::Real(by);
      return Bench::template map<forward>(there);
    };
    std::vector<double> have = Bench::template in_packs<T>(&at, [&](T x, const T(&p)[n]) {
      T dp[n], d;
      if constexpr (forward)
        d = AdjointsOf<P>::forward(x, p, T(a), T(b), dp);
      else
        d = AdjointsOf<P>::inverse(P::inverse(x, p).value, p, T(a), T(b), dp);
      std::vector<double> v = numbers(d);
      for (const T& of : dp) v.push_back(numbers(of)[0]);
      return v;
    });
    auto want = extrapolated(
        [&](double h) {
          std::vector<double> d(1 + n);
          for (std::size_t c = 0; c <= n; ++c) {
            const auto up = moved(c, h), down = moved(c, -h);
            d[c] = (a * Bench::difference(up.value, down.value) +
                    b * (up.log_derivative - down.log_derivative)) /
                   (2 * h);
          }
          return d;
        },
        step);
    double size = 1;  // of each point by itself
    for (double v : want.value) size = std::max(size, std::abs(v));
    for (std::size_t c = 0; c <= n; ++c) {
      all.push_back(have[c] / size);
      numerical.value.push_back(want.value[c] / size);
      numerical.error.push_back(want.error[c] / size);
    }
  }
  return relative_deviation(all, numerical, unknown, 1);
}

/// Those that P brings against those that are derived, relative to one.
template <class P, class Bench>
double worst_written(const Bench& bench) {
  using T = typename Bench::One;
  constexpr std::size_t n = Bench::n;
  double worst = 0;
  for (int i = 0; i < 400; ++i) {
    const auto at = bench.point(i);
    const T d(bench.uniform(i, 1000)), dl(bench.uniform(i, 1001));
    const auto all = [&]<class Adjoints>() {
      return Bench::template in_packs<T>(&at, [&](T x, const T(&p)[n]) {
        T dp[n], dq[n];
        std::vector<double> v = {numbers(Adjoints::forward(x, p, d, dl, dp))[0],
                                 numbers(Adjoints::inverse(x, p, d, dl, dq))[0]};
        for (std::size_t c = 0; c < n; ++c)
          v.push_back(numbers(dp[c])[0]), v.push_back(numbers(dq[c])[0]);
        return v;
      });
    };
    worst = std::max(worst, deviation(all.template operator()<AdjointsOf<P>>(),
                                      all.template operator()<DerivedAdjoints<P>>()));
  }
  return worst;
}

}  // namespace detail

template <class Precision, class P>
Report check_transform(Seed seed, double range = 3, double scale = 1.5, double step = 1e-4) {
  static_assert(Transform<P>,
                "lanes: a Transform has channels, forward(x, p) and inverse(y, p); see "
                "lanes/transform/transform.hpp.");
  using Bench = detail::TransformBench<Precision, P>;
  using Real = typename Bench::Real;
  using Wide = Pack<Real, DefaultBackend::Context<Precision>::Lane::width>;
  constexpr int width = Wide::size;
  const Bench bench{seed, range, scale};
  Report report;

  double round_trip = 0, log_inverse = 0, packs = 0, outside = 0, odd = 0;
  const auto raise = [](double& worst, double d) {
    worst = std::max(worst, std::isfinite(d) ? std::abs(d) : INFINITY);
  };
  for (int i = 0; i < 100; ++i) {
    typename Bench::Point points[std::size_t(width)];
    for (int k = 0; k < width; ++k) points[k] = bench.point(i * width + k);
    const auto wide = Bench::template in_packs<Wide>(points, [](Wide x, const auto& p) {
      const auto y = P::forward(x, p), z = P::inverse(x, p);
      return std::vector{detail::numbers(y.value), detail::numbers(y.log_derivative),
                         detail::numbers(z.value), detail::numbers(z.log_derivative)};
    });
    for (std::size_t k = 0; k < std::size_t(width); ++k) {
      auto at = points[k];
      const auto y = Bench::template map<true>(at), z = Bench::template map<false>(at);
      at.x = Real(y.value);
      const auto back = Bench::template map<false>(at);
      raise(round_trip, Bench::difference(back.value, double(points[k].x)));
      raise(log_inverse,
            (back.log_derivative + y.log_derivative) / (1 + std::abs(y.log_derivative)));
      raise(packs, Bench::difference(wide[0][k], y.value) / (1 + std::abs(y.value)));
      raise(packs, (wide[1][k] - y.log_derivative) / (1 + std::abs(y.log_derivative)));
      raise(packs, Bench::difference(wide[2][k], z.value) / (1 + std::abs(z.value)));
      raise(packs, (wide[3][k] - z.log_derivative) / (1 + std::abs(z.log_derivative)));
      if (Bench::circle && !(y.value >= 0 && y.value < double(Real(two_pi)))) outside = INFINITY;
      if constexpr (OddTransform<P>) {
        auto mirrored = points[k];
        mirrored.x = -mirrored.x;
        for (std::size_t c = std::size_t(P::even_channels); c < Bench::n; ++c)
          mirrored.p[c] = -mirrored.p[c];
        const auto m = Bench::template map<true>(mirrored);
        raise(odd, (m.value + y.value) / (1 + std::abs(y.value)));
        raise(odd, m.log_derivative - y.log_derivative);
      }
    }
  }
  report.add("round_trip", round_trip, Precision::round_trip);
  report.add("log_inverse", log_inverse, Precision::round_trip);
  report.add("packs", packs, Precision::agreement);
  report.add("monotone", detail::worst_monotone(bench), Precision::round_trip);
  if constexpr (Bench::circle) {
    for (int i = 0; i < 100; ++i) {  // y at both ends is one point
      auto at = bench.point(i);
      at.x = 0;
      const double begin = Bench::template map<true>(at).value;
      at.x = std::nextafter(Real(two_pi), Real(0));
      raise(outside, Bench::difference(Bench::template map<true>(at).value, begin));
    }
    report.add("circle", outside, Precision::round_trip);
  }
  if constexpr (OddTransform<P>) report.add("odd", odd, Precision::round_trip);

  if constexpr (std::is_same_v<Real, double>) {
    std::vector<double> logs;
    Derivative slopes;
    for (int i = 0; i < 400; ++i) {
      const auto at = bench.point(i);
      auto slope = extrapolated(
          [&](double h) {
            auto up = at, down = at;
            up.x += h, down.x -= h;
            return std::vector{Bench::difference(Bench::template map<true>(up).value,
                                                 Bench::template map<true>(down).value) /
                               (2 * h)};
          },
          step);
      logs.push_back(Bench::template map<true>(at).log_derivative);
      slopes.value.push_back(std::log(std::abs(slope.value[0])));
      slopes.error.push_back(slope.error[0] / std::abs(slope.value[0]));
    }
    report.add("log_derivative", relative_deviation(logs, slopes, report.unknown, 1),
               Precision::gradient);
    report.add("forward_adjoint", detail::worst_adjoint<true, P>(bench, step, report.unknown),
               Precision::gradient);
    report.add("inverse_adjoint", detail::worst_adjoint<false, P>(bench, step, report.unknown),
               Precision::gradient);
    if constexpr (TransformWithAdjoints<P>)
      report.add("written_adjoints", detail::worst_written<P>(bench), Precision::round_trip);
  }
  return report;
}

}  // namespace lanes::laws
