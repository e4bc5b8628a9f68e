// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a staggered magnetization needs a Lattice of even extents.
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/staggered_magnetization.hpp>
#include <lanes/geometry/lattice.hpp>

using namespace lanes;

#ifdef LANES_COMPILE_FAIL_CONTROL
const auto results = analyse<Lattice<4, 4>>(StaggeredSusceptibility{}, std::vector<double>(320));
#else
const auto results = analyse<Lattice<4, 5>>(StaggeredSusceptibility{}, std::vector<double>(320));
#endif
