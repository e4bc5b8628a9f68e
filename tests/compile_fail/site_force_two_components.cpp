// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a hand-written local force is for one component per site.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/local_theory.hpp>

struct Doublet : lanes::Scalar {
  template <class Geometry>
  static constexpr int components = 2;
};
template <class Field>
struct Mine : lanes::LocalTheory<Mine<Field>, Field, lanes::Lattice<4, 4>> {
  template <class T, class Site>
  T density(const Site& phi) const {
    return phi.here() * phi.here();
  }
  template <class T, class Site>
  T force(const Site& phi) const {
    return 2 * phi.here();
  }
};
using Context = lanes::CpuContext<lanes::Single>;

#ifdef LANES_COMPILE_FAIL_CONTROL
void run(Context& context, lanes::Rows<float> x) {
  lanes::set_force(context, Mine<lanes::Scalar>{}, x, x);
}
#else
void run(Context& context, lanes::Rows<float> x) {
  lanes::set_force(context, Mine<Doublet>{}, x, x);
}
#endif
