// SPDX-License-Identifier: BSD-3-Clause
//
// fit_correlator: energies and amplitudes of the lowest states of a correlator,
//
//   C(t) = sum_{n = 0}^{states - 1} A_n g(t, E_n),    E_0 < E_1 < ..
//   Exponential{}  g = exp(-E t)                      open in time, or t far below T
//   Cosh{T}        g = exp(-E t) + exp(-E (T - t))    periodic in T: fields of this library
//
//   const auto c = lanes::analyse_correlated(lanes::TwoPointFunction{}, ensemble);
//   const auto fit = lanes::fit_correlator(c, lanes::Cosh{16}, {.first = 2, .last = 8});
//   std::puts(to_string(fit.energies[0]).c_str());    // and fit.p_value
//
// A shape of your own is a struct with operator()(double t, const auto& energy). The window starts
// where the states that are left out have died out: raise first until p_value is fair and energies
// stay. Start: the best of a grid of energies, with amplitudes by linear least squares; from there
// Levenberg and Marquardt on all (correlated_fit.hpp: chi^2, errors, verdicts).
//
// Lattice units: energies 1 / spacing, t the number of the value. Errors: std::invalid_argument for
// other than 1 to 4 states, T < 2 of a cosh, and what fit refuses.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include <Eigen/Core>
#include <Eigen/QR>

#include <lanes/core/error.hpp>
#include <lanes/statistics/correlated_fit.hpp>

namespace lanes {

struct Exponential {
  template <class T>
  T operator()(double t, const T& energy) const {
    using std::exp;
    return exp(energy * (-t));
  }
};

struct Cosh {
  double time;  // T, sites
  explicit Cosh(int extent) : time(extent) { require(extent >= 2, "Cosh: T", extent, ">= 2"); }

  template <class T>
  T operator()(double t, const T& energy) const {
    using std::exp;
    return exp(energy * (-t)) + exp(energy * (t - time));
  }
};

/// Where the window is, and how many states.
struct CorrelatorFitOptions {
  int first = 1;   // in [0, last]; where the window begins
  int last = -1;   // in [first, T/2], or -1: the last there is; where the window ends
  int states = 1;  // in [1, 4]; how many energies
};

/// A fit with its energies and amplitudes by name.
struct CorrelatorFit : Fit {                   // parameters: energies, then amplitudes
  std::vector<Estimate> energies, amplitudes;  // [states], lowest first
};

namespace detail {

/// sum_n A_n g(t, E_n) of parameters E_0, E_1, .., A_0, A_1, ..
template <class Shape>
struct SumOfStates {
  Shape shape;
  int states;

  template <class T>
  T operator()(double t, const T* p) const {
    T sum = 0;
    for (int n = 0; n < states; ++n) sum += p[states + n] * shape(t, p[n]);
    return sum;
  }
};

/// The next of the increasing choices from 0 .. n - 1; false after the last.
inline bool next_choice(std::vector<int>& chosen, int n) {
  const int size = int(chosen.size());
  int i = size - 1;
  while (i >= 0 && chosen[std::size_t(i)] == n - size + i) --i;
  if (i < 0) return false;
  std::iota(chosen.begin() + i, chosen.end(), chosen[std::size_t(i)] + 1);
  return true;
}

/// The best energies of a grid, with their amplitudes.
template <class Shape>
Eigen::VectorXd best_of_grid(const WhitenedWindow& window, const Shape& shape, int states) {
  constexpr int grid = 28;
  const double largest = 4, smallest = 0.1 / (window.first() + window.points());
  const auto energy = [&](int i) {
    return smallest * std::pow(largest / smallest, i / (grid - 1.0));
  };
  const auto at_first = [&](int i) { return shape(double(window.first()), energy(i)); };
  Eigen::MatrixXd g(window.points(), grid), columns(window.points(), states);
  for (int i = 0; i < grid; ++i)
    for (int t = 0; t < window.points(); ++t)
      g(t, i) = shape(double(window.first() + t), energy(i)) / at_first(i);
  g = window.whitened(g);

  std::vector<int> chosen(static_cast<std::size_t>(states));
  std::iota(chosen.begin(), chosen.end(), 0);
  double least = std::numeric_limits<double>::infinity();  // chi^2
  Eigen::VectorXd start = Eigen::VectorXd::Ones(2 * states);
  do {
    for (int n = 0; n < states; ++n) columns.col(n) = g.col(chosen[std::size_t(n)]);
    const Eigen::VectorXd a = columns.colPivHouseholderQr().solve(window.values());
    const double squares = (columns * a - window.values()).squaredNorm();
    if (!(squares < least)) continue;
    least = squares;
    for (int n = 0; n < states; ++n) {
      start[n] = energy(chosen[std::size_t(n)]);
      start[states + n] = a[n] / at_first(chosen[std::size_t(n)]);
    }
  } while (next_choice(chosen, grid));
  return start;
}

}  // namespace detail

template <class Shape>
CorrelatorFit fit_correlator(const CorrelatedEstimates& correlator, const Shape& shape,
                             const CorrelatorFitOptions& options = {}) {
  const int states = options.states;
  require(states >= 1 && states <= 4, "fit_correlator: states", states, "1 to 4");
  const detail::WhitenedWindow window(correlator, {options.first, options.last}, 2 * states);
  CorrelatorFit result{
      detail::fit(window, correlator.degrees, detail::SumOfStates<Shape>{shape, states},
                  detail::best_of_grid(window, shape, states)),
      {},
      {}};

  std::vector<int> order(static_cast<std::size_t>(states));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return result.parameters[std::size_t(a)].value < result.parameters[std::size_t(b)].value;
  });
  for (int n = 0; n < states; ++n) order.push_back(order[std::size_t(n)] + states);
  const Fit unordered = result;
  for (int i = 0; i < 2 * states; ++i) {
    result.parameters[std::size_t(i)] = unordered.parameters[std::size_t(order[std::size_t(i)])];
    for (int j = 0; j < 2 * states; ++j)
      result.covariance(i, j) = unordered.covariance(order[std::size_t(i)], order[std::size_t(j)]);
  }
  result.energies.assign(result.parameters.begin(), result.parameters.begin() + states);
  result.amplitudes.assign(result.parameters.begin() + states, result.parameters.end());
  return result;
}

}  // namespace lanes
