// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: configurations are float or double.
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
auto series = run<Good, float>();
#else
auto series = run<Good, int>();
#endif
