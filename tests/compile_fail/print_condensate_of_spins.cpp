// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: this observable measures another field than the ensemble's: magnetization, correlators and lengths one number a site that is no angle (Scalar, Ising); energy, specific heat and correlation of spins Ising; loops, charges and fermions U1.
#include <lanes/field/ising.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/ensemble/print.hpp>
#include <lanes/observable/fermion_observables.hpp>

using namespace lanes;

#ifdef LANES_COMPILE_FAIL_CONTROL
void show(const ReweightedEnsemble<U1, Lattice<4, 4>, double>& e) {
  print(e, ChiralCondensate(0.2));
}
#else
void show(const ReweightedEnsemble<Ising, Lattice<4, 4>, double>& e) {
  print(e, ChiralCondensate(0.2));
}
#endif
