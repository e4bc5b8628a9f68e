// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes as a safetensors file; what is read is what is read again after it was saved.
#include <fuzz/input.hpp>

#include <lanes/io/safetensors.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  lanes::TensorFile file;
  if (!fuzz::reads(input, [&](const std::string& path) { file = lanes::load_safetensors(path); }))
    return 0;
  try {
    lanes::save_safetensors(fuzz::scratch(), file);
  } catch (const std::invalid_argument&) {  // keys that we do not write
    return 0;
  }
  fuzz::Input::require(lanes::load_safetensors(fuzz::scratch()) == file);
  return 0;
}
