// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: HybridMonteCarlo moves real numbers, not spins: for IsingModel there are sample_heat_bath and sample_wolff.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
#ifdef LANES_COMPILE_FAIL_CONTROL
auto chains() { return lanes::sample_heat_bath(lanes::IsingModel<Lattice>(0.4)); }
#else
auto chains() { return lanes::sample_hmc(lanes::IsingModel<Lattice>(0.4)); }
#endif
