// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: the topological charge of U(1) is defined here in two dimensions.
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/geometry/lattice.hpp>

using namespace lanes;

#ifdef LANES_COMPILE_FAIL_CONTROL
const auto results = analyse<Lattice<4, 4>>(TopologicalCharge{}, std::vector<double>(320));
#else
const auto results = analyse<Lattice<2, 2, 2>>(TopologicalCharge{}, std::vector<double>(320));
#endif
