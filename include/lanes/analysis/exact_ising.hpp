// SPDX-License-Identifier: BSD-3-Clause
//
// ExactIsing: the Ising model without external field on a periodic M x N lattice, exactly
// (B. Kaufman, Phys. Rev. 76, 1232):
//
//   2 Z / (2 sinh 2b)^{MN/2} = prod 2 cosh(M g_{2r+1}/2) + prod 2 sinh(M g_{2r+1}/2)
//                            + prod 2 cosh(M g_{2r}/2)   + prod 2 sinh(M g_{2r}/2),        r = 0 .. N - 1
//   cosh g_k = cosh 2b coth 2b - cos(pi k / N),   g_0 = 2b + ln tanh b, negative above T_c
//
// Sums of logarithms, so nothing overflows; sinh(2b)^{1/2} is taken into each factor, so nothing is
// lost at small b; energy and specific heat by exact differentiation of the same expressions (Jet).
// Per site: energy -<sum_<xy> s s> / V, specific heat b^2 d^2 ln Z / db^2 / V, entropy (ln Z + <S>) / V.
// Relative accuracy about 1e-13. A negative b is b between even extents. Errors: std::invalid_argument
// unless beta is finite, extents are >= 2, and even where beta < 0.
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
    if (beta == 0)  // every configuration counts once, and every bond is a coin
      log_z_ = {volume_ * std::log(2.0), 0, 2 * volume_};
    else
      kaufman(rows, columns);
    if (beta < 0) log_z_.first *= -1;
  }

  double log_z() const { return log_z_.value; }
  double energy() const { return -log_z_.first / volume_; }
  double specific_heat() const { return beta_ * beta_ * log_z_.second / volume_; }
  double entropy() const { return (log_z_.value - beta_ * log_z_.first) / volume_; }

 private:
  using Jet = detail::Jet;

  void kaufman(int m, int n) {
    const Jet b(std::abs(beta_), 1), s = sinh(b * 2.0), log_s = log(s);
    // sums over k of G_k M/2, of ln(1 + exp(-M g_k)) and of ln(1 - exp(-M g_k)); G = g + ln s
    Jet sum[2], plus[2], minus[2];
    for (int k = 1; k < 2 * n; ++k) {
      const double half = std::sin(3.14159265358979323846 * k / (2.0 * n));
      const Jet less = (Jet(1) - s) * (Jet(1) - s) + s * (2 * half * half);  // A - s
      const Jet more = Jet(1) + s * s + s * (2 * half * half);               // A + s
      const Jet big = log((less + more) * 0.5 + sqrt(less * more));
      const Jet exponent = (big - log_s) * -double(m);
      const int odd = k % 2;
      sum[odd] = sum[odd] + big * (0.5 * m);
      if (exponent.value < -800) continue;
      const Jet e = exp(exponent);
      plus[odd] = plus[odd] + log1p(e);
      minus[odd] = minus[odd] + log1p(e * -1.0);
    }
    // k = 0: M/2 times g_0 + ln s and -g_0 + ln s
    const Jet with = (b * 2.0 + log(sinh(b) * sinh(b) * 2.0)) * (0.5 * m);
    const Jet against = (b * -2.0 + log(cosh(b) * cosh(b) * 2.0)) * (0.5 * m);
    const Jet even_cosh = sum[0] + plus[0], even_sinh = sum[0] + minus[0];
    const Jet terms[6] = {sum[1] + plus[1],    sum[1] + minus[1], even_cosh + with,
                          even_cosh + against, even_sinh + with,  even_sinh + against};
    const double sign[6] = {1, 1, 1, 1, 1, -1};
    double largest = terms[0].value;
    for (const Jet& t : terms) largest = std::fmax(largest, t.value);
    Jet total;
    for (int i = 0; i < 6; ++i)
      if (terms[i].value > largest - 800) total = total + exp(terms[i] - Jet(largest)) * sign[i];
    const double log_two = std::log(2.0);
    log_z_ = log(total) + Jet(largest + (0.5 * volume_ - 1) * log_two);
  }

  double beta_, volume_;
  Jet log_z_;
};

}  // namespace lanes
