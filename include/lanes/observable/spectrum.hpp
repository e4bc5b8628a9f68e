// SPDX-License-Identifier: BSD-3-Clause
//
// Spectrum: effective energies of several states, from the correlators of several operators,
//
//   C_ij(t) = T^-1 sum_{t'} <(O_i(t') O_j(t' + t) + O_j(t') O_i(t' + t)) / 2> - <O_i> <O_j>
//   E_n(t)  of its generalised eigenvalues      t = 1 .. T/2 - 1, n = 0 .. m - 1
//
// (statistics/generalised_eigenvalues.hpp), O_i(t) a number of time slice t. The operators are an
// Observable of your own whose primaries are [m][T], T the extent of direction 0:
//
//   struct TwoMomenta {                            // or on_arrays of what gives as many numbers
//     static constexpr const char* name = "E";
//     template <class Geometry>
//     static constexpr int primaries() { return 2 * Geometry::extent(0); }
//     template <class Geometry, class Real>
//     void measure(const Real* phi, double* out) const { .. }
//   };
//   lanes::analyse(lanes::Spectrum(TwoMomenta{}, {.t0 = 1}), ensemble);
//
// PrincipalCorrelator, of state n, is what fit_correlator takes, with a Cosh.
// Subtraction none leaves <O_i> <O_j> in: where it is known to be 0. NaN where C(t0) is not
// positive definite or there is no energy. Errors: std::invalid_argument for t0 out of 0 .. T/2,
// or for Subtraction absolute.
// Shapes: results [T/2 - 1][m], of PrincipalCorrelator [T/2 + 1]. Lattice units.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/observable/observable.hpp>
#include <lanes/statistics/generalised_eigenvalues.hpp>

namespace lanes {

/// Where the eigenvalues are 1, and what is subtracted.
struct SpectrumOptions {
  int t0 = 1;                                   // in [0, T/2]; where the eigenvalues are 1
  Subtraction subtraction = Subtraction::mean;  // mean or none; what is taken from the correlators
};

namespace detail {

/// Primaries of both: C_ij(t), i <= j, unsubtracted, [T/2 + 1][pairs], then <O_i> [m].
template <class Operators>
struct CorrelationMatrix {
  static constexpr auto name = Operators::name;
  Operators operators;
  SpectrumOptions options;

  CorrelationMatrix(Operators o, SpectrumOptions with) : operators(std::move(o)), options(with) {
    require(options.t0 >= 0, "Spectrum: t0", options.t0, ">= 0");
    require(options.subtraction != Subtraction::absolute, "Spectrum: subtraction", "absolute",
            "mean or none");
  }

  template <class Field, class Geometry>
  static constexpr bool measures = detail::measures<Operators, Field, Geometry>();
  template <class Geometry>
  static constexpr int entries() {
    return entry_count<Geometry, Operators>();
  }
  template <class Geometry>
  static constexpr int count() {  // m
    static_assert(
        primary_count<Geometry, Operators>() % Geometry::extent(0) == 0,
        "lanes: the operators of a Spectrum have one number in each time slice: primaries "
        "[operators][T].");
    return primary_count<Geometry, Operators>() / Geometry::extent(0);
  }
  template <class Geometry>
  static constexpr int times() {
    return Geometry::extent(0) / 2 + 1;
  }
  template <class Geometry>
  static constexpr int pairs() {
    return count<Geometry>() * (count<Geometry>() + 1) / 2;
  }
  template <class Geometry>
  static constexpr int primaries() {
    return times<Geometry>() * pairs<Geometry>() + count<Geometry>();
  }

  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    constexpr int m = count<Geometry>(), time = Geometry::extent(0);
    std::vector<double> o(std::size_t(m) * time, 0.0);  // [m][T]
    operators.template measure<Geometry>(x, o.data());
    for (int t = 0; t < times<Geometry>(); ++t)
      for (int i = 0; i < m; ++i)
        for (int j = i; j < m; ++j, ++out)
          for (int s = 0; s < time; ++s) {
            const int later = (s + t) % time;
            *out += 0.5 / time *
                    (o[std::size_t(i * time + s)] * o[std::size_t(j * time + later)] +
                     o[std::size_t(j * time + s)] * o[std::size_t(i * time + later)]);
          }
    for (int i = 0; i < m; ++i, ++out)
      for (int s = 0; s < time; ++s) *out += o[std::size_t(i * time + s)] / time;
  }

  /// C [T/2 + 1][m][m] from the means.
  template <class Geometry>
  std::vector<double> matrix(const double* means) const {
    constexpr int m = count<Geometry>();
    const double* mean = means + times<Geometry>() * pairs<Geometry>();
    const double part = options.subtraction == Subtraction::mean ? 1 : 0;
    std::vector<double> c(std::size_t(times<Geometry>() * m * m));
    for (int t = 0; t < times<Geometry>(); ++t)
      for (int i = 0; i < m; ++i)
        for (int j = i; j < m; ++j, ++means)
          c[std::size_t((t * m + i) * m + j)] = c[std::size_t((t * m + j) * m + i)] =
              *means - part * mean[i] * mean[j];
    return c;
  }
};

}  // namespace detail

template <class Operators>
struct Spectrum : detail::CorrelationMatrix<Operators> {
  /// The correlators that are measured.
  using Matrix = detail::CorrelationMatrix<Operators>;
  explicit Spectrum(Operators o, SpectrumOptions with = {}) : Matrix(std::move(o), with) {}

  template <class Geometry>
  static constexpr int results() {
    static_assert(Geometry::extent(0) >= 4,
                  "lanes: Spectrum needs at least 4 sites in direction 0 (t = 1 .. T/2 - 1).");
    return (Matrix::template times<Geometry>() - 2) * Matrix::template count<Geometry>();
  }
  template <class Geometry>
  std::string label(int result) const {
    return energies<Geometry>().label(result);
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    energies<Geometry>()(this->template matrix<Geometry>(means).data(), out);
  }

 private:
  template <class Geometry>
  EffectiveEnergies energies() const {
    return {Matrix::template count<Geometry>(), Matrix::template times<Geometry>(),
            this->options.t0};
  }
};

/// lambda_n(t), t = 0 .. T/2, of one state.
template <class Operators>
struct PrincipalCorrelator : detail::CorrelationMatrix<Operators> {
  /// The correlators that are measured.
  using Matrix = detail::CorrelationMatrix<Operators>;
  int state;
  PrincipalCorrelator(Operators o, int n, SpectrumOptions with = {})
      : Matrix(std::move(o), with), state(n) {
    require(n >= 0, "PrincipalCorrelator: state", n, ">= 0");
  }

  template <class Geometry>
  static constexpr int results() {
    return Matrix::template times<Geometry>();
  }
  template <class Geometry>
  std::string label(int t) const {
    return "lambda_" + std::to_string(state) + "(" + std::to_string(t) + ")";
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    constexpr int m = Matrix::template count<Geometry>();
    require(state < m, "PrincipalCorrelator: state", state,
            ("0 to " + std::to_string(m - 1) + ", of as many operators").c_str());
    const PrincipalCorrelators all(m, results<Geometry>(), this->options.t0);
    std::vector<double> lambda(std::size_t(all.results()));
    all(this->template matrix<Geometry>(means).data(), lambda.data());
    for (int t = 0; t < results<Geometry>(); ++t) out[t] = lambda[std::size_t(t * m + state)];
  }
};

}  // namespace lanes
