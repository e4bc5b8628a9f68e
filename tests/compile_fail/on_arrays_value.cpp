// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: what an observable on arrays gives is a number, a std::array of numbers, or has as many as its primaries<Geometry>().
#include <string>
#include <vector>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/on_arrays.hpp>
template <class F>
auto run(F f) {
  return lanes::analyse<lanes::Lattice<2, 4>>(lanes::on_arrays<lanes::Scalar>(f),
                                              std::vector<double>(80));
}
#ifdef LANES_COMPILE_FAIL_CONTROL
auto results = run([](const auto& phi) { return phi(0, 0); });
#else
auto results = run([](const auto& phi) { return std::to_string(phi(0, 0)); });
#endif
