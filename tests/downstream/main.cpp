// SPDX-License-Identifier: BSD-3-Clause
#include <cstdio>

#include <lanes/geometry/lattice.hpp>
#include <lanes/io/safetensors.hpp>

int main() {
  using Geometry = lanes::Lattice<8, 8>;
  std::printf("%d sites\n", Geometry::volume);
  return Geometry::forward(7, 1) == 0 && lanes::TensorFile{}.tensors.empty() ? 0 : 1;
}
