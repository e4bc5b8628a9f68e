// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Theory names its Field and its Geometry; see lanes/theory/theory.hpp.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;

#ifdef LANES_COMPILE_FAIL_CONTROL
struct Mine {
  using Field = lanes::Scalar;
  using Geometry = Lattice;
  double action(const auto& phi) const { return double(phi(0)) * double(phi(0)); }
  void force(const auto& phi, auto& gradient) const {
    for (int x = 0; x < Geometry::volume; ++x) gradient(x) = x == 0 ? 2 * phi(0) : 0 * phi(0);
  }
};
std::size_t chains() { return lanes::HybridMonteCarlo<Mine>(Mine{}).state().x.size(); }
#else
struct Mine {
  double action(const auto& phi) const { return double(phi(0)) * double(phi(0)); }
  void force(const auto& phi, auto& gradient) const {
    for (int x = 0; x < Lattice::volume; ++x) gradient(x) = x == 0 ? 2 * phi(0) : 0 * phi(0);
  }
};
std::size_t chains() { return lanes::HybridMonteCarlo<Mine>(Mine{}).state().x.size(); }
#endif
