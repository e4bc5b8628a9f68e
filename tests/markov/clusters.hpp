// SPDX-License-Identifier: BSD-3-Clause
//
// What tests of clusters measure, and how they compare.
#pragma once

#include <cmath>

#include <doctest/doctest.h>

#include <lanes/observable/analyse.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/theory/vector_phi4.hpp>
#include <lanes/theory/xy_model.hpp>

namespace lanes::testing {

/// Mean scalar product with the site at distance r in direction 0: of unit vectors (XY), or of phi.
template <int R, class T>
struct Product;
template <int R, class G>
struct Product<R, XYModel<G>> {
  static constexpr const char* name = "cos(theta(x + r) - theta(x))";
  template <class, class>
  static constexpr bool measures = true;
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    for (int x = 0; x < Geometry::volume; ++x)
      out[0] +=
          std::cos(double(theta[Geometry::shifted(x, 0, R)]) - double(theta[x])) / Geometry::volume;
  }
};
template <int R, class G, int N>
struct Product<R, VectorPhi4<G, N>> {
  static constexpr const char* name = "phi(x + r) phi(x)";
  template <class, class>
  static constexpr bool measures = true;
  template <class Geometry>
  static constexpr int entries() {
    return N * Geometry::volume;
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    constexpr int V = Geometry::volume;
    for (int x = 0; x < V; ++x)
      for (int c = 0; c < N; ++c)
        out[0] += double(phi[c * V + Geometry::shifted(x, 0, R)]) * double(phi[c * V + x]) / V;
  }
};

inline void check_within(const Estimate& e, double exact, double largest_error) {
  CHECK_MESSAGE(std::abs(e.value - exact) < 4.5 * e.error, to_string(e), " is not ", exact);
  CHECK_MESSAGE(e.error < largest_error, to_string(e));
  CHECK(e.error > 0);
}
inline void check_agree(const Estimate& a, const Estimate& b, double largest_error) {
  CHECK_MESSAGE(std::abs(a.value - b.value) < 4.5 * std::hypot(a.error, b.error), to_string(a),
                " and ", to_string(b));
  CHECK_MESSAGE(a.error < largest_error, to_string(a));
  CHECK_MESSAGE(b.error < largest_error, to_string(b));
}

}  // namespace lanes::testing
