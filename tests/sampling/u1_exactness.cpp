// SPDX-License-Identifier: BSD-3-Clause
// timeout: 300
// width: depends
#include "sampling/u1_exactness.hpp"

using lanes::Double;

TEST_CASE("8 x 8 sites, beta = 1") { u1_exactness::check<Double, 8>(1, 100); }
TEST_CASE("8 x 8 sites, beta = 2") { u1_exactness::check<Double, 8>(2, 300); }
TEST_CASE("8 x 8 sites, beta = 5") { u1_exactness::check<Double, 8>(5, 500); }
