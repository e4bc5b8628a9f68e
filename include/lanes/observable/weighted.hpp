// SPDX-License-Identifier: BSD-3-Clause
//
// Weighted: an observable O where another one, W, is part of the weight,
//
//   <O> = f(<W a_1> / <W>, .., <W a_K> / <W>),   a_k the primaries of O, f its derived results
//
// with the error of the ratio. W has one primary. Where W is a sign that the action left out this
// is reweighting with the sign; where W is 1 or 0 it is O on the configurations with 1 alone:
//
//   analyse(Weighted(ChiralCondensate(kappa), DeterminantSign(kappa)), ensemble)  // odd flavours
//   analyse(Weighted(PionMass(kappa), PositiveDeterminant(kappa)), ensemble)
//
// NaN where <W> is zero. Errors: a W with more primaries, or for other fields than O, does not
// compile.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <lanes/observable/analyse.hpp>
#include <lanes/observable/observable.hpp>

namespace lanes {

template <class O, class W>
struct Weighted {
  static constexpr auto name = O::name;
  O observable;
  W weight;
  Weighted(O o, W w) : observable(std::move(o)), weight(std::move(w)) {}

  template <class Field, class Geometry>
  static constexpr bool measures =
      detail::measures<O, Field, Geometry>() && detail::measures<W, Field, Geometry>();
  template <class Geometry>
  static constexpr int entries() {
    static_assert(entry_count<Geometry, O>() == entry_count<Geometry, W>(),
                  "lanes: Weighted needs two observables of one field.");
    static_assert(primary_count<Geometry, W>() == 1,
                  "lanes: Weighted needs a weight that is one number.");
    return entry_count<Geometry, O>();
  }
  template <class Geometry>
  static constexpr int primaries() {  // W a_1 .. W a_K, W
    return primary_count<Geometry, O>() + 1;
  }
  template <class Geometry>
  static constexpr int results() {
    return result_count<Geometry, O>();
  }
  template <class Geometry>
  std::string label(int result) const {
    return result_label<Geometry>(observable, result) + ", weighted by " +
           result_label<Geometry>(weight, 0);
  }

  template <class Geometry, class Backend, class Real>
  void measure_many(Backend& backend, const Real* x, std::size_t n, double* out) const {
    constexpr std::size_t k = std::size_t(primary_count<Geometry, O>());
    std::vector<double> a(n * k, 0.0), w(n, 0.0);
    measure_all<Geometry>(backend, observable, x, n, a.data());
    measure_all<Geometry>(backend, weight, x, n, w.data());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < k; ++j) out[i * (k + 1) + j] = w[i] * a[i * k + j];
      out[i * (k + 1) + k] = w[i];
    }
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    constexpr int k = primary_count<Geometry, O>();
    double ratios[std::size_t(k)];
    for (int j = 0; j < k; ++j) ratios[j] = means[j] / means[k];
    derive_results<Geometry>(observable, ratios, out);
  }
};

}  // namespace lanes
