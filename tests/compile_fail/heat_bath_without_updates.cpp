// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: HeatBath needs the conditional densities of the theory, as U1Gauge and IsingModel have them: specialise LocalUpdates; see lanes/markov/heat_bath_sweep.hpp.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Theory = lanes::U1Gauge<Lattice>;
#else
using Theory = lanes::Phi4<Lattice>;
#endif
auto chains(const Theory& theory) { return lanes::sample_heat_bath(theory); }
