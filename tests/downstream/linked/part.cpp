// SPDX-License-Identifier: BSD-3-Clause
//
// ln q of draws from a flow, then their fields; in each of the two libraries.
#include <lanes/lanes.hpp>

std::vector<double> PART(std::uint64_t seed) {
  using Flow = lanes::Chain<lanes::FreeFieldBase, lanes::Rescaling>;
  lanes::Sampler<lanes::Scalar, lanes::Lattice<4, 4>, Flow, lanes::Double> sampler(
      lanes::Seed{seed});
  const auto batch = sampler.draw(100);
  std::vector<double> values = batch.log_q;
  values.insert(values.end(), batch.fields.begin(), batch.fields.end());
  return values;
}
