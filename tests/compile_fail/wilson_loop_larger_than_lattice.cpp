// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Wilson loop is no larger than the Lattice: R, T <= every extent.
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/geometry/lattice.hpp>

using namespace lanes;

#ifdef LANES_COMPILE_FAIL_CONTROL
const auto results = analyse<Lattice<4, 4>>(WilsonLoop<2, 4>{}, std::vector<double>(320));
#else
const auto results = analyse<Lattice<4, 4>>(WilsonLoop<2, 5>{}, std::vector<double>(320));
#endif
