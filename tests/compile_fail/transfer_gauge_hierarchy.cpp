// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: transfer of a GaugeHierarchy needs a larger lattice whose levels lead to the smaller one, with the same networks.
#include <lanes/lanes.hpp>

using Network = lanes::ConvNet<lanes::Channels<2>, lanes::Kernel<1>, lanes::Tanh>;
using Flow = lanes::GaugeHierarchy<lanes::CircularSpline<3>, Network>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Large = lanes::Lattice<4, 2>;
#else
using Large = lanes::Lattice<6, 2>;
#endif

int main() {
  lanes::Sampler<lanes::U1, lanes::Lattice<2, 2>, Flow> small{lanes::Seed{1}};
  lanes::Sampler<lanes::U1, Large, Flow> large{lanes::Seed{1}};
  lanes::transfer(small, large);
}
