// SPDX-License-Identifier: BSD-3-Clause
//
// Numerical derivatives with an error of their own: central differences of falling steps,
// extrapolated to none (Ridders 1982),
//
//   a_i0 = D(h / 4^i),  D(h) = (f(x + h) - f(x - h)) / 2h
//   a_ij = (4^{2j} a_{i,j-1} - a_{i-1,j-1}) / (4^{2j} - 1)
//
// value: the a_ij that differs least from the two it is made of; error: the larger difference, and
// that from the smallest step alone: a kink that only small steps do not see fools all others. The
// error falls slowly where a knot of a spline is near, and grows with rounding at small steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <lanes/core/finite_math.hpp>

namespace lanes::laws {

/// A numerical derivative and how well it is known.
struct Derivative {
  std::vector<double> value, error;  // [components]
};

/// difference(h): D(h) [components]; step: the largest h.
template <class Function>
Derivative extrapolated(const Function& difference, double step) {
  constexpr int levels = 5;
  std::vector<double> d[levels];
  for (int i = 0; i < levels; ++i, step /= 4) d[i] = difference(step);
  const std::size_t n = d[0].size();
  Derivative best{d[0], std::vector<double>(n, INFINITY)};
  for (std::size_t c = 0; c < n; ++c) {
    double above[levels], row[levels];
    for (int i = 0; i < levels; ++i) {
      row[0] = d[i][c];
      double power = 16;
      for (int j = 1; j <= i; ++j, power *= 16) {
        row[j] = (power * row[j - 1] - above[j - 1]) / (power - 1);
        const double error =
            std::max(std::abs(row[j] - row[j - 1]), std::abs(row[j] - above[j - 1]));
        if (error < best.error[c]) best.error[c] = error, best.value[c] = row[j];
      }
      std::copy(row, row + i + 1, above);
    }
    best.error[c] = std::max(best.error[c], std::abs(best.value[c] - d[levels - 1][c]));
  }
  return best;
}

/// Of f(x) [lanes], x [rows][lanes], by every row of x: [rows][lanes].
template <class Function>
Derivative by_rows(const Function& f, const std::vector<double>& x, int lanes, double step) {
  const std::size_t n = std::size_t(lanes);
  return extrapolated(
      [&](double h) {
        std::vector<double> d(x.size());
        for (std::size_t row = 0; row < x.size(); row += n) {
          auto up = x, down = x;
          for (std::size_t e = row; e < row + n; ++e) up[e] += h, down[e] -= h;
          const auto a = f(up), b = f(down);
          for (std::size_t k = 0; k < n; ++k) d[row + k] = (a[k] - b[k]) / (2 * h);
        }
        return d;
      },
      step);
}

}  // namespace lanes::laws
