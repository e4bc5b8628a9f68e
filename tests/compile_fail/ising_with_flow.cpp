// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: Ising demands an autoregressive model, such as MaskedDense or Hierarchical: a flow moves real numbers; see lanes/autoregressive/masked_dense.hpp.
#include <lanes/lanes.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
using Model = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
#else
using Model = lanes::Rescaling;
#endif
int n = lanes::Sampler<lanes::Ising, lanes::Lattice<4, 4>, Model>(lanes::Seed{1}).parameter_count();
