// SPDX-License-Identifier: BSD-3-Clause
//
// ExactIsing: the Ising model without external field on a periodic M x N lattice, exactly
// (B. Kaufman, Phys. Rev. 76, 1232):
//
//   2 Z / (2 sinh 2b)^{MN/2} = prod 2 cosh(M g_{2r+1}/2) + prod 2 sinh(M g_{2r+1}/2)
//                            + prod 2 cosh(M g_{2r}/2)   + prod 2 sinh(M g_{2r}/2),
//                              r = 0 .. N - 1
//   cosh g_k = cosh 2b coth 2b - cos(pi k / N),   g_0 = 2b + ln tanh b, negative above T_c
//
// Counted from the ground states, 2bV, below T_c and from free spins, V ln 2 + 2V ln cosh b, above,
// both in one small number, u = exp(-2b) or tanh b (each the other's dual, which swaps g_0's sign):
//
//   (exp(g_k) (1 - u^2) u)^{1/2} = (low + high)/2,   low^2 = (1 - u^2 - 2u)^2 + c,
//   high^2 = (1 + u^2)^2 + c,   c = 4u (1 - u^2) sin^2(pi k / 2N)
//
// in sums of logarithms, so that nothing overflows or cancels; energy and specific heat by exact
// differentiation of the same expressions (Jet). At b > 3 and b < 1e-4 the series of low and high
// temperatures, to the orders that can be seen. Per site: energy -<sum_<xy> s s> / V, specific heat
// b^2 d^2 ln Z / db^2 / V, entropy (ln Z + <S>) / V. Relative accuracy about 1e-13, of a specific
// heat below 1e-4 about 1e-17 absolute. A negative b is |b| between even extents; where one is odd,
// its bonds are frustrated and Z is another function.
// Errors: std::invalid_argument unless beta is finite, extents are >= 2, and even where beta < 0.
#pragma once

#include <cmath>

#include <lanes/core/error.hpp>

namespace lanes {

namespace detail {

/// A function of one variable with its first two derivatives.
struct Jet {
  double value = 0, first = 0, second = 0;

  Jet(double v = 0, double d = 0, double dd = 0) : value(v), first(d), second(dd) {}

  /// f(*this) where f, f', f'' are the outer function's at value.
  Jet through(double f, double df, double ddf) const {
    return {f, df * first, ddf * first * first + df * second};
  }
  friend Jet operator+(Jet a, Jet b) {
    return {a.value + b.value, a.first + b.first, a.second + b.second};
  }
  friend Jet operator-(Jet a, Jet b) { return a + b * -1.0; }
  friend Jet operator*(Jet a, Jet b) {
    return {a.value * b.value, a.first * b.value + a.value * b.first,
            a.second * b.value + 2 * a.first * b.first + a.value * b.second};
  }
  friend Jet sinh(Jet a) {
    const double s = std::sinh(a.value), c = std::cosh(a.value);
    return a.through(s, c, s);
  }
  friend Jet cosh(Jet a) {
    const double s = std::sinh(a.value), c = std::cosh(a.value);
    return a.through(c, s, c);
  }
  friend Jet exp(Jet a) {
    const double e = std::exp(a.value);
    return a.through(e, e, e);
  }
  friend Jet log(Jet a) {
    return a.through(std::log(a.value), 1 / a.value, -1 / (a.value * a.value));
  }
  friend Jet inverse(Jet a) {
    const double r = 1 / a.value;
    return a.through(r, -r * r, 2 * r * r * r);
  }
  /// ln(1 + a)
  friend Jet log1p(Jet a) {
    const double r = 1 / (1 + a.value);
    return a.through(std::log1p(a.value), r, -r * r);
  }
  friend Jet sqrt(Jet a) {
    const double r = std::sqrt(a.value);
    return a.through(r, 0.5 / r, -0.25 / (r * a.value));
  }
};

}  // namespace detail

class ExactIsing {
 public:
  ExactIsing(double beta, int extent) : ExactIsing(beta, extent, extent) {}

  ExactIsing(double beta, int rows, int columns)
      : beta_(beta), volume_(double(rows) * double(columns)) {
    require(std::isfinite(beta), "ExactIsing: beta", beta, "finite");
    require(rows >= 2, "ExactIsing: an extent", rows, ">= 2");
    require(columns >= 2, "ExactIsing: an extent", columns, ">= 2");
    require(beta >= 0 || (rows % 2 == 0 && columns % 2 == 0), "ExactIsing: beta", beta,
            ">= 0 where an extent is odd");
    const double b = std::abs(beta);
    const bool thin = rows == 2 || columns == 2, cold = b > 0.44068679350977147;
    if (cold) {
      ground_ = 2 * volume_;
      const Jet u(std::exp(-2 * b), -2 * std::exp(-2 * b), 4 * std::exp(-2 * b));
      rest_ = b > (thin ? 9 : 3) ? low_temperature(b, rows, columns)
                                 : products(u, false, rows, columns);
    } else {
      const double v = std::tanh(b), slope = 1 - v * v;
      const Jet u(v, slope, -2 * v * slope);
      rest_ = Jet(volume_ * std::log(2.0)) + log1p(u * u * -1.0) * -volume_ +
              (b < 1e-4 ? high_temperature(u, rows, columns) : products(u, true, rows, columns));
    }
  }

  /// ln Z, of all sites, in the counting measure.
  double log_z() const { return ground_ * std::abs(beta_) + rest_.value; }
  double energy() const { return (beta_ < 0 ? 1 : -1) * (ground_ + rest_.first) / volume_; }
  /// b^2 d^2 ln Z / db^2, of a site.
  double specific_heat() const { return beta_ * (beta_ * (rest_.second / volume_)); }
  double entropy() const { return (rest_.value - std::abs(beta_) * rest_.first) / volume_; }

 private:
  using Jet = detail::Jet;

  // ln Z - 2bV: one spin and two neighbours over the ground states, bands around a short extent.
  static Jet low_temperature(double b, int m, int n) {
    const double volume = double(m) * n;
    const auto bands = [](int across, int along, int length) {
      return along == length ? 0.5 * across * (across - 1.0) : 0.0;
    };
    const double two = volume + bands(n, m, 2) + bands(m, n, 2);
    const double three = 2 * volume + bands(n, m, 3) + bands(m, n, 3);
    const double t2 = two * std::exp(-8 * b), t3 = three * std::exp(-12 * b);
    if (m == 2 || n == 2) return {std::log(2.0) + t2, -8 * t2, 64 * t2};
    return {std::log(2.0) + t2 + t3, -8 * t2 - 12 * t3, 64 * t2 + 144 * t3};
  }

  // ln of the sum over closed loops in v = tanh b, to v^4: pairs of parallel bonds where an extent
  // is 2, loops around extents of 3 and 4, plaquettes.
  static Jet high_temperature(Jet v, int m, int n) {
    const auto loops = [m, n](int length) {
      return double(m == length ? n : 0) + (n == length ? m : 0);
    };
    const double plaquettes = double(m) * n * (m == 2 ? 2 : 1) * (n == 2 ? 2 : 1);
    const Jet v2 = v * v;
    return log1p(v2) * loops(2) + v2 * v * loops(3) + v2 * v2 * (loops(4) + plaquettes);
  }

  // ln of half the four products, without what u -> 0 leaves of each exp(M g_k / 2).
  static Jet products(Jet u, bool hot, int m, int n) {
    const Jet t = u * u, log_u = log(u);
    const Jet gap = Jet(1) - t - u * 2.0, both = t + u * 2.0;
    Jet sum[2], plus[2],
        minus[2];  // over even and odd k: (g_k - g_k(u -> 0)) M/2, ln(1 +- exp(-M g_k))
    for (int k = 1; k < 2 * n; ++k) {
      const double half = std::sin(3.14159265358979323846 * k / (2.0 * n));
      const Jet c = u * (Jet(1) - t) * (4 * half * half);
      const Jet less = both * 2.0 - both * both - c, more = t * 2.0 + t * t + c;
      const Jet low = sqrt(gap * gap + c), high = sqrt(Jet(1) + more);
      const Jet big = log1p((more * inverse(high + 1.0) - less * inverse(low + 1.0)) * 0.5) * 2.0;
      const Jet exponent = (log_u - big + log1p(t * -1.0)) * double(m);
      const int odd = k % 2;
      sum[odd] = sum[odd] + big * (0.5 * m);
      if (exponent.value < -800) continue;
      const Jet e = exp(exponent);
      plus[odd] = plus[odd] + log1p(e);
      minus[odd] = minus[odd] + log1p(e * -1.0);
    }
    // k = 0, exp(+-M g_0 / 2)
    const Jet near = log1p(u * -1.0) * double(m), far = (log_u + log1p(u)) * double(m);
    const Jet with = hot ? far : near, against = hot ? near : far;
    const Jet even_cosh = sum[0] + plus[0], even_sinh = sum[0] + minus[0];
    const Jet terms[6] = {sum[1] + plus[1],    sum[1] + minus[1], even_cosh + with,
                          even_cosh + against, even_sinh + with,  even_sinh + against};
    const double sign[6] = {1, 1, 1, 1, 1, -1};
    double largest = terms[0].value;
    for (const Jet& term : terms) largest = std::fmax(largest, term.value);
    Jet total;
    for (int i = 0; i < 6; ++i)
      if (terms[i].value > largest - 800) total = total + exp(terms[i] - Jet(largest)) * sign[i];
    return log(total) + Jet(largest - std::log(2.0));
  }

  double beta_, volume_;
  double ground_ = 0;  // -E of the ground states, where rest_ is counted from them
  Jet rest_;           // ln Z - ground_ |b| and derivatives
};

}  // namespace lanes
