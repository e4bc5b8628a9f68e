// SPDX-License-Identifier: BSD-3-Clause
//
// A fuzz target without libFuzzer:  fuzz_npy corpus/npy  gives it the files of folders, each whole,
// cut, and with single bytes changed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <fuzz/input.hpp>
#include <iterator>
#include <string>

namespace {

long runs = 0;

void give(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  ++runs;
}

}  // namespace

int main(int arguments, char** argument) {
  for (int i = 1; i < arguments; ++i) {
    if (argument[i][0] == '-') continue;  // libFuzzer's options
    for (const auto& file : std::filesystem::directory_iterator(argument[i])) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(stream), {});
      give(bytes);
      const std::size_t stride = std::max<std::size_t>(1, bytes.size() / 200);
      for (std::size_t at = 0; at < bytes.size(); at += stride) {
        give(bytes.substr(0, at));
        for (const char change : {char(1), char(0x10), char(0x80)}) {
          std::string changed = bytes;
          changed[at] = static_cast<char>(changed[at] ^ change);
          give(changed);
        }
      }
    }
  }
  std::printf("%ld inputs\n", runs);
  return runs > 0 ? 0 : 1;
}
