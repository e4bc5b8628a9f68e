// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: this estimator differentiates through the draw of a configuration, and spins that are drawn one given the others have no derivative: use Reinforce. See lanes/estimator/estimator.hpp.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
using Model = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
using Sampler = lanes::Sampler<lanes::Ising, Lattice, Model>;

#ifdef LANES_COMPILE_FAIL_CONTROL
using Estimator = lanes::Reinforce;
#else
using Estimator = lanes::PathGradient;
#endif
void run(Sampler& sampler, const lanes::IsingModel<Lattice>& theory) {
  lanes::train<Estimator>(sampler, theory, {.steps = 1, .batch = 32});
}
