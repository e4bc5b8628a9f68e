// SPDX-License-Identifier: BSD-3-Clause
// timeout: 300
// width: depends
#include "sampling/u1_exactness.hpp"

TEST_CASE("16 x 16 sites, beta = 3") { u1_exactness::check<lanes::Single, 16>(3, 1200); }
