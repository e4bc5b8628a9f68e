// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: sample_wolff moves no |phi(x)|, which clusters keep: sample_markov with Sequence{WolffClusters{}, HmcTrajectory<>{}} does; see lanes/markov/wolff_clusters.hpp.
#include <lanes/lanes.hpp>

using Theory = lanes::VectorPhi4<lanes::Lattice<4, 4>, 2>;
#ifdef LANES_COMPILE_FAIL_CONTROL
auto chains(const Theory& theory) {
  return lanes::sample_markov(theory,
                              lanes::Sequence{lanes::WolffClusters{4}, lanes::HmcTrajectory<>{}});
}
#else
auto chains(const Theory& theory) { return lanes::sample_wolff(theory); }
#endif
