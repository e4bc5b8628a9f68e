// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: U1Gauge needs a Lattice of two dimensions or more: plaquettes.
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/u1_gauge.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
lanes::U1Gauge<lanes::Lattice<4, 4>> theory(1.0);
#else
lanes::U1Gauge<lanes::Lattice<4>> theory(1.0);
#endif
