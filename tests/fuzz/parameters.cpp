// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes as a file of parameters; where it is refused, the sampler is as it was.
#include <fuzz/input.hpp>
#include <fuzz/model.hpp>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Sampler sampler{lanes::Seed{1}, lanes::Cpu{1}};
  static const std::vector<float> before(sampler.parameters().begin(), sampler.parameters().end());
  const fuzz::Input input(data, size);
  if (fuzz::reads(input, [&](const std::string& path) { lanes::load_parameters(path, sampler); }))
    sampler.set_parameters(before);
  else
    fuzz::Input::require(std::vector(sampler.parameters().begin(), sampler.parameters().end()) ==
                         before);
  return 0;
}
