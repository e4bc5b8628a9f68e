// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: what an observable on arrays gives is a number, a std::array of numbers, or has as many as its primaries<Geometry>().
#include <string>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/on_arrays.hpp>
template <class F>
constexpr int run(F) {
  return lanes::primary_count<lanes::Lattice<2, 4>, lanes::ArrayObservable<lanes::Scalar, F>>();
}
#ifdef LANES_COMPILE_FAIL_CONTROL
int primaries = run([](const auto& phi) { return phi(0, 0); });
#else
int primaries = run([](const auto& phi) { return std::to_string(phi(0, 0)); });
#endif
