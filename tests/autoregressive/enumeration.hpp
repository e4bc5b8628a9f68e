// SPDX-License-Identifier: BSD-3-Clause
//
// Every observable of IsingModel on 4 x 4 sites, by the sum over its 65536 configurations.
#pragma once

#include <cmath>
#include <vector>

#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>

namespace lanes::testing {

template <class Observable>
std::vector<double> enumerated_results(const Observable& observable, double beta, double field) {
  using G = Lattice<4, 4>;
  constexpr std::size_t n = std::size_t(primary_count<G, Observable>());
  std::vector<double> mean(n, 0.0), out(std::size_t(result_count<G, Observable>()));
  double z = 0;
  for (int c = 0; c < 1 << 16; ++c) {
    double s[16], bonds = 0, sum = 0, now[n] = {};
    for (int x = 0; x < 16; ++x) s[x] = c >> x & 1 ? 1 : -1;
    for (int x = 0; x < 16; ++x) {
      sum += s[x];
      for (int mu = 0; mu < 2; ++mu) bonds += s[x] * s[G::forward(x, mu)];
    }
    const double w = std::exp(beta * bonds + field * sum);
    observable.template measure<G>(s, now);
    for (std::size_t i = 0; i < n; ++i) mean[i] += w * now[i];
    z += w;
  }
  for (double& m : mean) m /= z;
  derive_results<G>(observable, mean.data(), out.data());
  return out;
}

/// Every shipped observable of spins: f(observable).
template <class F>
void for_spin_observables(double beta, const F& f) {
  f(IsingEnergy{});
  f(SpecificHeat{beta});
  f(Magnetization{});
  f(AbsoluteMagnetization{});
  f(SquaredMagnetization{});
  f(Susceptibility{Subtraction::none});
  f(BinderCumulant{});
  f(SpinCorrelation{});
  f(TwoPointFunction{Subtraction::none});
}

}  // namespace lanes::testing
