// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/exact/exact_u1.hpp>

int main() { return lanes::ExactU1(1.0, 64).plaquette() < 1 ? 0 : 1; }
