// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a pion mass needs four time slices or more.
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/fermion_observables.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
constexpr int results = lanes::PionMass::results<lanes::Lattice<4, 2>>();
#else
constexpr int results = lanes::PionMass::results<lanes::Lattice<2, 4>>();
#endif
