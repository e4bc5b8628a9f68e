// SPDX-License-Identifier: BSD-3-Clause
// expect: error: calling a __host__ function ... NeedsLANES_HD
//
// A theory whose density is not marked: nvcc's error names the mark.
#include <lanes/backend/thrust.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/local_theory.hpp>

struct Quadratic : lanes::LocalTheory<Quadratic, lanes::Scalar, lanes::Lattice<4, 4>> {
  template <class T, class Site>
#ifdef LANES_COMPILE_FAIL_CONTROL
  LANES_HD T density(const Site& phi) const {
#else
  T density(const Site& phi) const {
#endif
    return phi.here() * phi.here();
  }
};

void call(lanes::ThrustContext<lanes::Single>& context, lanes::Rows<float> x,
          lanes::Rows<double> s) {
  lanes::add_action(context, Quadratic{}, x, s);
}
