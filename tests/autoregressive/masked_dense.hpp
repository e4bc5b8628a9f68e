// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of MaskedDense, and its sum over all configurations.
#pragma once

#include "autoregressive/laws.hpp"

namespace autoregressive_laws {

TEST_CASE("ln q as drawn and as of given spins; score against differences of ln q") {
  check_laws<Lattice<3, 3>, Logistic>(1);
  check_laws<Lattice<2, 9>, Plain>(2);
  check_laws<Lattice<5, 6>, Wide>(3);
  check_laws<Lattice<30>, Deep>(4);
  check_laws<Lattice<2, 3, 4>, Smooth>(5);
}

TEST_CASE("q sums to one over all configurations") {
  CHECK(laws::check_total_probability<Double, Lattice<4, 4>, Wide, TestBackend>(Seed{8}) <
        Double::agreement);
  CHECK(laws::check_total_probability<Single, Lattice<4, 4>, Deep, TestBackend>(Seed{9}) <
        Single::agreement);
  CHECK(laws::check_total_probability<Double, Lattice<2, 9>, Plain, TestBackend>(Seed{10}) <
        Double::agreement);
}

}  // namespace autoregressive_laws
