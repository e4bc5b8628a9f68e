// SPDX-License-Identifier: BSD-3-Clause
//
// Weighted against what it says: <W O> / <W>, derived results of it, and a selection by hand.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/weighted.hpp>

using namespace lanes;

namespace {

using G = Lattice<2, 2>;

struct Moments {
  static constexpr const char* name = "moments";
  template <class Geometry>
  static constexpr int primaries() {
    return 2;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = phi[0];
    out[1] = double(phi[0]) * phi[0];
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {  // the variance
    out[0] = means[1] - means[0] * means[0];
  }
};
struct Sign {
  static constexpr const char* name = "sign";
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = phi[1] > 0 ? 1 : -1;
  }
};
struct Above {
  static constexpr const char* name = "above";
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    out[0] = phi[1] > 0 ? 1 : 0;
  }
};

std::vector<double> some_fields(std::size_t n) {
  std::vector<double> phi(n * 4);
  for (std::size_t i = 0; i < phi.size(); ++i) phi[i] = std::sin(1.7 * double(i * i) + 0.3) + 0.2;
  return phi;
}

}  // namespace

TEST_CASE("the ratio, and the result derived from it") {
  const auto phi = some_fields(200);
  double s = 0, sx = 0, sxx = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const double x = phi[4 * i], sign = phi[4 * i + 1] > 0 ? 1 : -1;
    s += sign, sx += sign * x, sxx += sign * x * x;
  }
  const auto found = analyse<G>(Weighted(Moments{}, Sign{}), phi);
  REQUIRE(found.size() == 1);
  CHECK(std::abs(found[0].value - (sxx / s - sx / s * (sx / s))) < Double::agreement);
  CHECK(result_label<G>(Weighted(Moments{}, Sign{}), 0) == "moments, weighted by sign");
}
TEST_CASE("a weight of 1 or 0 selects, value and error") {
  const auto phi = some_fields(4000);
  std::vector<double> kept;
  for (std::size_t i = 0; i < 4000; ++i)
    if (phi[4 * i + 1] > 0) kept.insert(kept.end(), &phi[4 * i], &phi[4 * i] + 4);
  const auto all = analyse<G>(Weighted(Moments{}, Above{}), phi, {}, {.S = 0});
  const auto selected = analyse<G>(Moments{}, kept, {}, {.S = 0});
  CHECK(std::abs(all[0].value - selected[0].value) < Double::agreement);
  CHECK(std::abs(all[0].error / selected[0].error - 1) < 0.05);
  CHECK(all[0].error > 0);
}
TEST_CASE("weights that cancel or vanish leave no value") {
  std::vector<double> phi(40, -1.0);  // never above 0
  CHECK(std::isnan(analyse<G>(Weighted(Moments{}, Above{}), phi)[0].value));
}
