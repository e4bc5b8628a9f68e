// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: MaskedDense is a model of spins; the Field must be Ising.
// mistake 2: lanes: Hierarchical is a model of spins; the Field must be Ising.
// mistake 3: lanes: Symmetric is a model of spins; the Field must be Ising.
// mistake 4: lanes: Symmetric<Group, Inner>: the first is a group, Z2, Translations<mu> or Both<A, B>; see lanes/autoregressive/symmetric.hpp.
#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/autoregressive/symmetric.hpp>
#include <lanes/backend/cpu.hpp>
#include <lanes/layer/layer.hpp>
#include <lanes/geometry/lattice.hpp>

using namespace lanes;
struct Potts : Ising {  // discrete, 0, 1 or 2
  static constexpr bool spins = false;
};
struct Spins : Ising {};  // a field of one's own
using Dense = MaskedDense<Depth<2>, Width<1>, PRelu>;
using Levels = Hierarchical<Depth<2>, Width<1>, PRelu>;
template <class Policy, class F>
constexpr int rows =
    Policy::template Model<Setting<CpuContext<Single>, F, Lattice<8, 8>>>::field_rows;

#if defined(LANES_COMPILE_FAIL_CONTROL)
static_assert(rows<Dense, Ising> == 64 && rows<Dense, Spins> == 64);
static_assert(rows<Levels, Spins> == 64 && rows<Symmetric<Z2, Dense>, Spins> == 64);
static_assert(rows<Symmetric<Both<Z2, Translations<1>>, Dense>, Ising> == 64);
#elif LANES_MISTAKE == 1
static_assert(rows<Dense, Potts> == 64);
#elif LANES_MISTAKE == 2
static_assert(rows<Levels, Potts> == 64);
#elif LANES_MISTAKE == 3
static_assert(rows<Symmetric<Z2, Dense>, Potts> == 64);
#elif LANES_MISTAKE == 4
static_assert(rows<Symmetric<Dense, Z2>, Ising> == 64);
#endif
