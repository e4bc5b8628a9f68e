// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: this observable measures another field than the ensemble's: magnetization, correlators and lengths one number a site that is no angle (Scalar, Ising); energy, specific heat and correlation of spins Ising; loops, charges and fermions U1.
#include <lanes/observable/magnetization.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/ensemble/ensemble.hpp>

using namespace lanes;

#ifdef LANES_COMPILE_FAIL_CONTROL
auto results(const Ensemble<Scalar, Lattice<4, 4>, float>& e) {
  return analyse(Magnetization{}, e);
}
#else
auto results(const Ensemble<U1, Lattice<4, 4>, float>& e) { return analyse(Magnetization{}, e); }
#endif
