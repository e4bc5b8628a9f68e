// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Hierarchical draws its last spins by the heat bath of the theory, which must have coupling() and external_field() as IsingModel has; MaskedDense needs neither.
#include <lanes/lanes.hpp>

using Geometry = lanes::Lattice<8, 8>;
using Model = lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
using Sampler = lanes::Sampler<lanes::Ising, Geometry, Model>;

#ifdef LANES_COMPILE_FAIL_CONTROL
using Theory = lanes::IsingModel<Geometry>;
#else
struct Theory : lanes::LocalTheory<Theory, lanes::Ising, Geometry> {
  explicit Theory(double) {}
  template <class T, class Site>
  T density(const Site& s) const {
    return -s.here() * s.forward(0);
  }
};
#endif
void run(Sampler& sampler) {
  lanes::train<lanes::Reinforce>(sampler, Theory(0.4), {.steps = 1, .batch = 32});
}
