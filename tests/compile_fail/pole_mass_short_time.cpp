// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: PoleMass needs at least 4 sites in direction 0 (t = 1 .. T/2 - 1).
#include <vector>

#include <lanes/observable/analyse.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/geometry/lattice.hpp>
template <class Geometry>
auto run() {
  return lanes::analyse<Geometry>(lanes::PoleMass{}, std::vector<double>(100 * Geometry::volume));
}

#ifdef LANES_COMPILE_FAIL_CONTROL
auto estimates = run<lanes::Lattice<4, 2>>();
#else
auto estimates = run<lanes::Lattice<2, 4>>();
#endif
