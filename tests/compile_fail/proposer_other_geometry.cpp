// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: the sampler and the theory must have the same Geometry.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
struct Spins : lanes::Scalar {};
struct Spin {
  using Field = Spins;
  using Geometry = Lattice;
  double action(const auto& phi) const { return double(phi(0)); }
};
struct Mine {
  using Real = double;
  using Field = lanes::Scalar;
  using Geometry = Lattice;
  lanes::Seed seed() const { return lanes::Seed{1}; }
  template <class Theory>
  void propose(const Theory&, std::uint64_t, std::size_t, double*, double*, double*) {}
};
template <class Theory>
auto run(const Theory& theory) {
  Mine proposer;
  return lanes::sample_exact(proposer, theory, {.configurations = 10});
}

#ifdef LANES_COMPILE_FAIL_CONTROL
auto ensemble = run(lanes::FreeField<Lattice>(1));
#else
auto ensemble = run(lanes::FreeField<lanes::Lattice<4, 6>>(1));
#endif
