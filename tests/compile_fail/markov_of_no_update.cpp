// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: an Update of this theory has update(context, theory, step, x) const or update(context, theory, step, x, action) const; see lanes/markov/update.hpp.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Theory = lanes::IsingModel<Lattice>;
#else
using Theory = lanes::Phi4<Lattice>;  // no conditional densities
#endif
auto chains(const Theory& theory) { return lanes::sample_markov(theory, lanes::HeatBathSweep{}); }
