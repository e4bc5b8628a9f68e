// SPDX-License-Identifier: BSD-3-Clause
//
// expect: lanes: a kernel goes to the device as bytes, so what it holds (a theory, say) is numbers and no std::vector, std::string or virtual function.
#define THRUST_DEVICE_SYSTEM THRUST_DEVICE_SYSTEM_CPP
#include <vector>

#include <lanes/backend/thrust.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/local_theory.hpp>

struct Disordered : lanes::LocalTheory<Disordered, lanes::Scalar, lanes::Lattice<4, 4>> {
#ifdef LANES_COMPILE_FAIL_CONTROL
  double mass[16];
#else
  std::vector<double> mass;
#endif
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    return phi.here() * phi.here() * T(mass[0]);
  }
};

void call(lanes::ThrustContext<lanes::Single>& context, lanes::Rows<float> x,
          lanes::Rows<double> s, const Disordered& theory) {
  lanes::add_action(context, theory, x, s);
}
