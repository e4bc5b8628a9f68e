// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of autoregressive models on the device, and that it draws the spins that Cpu draws.
#include <lanes/backend/thrust.hpp>

using TestBackend = lanes::Thrust;
inline constexpr bool bits_of_a_lane = !lanes::device::on_gpu;

#include "autoregressive/hierarchical.hpp"
#include "autoregressive/masked_dense.hpp"
#include "autoregressive/symmetric.hpp"
