// SPDX-License-Identifier: BSD-3-Clause
#include <cstdint>
#include <cstdio>
#include <vector>

std::vector<double> in_static(std::uint64_t seed);
std::vector<double> in_shared(std::uint64_t seed);

int main() {
  const auto values = in_static(7);
  const bool same = values == in_shared(7) && values != in_shared(8);
  std::printf("%zu numbers, first ln q %.17g: %s\n", values.size(), values[0],
              same ? "the same in both libraries" : "others in a library");
  return same ? 0 : 1;
}
