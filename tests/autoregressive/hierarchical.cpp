// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/backend/cpu.hpp>

using TestBackend = lanes::Cpu;
inline constexpr bool bits_of_a_lane = true;

#include "autoregressive/hierarchical.hpp"
