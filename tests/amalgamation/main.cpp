// SPDX-License-Identifier: BSD-3-Clause
//
// Compiled with the library's headers, and with the single header alone: the parameters and the
// draws in the file that it writes are the same bits.
#if defined(SINGLE_HEADER)
#include "lanes_single.hpp"
#else
#include <lanes/io.hpp>
#include <lanes/lanes.hpp>
#endif

int main(int, char** arguments) {
  using Flow = lanes::Chain<lanes::FreeFieldBase, lanes::Rescaling>;
  lanes::Sampler<lanes::Scalar, lanes::Lattice<4, 4>, Flow> sampler(lanes::Seed{7});
  const auto batch = sampler.draw(100);
  lanes::TensorFile file;
  file.put<float>("parameters", sampler.parameters(), {sampler.parameter_count()});
  file.put<float>("fields", batch.fields, {100, 4, 4});
  file.put<double>("log_q", batch.log_q, {100});
  lanes::save_safetensors(arguments[1], file);
}
