// SPDX-License-Identifier: BSD-3-Clause
//
// State: what the Thrust backend holds between visits: scratch memory, on the device and on the
// host, the site tables of the stencils that it has met, and cuBLAS.
#pragma once

#include <cstddef>

#include <lanes/backend/thrust/device.hpp>
#include <lanes/backend/thrust/multiplier.hpp>
#include <lanes/backend/thrust/site_tables.hpp>
#include <lanes/core/arena.hpp>

namespace lanes::device {

struct State {
  explicit State(std::size_t limit) : scratch(limit) {}
  BasicArena<Memory> scratch;
  Arena host;
  SiteTables tables;
  Multiplier multiplier;
};

}  // namespace lanes::device
