// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Wilson loop needs a Lattice of two dimensions or more.
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/geometry/lattice.hpp>

using namespace lanes;

#ifdef LANES_COMPILE_FAIL_CONTROL
const auto results = analyse<Lattice<4, 4>>(CreutzRatio<2, 2>{}, std::vector<double>(320));
#else
const auto results = analyse<Lattice<8>>(CreutzRatio<2, 2>{}, std::vector<double>(320));
#endif
