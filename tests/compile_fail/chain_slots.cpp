// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: HybridMonteCarlo<Theory, Precision, Integrator, Backend> and sample_hmc<Precision, Integrator, Backend>: the Precision is Single or Double, as in sample_hmc<Double, Leapfrog>(theory); see lanes/core/precision.hpp.
// mistake 2: lanes: HybridMonteCarlo<Theory, Precision, Integrator, Backend> and sample_hmc<Precision, Integrator, Backend>: the Precision is Single or Double, as in sample_hmc<Double, Leapfrog>(theory); see lanes/core/precision.hpp.
// mistake 3: lanes: HybridMonteCarlo<Theory, Precision, Integrator, Backend> and sample_hmc<Precision, Integrator, Backend>: the Integrator is Leapfrog or Omelyan; see lanes/markov/integrator.hpp.
// mistake 4: lanes: HeatBath<Theory, Precision, Backend> and sample_heat_bath<Precision, Backend>: the Precision is Single or Double; see lanes/core/precision.hpp.
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/u1_gauge.hpp>

using namespace lanes;
using G = Lattice<4, 4>;

void use() {
  const auto theory = Phi4<G>::from_mass_coupling(-4.0, 6.0);
#if defined(LANES_COMPILE_FAIL_CONTROL)
  sample_hmc<Single, Leapfrog>(theory);
  sample_heat_bath<Single>(U1Gauge<G>(1.0));
#elif LANES_MISTAKE == 1
  sample_hmc<Omelyan>(theory);
#elif LANES_MISTAKE == 2
  sample_hmc<float>(theory);
#elif LANES_MISTAKE == 3
  sample_hmc<Double, Single>(theory);
#elif LANES_MISTAKE == 4
  sample_heat_bath<double>(U1Gauge<G>(1.0));
#endif
}
