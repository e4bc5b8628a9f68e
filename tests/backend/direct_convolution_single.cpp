// SPDX-License-Identifier: BSD-3-Clause
//
// DirectConvolution in Single against plain loops.
#include "backend/direct_cases.hpp"

TEST_CASE("channels") { channels<Single>(); }
TEST_CASE("kernels and dilations") { kernels_and_dilations<Single>(); }
TEST_CASE("dimensions") { dimensions<Single>(); }
TEST_CASE("masks, both variants") { masks<Single>(); }
