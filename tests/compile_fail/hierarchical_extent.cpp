// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Hierarchical halves a square lattice again and again: it needs two equal extents, a power of two and at least 8.
#include <lanes/lanes.hpp>

using Model = lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Geometry = lanes::Lattice<8, 8>;
#else
using Geometry = lanes::Lattice<12, 12>;
#endif
int n = lanes::Sampler<lanes::Ising, Geometry, Model>(lanes::Seed{1}).parameter_count();
