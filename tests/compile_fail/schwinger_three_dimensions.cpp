// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Schwinger needs a Lattice of two dimensions.
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/schwinger.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
lanes::Schwinger<lanes::Lattice<4, 4>> theory(1.0, 0.2);
#else
lanes::Schwinger<lanes::Lattice<4, 4, 4>> theory(1.0, 0.2);
#endif
