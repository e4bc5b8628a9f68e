// SPDX-License-Identifier: BSD-3-Clause
//
// The Thrust backend on a GPU; support/thrust_suite.hpp says what is measured. The JSON's context
// names the device.
#include <cstdio>
#include <exception>

#include <support/thrust_suite.hpp>

int main(int argc, char** argv) {
  using namespace lanes;
  using namespace lanes::benchmarks;
  try {
    benchmark::AddCustomContext("device", Thrust().name());
    benchmark::AddCustomContext("cuda", std::to_string(CUDART_VERSION));
    benchmark::AddCustomContext("thrust", std::to_string(THRUST_VERSION));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 77;
  }
  add_lattice<8, Single>({1024, 8192});
  add_lattice<16, Single>({1024, 8192});
  add_lattice<32, Single>({1024, 8192});
  add_unrecorded({1024});
  add_spins<16>({1024, 8192});
  add_spins<64>({128, 1024});
  add_lattice<8, Double>({1024});
  add_gauge<16>({1024, 8192});
  add_schwinger<8>({1024, 8192});
  add_schwinger<16>({1024, 8192});
  add_schwinger<24>({1024});
  add_ceilings<Single>(1 << 20, 1 << 27);
  add_ceilings<Double>(1 << 20, 1 << 26);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
