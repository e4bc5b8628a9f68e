// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: MaskedDense is a model of spins; the Field must be Ising.
#include <lanes/lanes.hpp>

using Model = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
#ifdef LANES_COMPILE_FAIL_CONTROL
using Field = lanes::Ising;
#else
using Field = lanes::Scalar;
#endif
int n = lanes::Sampler<Field, lanes::Lattice<4, 4>, Model>(lanes::Seed{1}).parameter_count();
