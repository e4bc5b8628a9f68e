// SPDX-License-Identifier: BSD-3-Clause
//
// The Thrust backend on the threads of this machine: to see that it runs and what its generality
// costs there, not to be used instead of Cpu. support/thrust_suite.hpp says what is measured.
//
// brief: (RT|HAN)/L=8/Single/batch:256|fma/Single|schwinger|u1|ising
#include <support/thrust_suite.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

const bool added = [] {
  add_lattice<8, Single>({256});
  add_unrecorded({256});
  add_gauge<8>({256});
  add_schwinger<8>({64});
  add_spins<8>({256});
  add_ceilings<Single>(1 << 12, 1 << 22);
  return true;
}();

}  // namespace
