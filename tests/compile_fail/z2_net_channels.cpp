// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Z2Net reads one channel and gives even channels and an odd one.
#include <lanes/backend/cpu.hpp>
#include <lanes/network/z2_net.hpp>

template <class Network, int Out>
constexpr int parameters =
    Network::template On<lanes::CpuContext<lanes::Single>, lanes::Lattice<4, 4>, 1, Out,
                         lanes::AllSites<lanes::Lattice<4, 4>>,
                         lanes::AllSites<lanes::Lattice<4, 4>>>::parameters;
template <class... Options>
using Net = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh, Options...>;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(parameters<lanes::Z2Net<Net<>, Net<lanes::NoBias>>, 2> > 0);
#else
static_assert(parameters<lanes::Z2Net<Net<>, Net<lanes::NoBias>>, 1> > 0);
#endif
