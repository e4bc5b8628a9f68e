// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a DenseNet has no Dilation.
#include <lanes/backend/cpu.hpp>
#include <lanes/network/dense_net.hpp>

template <class Network, class Geometry>
constexpr int parameters =
    lanes::NetworkOf<Network, lanes::CpuContext<lanes::Single>, Geometry, 1, 2, lanes::AllSites<Geometry>, lanes::AllSites<Geometry>>::parameters;
using Lattice = lanes::Lattice<6, 4>;

#ifdef LANES_COMPILE_FAIL_CONTROL
static_assert(parameters<lanes::DenseNet<lanes::Channels<4>, lanes::Tanh>, Lattice> > 0);
#else
static_assert(
    parameters<lanes::DenseNet<lanes::Channels<4>, lanes::Tanh, lanes::Dilation<1, 1>>, Lattice> >
    0);
#endif
