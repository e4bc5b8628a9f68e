// SPDX-License-Identifier: BSD-3-Clause
//
// Theories on the device: the force is dS/dx by central differences. A new theory joins by a line
// in the test below.
#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/thrust.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/phi4.hpp>

namespace theories {

using namespace lanes;

// Every function of site mathematics, its force derived.
template <class Geometry>
struct Everything : LocalTheory<Everything<Geometry>, Scalar, Geometry> {
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    const T x = phi.here(), y = phi.forward(0), z = square(x) + T(1);
    const T a = sin(x) * cos(y) + tanh(x - y) + exp(-z) + expm1(T(0.1) * y) + log(z) + log1p(z);
    const T b = sqrt(z) + atan(x) + erf(y) + tan(T(0.2) * x) + abs(x + T(9)) / z;
    return select(x < y, a * b, fma(a, b, square(x - y))) + max(x, T(0.3) * x) - min(y, T(2) * y);
  }
};

/// Largest |force - central difference|, relative to the largest force.
template <class Theory>
double deviation_of_force(const Theory& theory, double step = 1e-5) {
  using Geometry = typename Theory::Geometry;
  using Bench = laws::Workbench<Double, Scalar, Geometry, Rescaling, Thrust>;
  Bench bench(Seed{2}, 0.1);
  const auto x = bench.base();
  const auto force = bench.force(theory, x);
  double worst = 0, size = 0;
  for (int row = 0; row < Geometry::volume; ++row) {
    auto up = x, down = x;
    for (int k = 0; k < Bench::lanes; ++k) {
      up[std::size_t(row * Bench::lanes + k)] += step;
      down[std::size_t(row * Bench::lanes + k)] -= step;
    }
    const auto a = bench.action(theory, up), b = bench.action(theory, down);
    for (int k = 0; k < Bench::lanes; ++k) {
      const double f = force[std::size_t(row * Bench::lanes + k)];
      size = std::max(size, std::abs(f));
      worst =
          std::max(worst, std::isfinite(f)
                              ? std::abs(f - (a[std::size_t(k)] - b[std::size_t(k)]) / (2 * step))
                              : INFINITY);
    }
  }
  return worst / size;
}

TEST_CASE("the force is dS/dx") {
  CHECK(deviation_of_force(FreeField<Lattice<4, 6>>(0.7)) < Double::gradient);
  CHECK(deviation_of_force(Phi4<Lattice<4, 6>>::textbook(0.6, 1.5)) < Double::gradient);
  CHECK(deviation_of_force(Phi4<Lattice<2, 4, 2, 2>>::from_hopping(0.2, 0.1)) < Double::gradient);
  CHECK(deviation_of_force(Everything<Lattice<6>>{}) < Double::gradient);
  CHECK(deviation_of_force(Everything<Lattice<4, 4>>{}) < Double::gradient);
}

}  // namespace theories
