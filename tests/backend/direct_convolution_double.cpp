// SPDX-License-Identifier: BSD-3-Clause
//
// DirectConvolution in Double against plain loops.
// width: depends
#include "backend/direct_cases.hpp"

TEST_CASE("channels") { channels<Double>(); }
TEST_CASE("kernels and dilations") { kernels_and_dilations<Double>(); }
TEST_CASE("dimensions") { dimensions<Double>(); }
TEST_CASE("masks, both variants") { masks<Double>(); }
