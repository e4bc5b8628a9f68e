// SPDX-License-Identifier: BSD-3-Clause
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <lanes/backend/cpu.hpp>

using TestBackend = lanes::Cpu;

#include "flow/gauge_hierarchy_neighbours.hpp"
