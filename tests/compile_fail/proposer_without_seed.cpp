// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: a Proposer has Real, Field, Geometry, propose(theory, first, count, x, log_q, action) and seed(); see lanes/sampling/proposer.hpp.
#include <lanes/lanes.hpp>

using Lattice = lanes::Lattice<4, 4>;
struct Mine {
  using Real = double;
  using Field = lanes::Scalar;
  using Geometry = Lattice;
  template <class Theory>
  void propose(const Theory&, std::uint64_t, std::size_t, double*, double*, double*) {}
};
struct Seeded : Mine {
  lanes::Seed seed() const { return lanes::Seed{1}; }
};
template <class Proposer>
auto run(Proposer proposer) {
  return lanes::sample_exact(proposer, lanes::FreeField<Lattice>(1), {.configurations = 10});
}

#ifdef LANES_COMPILE_FAIL_CONTROL
auto ensemble = run(Seeded{});
#else
auto ensemble = run(Mine{});
#endif
