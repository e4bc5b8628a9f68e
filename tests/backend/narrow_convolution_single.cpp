// SPDX-License-Identifier: BSD-3-Clause
//
// NarrowConvolution in Single against plain loops.
// width: depends
#include "backend/narrow_cases.hpp"

TEST_CASE("channels") { channels<Single>(); }
TEST_CASE("kernels and dimensions") { kernels_and_dimensions<Single>(); }
TEST_CASE("masks, every variant") { masks<Single>(); }
