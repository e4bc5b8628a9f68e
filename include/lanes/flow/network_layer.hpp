// SPDX-License-Identifier: BSD-3-Clause
//
// NetworkLayer<Network, Real>: what every layer whose parameters are those of one network has in
// common: its place in the count of layers, its sizes, and the layouts of its parameters
// (flow/coupling.hpp has the whole interface).
#pragma once

#include <lanes/network/conditioned.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes::detail {

template <class Network, class Real>
struct NetworkLayer {
  static constexpr int positions = 1;
  static constexpr int parameters = Network::parameters, weights = Network::weights;
  static constexpr int gradients = Network::gradients;

  static void initialise(Initialiser& random, Real* external) {
    Network::initialise(random, external);
  }
  static void prepare(const Real* external, Real* prepared) {
    Network::prepare(external, prepared);
  }
  static void collect(const Real* gradient, Real* external) {
    Network::collect(gradient, external);
  }
  static void conditioned(bool* marks) { mark_conditioned<Network>(marks); }
};

}  // namespace lanes::detail
