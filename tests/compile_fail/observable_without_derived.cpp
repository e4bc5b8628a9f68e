// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: an Observable with results() unlike primaries() has derived(means, out).
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

struct Two : Good {
  template <class Geometry>
  static constexpr int results() {
    return 2;
  }
};
template <class Observable>
void derive(const double* means, double* out) {
  lanes::derive_results<Lattice>(Observable{}, means, out);
}

#ifdef LANES_COMPILE_FAIL_CONTROL
template void derive<Good>(const double*, double*);
#else
template void derive<Two>(const double*, double*);
#endif
