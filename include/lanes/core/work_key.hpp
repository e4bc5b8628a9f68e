// SPDX-License-Identifier: BSD-3-Clause
//
// WorkKey: which work it is that a backend may note once and then repeat (Backend::repeat): the
// memory it is about, and one of several kinds. The Cpu backend does all work anew.
#pragma once

#include <array>

#include <lanes/core/finite_math.hpp>

namespace lanes {

struct WorkKey {
  std::array<const void*, 6> memory{};
  int kind = 0;
  bool operator==(const WorkKey&) const = default;
};

}  // namespace lanes
