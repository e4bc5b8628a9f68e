// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: fermion observables need a Lattice of two dimensions.
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/fermion_observables.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
constexpr int entries = lanes::ChiralCondensate::entries<lanes::Lattice<2, 2>>();
#else
constexpr int entries = lanes::ChiralCondensate::entries<lanes::Lattice<2, 2, 2>>();
#endif
