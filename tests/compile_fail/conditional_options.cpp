// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: an autoregressive network is told Depth<N>, Width<N>, an activation such as PRelu, and nothing else but NoBias, in this order; see lanes/autoregressive/options.hpp.
#include <lanes/lanes.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
using Options =
    lanes::MaskedDense<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu, lanes::NoBias>::Options;
#else
using Options = lanes::MaskedDense<lanes::Width<1>, lanes::Depth<2>, lanes::PRelu>::Options;
#endif
static_assert(Options::depth == 2);
