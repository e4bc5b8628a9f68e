// SPDX-License-Identifier: BSD-3-Clause
//
// NarrowConvolution in Double against plain loops.
#include "backend/narrow_cases.hpp"

TEST_CASE("channels") { channels<Double>(); }
TEST_CASE("kernels and dimensions") { kernels_and_dimensions<Double>(); }
TEST_CASE("masks, every variant") { masks<Double>(); }
