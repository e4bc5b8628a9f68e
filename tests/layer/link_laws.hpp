// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of a flow of links, and its gauge equivariance.
// On the backend TestBackend, which whoever includes this has named.
#pragma once

#include <doctest/doctest.h>

#include <lanes/field/u1.hpp>
#include <support/flow_laws.hpp>

namespace link_laws {

using namespace lanes;

template <class P, class Geometry, class Flow>
void check_laws() {
  INFO(__PRETTY_FUNCTION__);
  check_report<P>(laws::check_flow<P, U1, Geometry, Flow, TestBackend>(Seed{3}));
}
template <class P, class Geometry, class Flow>
void check_gauge() {
  INFO(__PRETTY_FUNCTION__);
  CHECK(laws::check_gauge_equivariance<P, U1, Geometry, Flow, TestBackend>(Seed{5}) < P::agreement);
}

}  // namespace link_laws
