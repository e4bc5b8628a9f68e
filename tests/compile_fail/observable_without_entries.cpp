// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: an Observable of this field has entries<Geometry>(), the numbers of one configuration (U1: D a site); without it, it reads one a site.
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/ensemble/ensemble.hpp>

using namespace lanes;

struct Cosine {
  static constexpr const char* name = "cosine of the first angle";
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    out[0] = std::cos(double(theta[0]));
  }
};
struct WithEntries : Cosine {
  template <class Geometry>
  static constexpr int entries() {
    return 2 * Geometry::volume;
  }
};

#ifdef LANES_COMPILE_FAIL_CONTROL
auto results(const Ensemble<U1, Lattice<4, 4>, float>& e) { return analyse(WithEntries{}, e); }
#else
auto results(const Ensemble<U1, Lattice<4, 4>, float>& e) { return analyse(Cosine{}, e); }
#endif
