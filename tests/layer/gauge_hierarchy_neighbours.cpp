// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/backend/cpu.hpp>

using TestBackend = lanes::Cpu;

#include "layer/gauge_hierarchy_neighbours.hpp"
