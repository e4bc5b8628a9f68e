// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: sample_wolff needs the Ising model that is embedded in the theory, as in IsingModel and XYModel: specialise ClusterBonds; see lanes/markov/cluster_bonds.hpp.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Theory = lanes::XYModel<Lattice>;
#else
using Theory = lanes::Phi4<Lattice>;
#endif
auto chains(const Theory& theory) { return lanes::sample_wolff(theory); }
