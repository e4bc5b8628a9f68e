// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: an Observable has measure<Geometry>(const Real* configuration, double* out) const, for float and for double, or measure_many; see lanes/observable/observable.hpp.
#include <vector>

#include <lanes/observable/analyse.hpp>
#include <lanes/geometry/lattice.hpp>
using Lattice = lanes::Lattice<2, 4>;
template <class Observable, class Real = double>
auto run() {
  return lanes::measure_series<Lattice>(Observable{}, std::vector<Real>(80));
}
struct Good {
  static constexpr const char* name = "first site";
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    *out += double(x[0]);
  }
};

#ifdef LANES_COMPILE_FAIL_CONTROL
auto series = run<Good>();
#else
struct DoubleOnly {
  static constexpr const char* name = "first site";
  template <class Geometry>
  void measure(const double* x, double* out) const {
    *out += x[0];
  }
};
auto series = run<DoubleOnly>();
#endif
