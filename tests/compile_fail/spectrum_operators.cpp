// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: the operators of a Spectrum have one number in each time slice: primaries [operators][T].
#include <vector>

#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/spectrum.hpp>
template <int Numbers>
struct Operators {
  static constexpr const char* name = "slices";
  template <class Geometry>
  static constexpr int primaries() {
    return Numbers;
  }
  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    for (int t = 0; t < Numbers; ++t) out[t] = double(x[t]);
  }
};
template <int Numbers>
auto run() {
  return lanes::analyse<lanes::Lattice<6, 2>>(lanes::Spectrum(Operators<Numbers>{}),
                                              std::vector<double>(120));
}
#ifdef LANES_COMPILE_FAIL_CONTROL
auto results = run<12>();
#else
auto results = run<11>();
#endif
