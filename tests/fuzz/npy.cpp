// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes as an NPY file, of several types; what is read is what is read again after it was
// saved.
#include <cstring>
#include <fuzz/input.hpp>

#include <lanes/io/npy.hpp>

namespace {

template <class T>
void read(const fuzz::Input& input) {
  lanes::NpyArray<T> array, again;
  if (!fuzz::reads(input, [&](const std::string& path) { array = lanes::load_npy<T>(path); }))
    return;
  lanes::save_npy(fuzz::scratch(), array);
  again = lanes::load_npy<T>(fuzz::scratch());
  fuzz::Input::require(again.shape() == array.shape() &&
                       (array.size() == 0 ||
                        std::memcmp(again.data(), array.data(), array.size() * sizeof(T)) == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  read<double>(input);
  read<float>(input);
  read<bool>(input);
  read<std::int32_t>(input);
  return 0;
}
