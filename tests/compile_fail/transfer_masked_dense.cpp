// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: transfer needs layers whose parameters do not depend on the lattice: convolutions, not dense networks.
#include <lanes/lanes.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
using Model = lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
#else
using Model = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
#endif
template <int L>
using Sampler = lanes::Sampler<lanes::Ising, lanes::Lattice<L, L>, Model>;
void start(const Sampler<8>& small, Sampler<16>& large) { lanes::transfer(small, large); }
