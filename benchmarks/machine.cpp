// SPDX-License-Identifier: BSD-3-Clause
//
// What one core of this machine can do: the denominators of the other benchmarks.
//
//   machine/fma/<precision>            register-only fused multiply-adds
//   machine/triad/<where>/<precision>  a = b + s c over three arrays of together 24 KiB, 512 KiB,
//                                      192 MiB
#include <string>

#include <lanes/core/arena.hpp>
#include <lanes/core/precision.hpp>
#include <support/measure.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

template <class Precision>
void add_precision() {
  using Real = typename Precision::Real;
  add(std::string("machine/fma/") + Precision::name, [](benchmark::State& state) {
    constexpr long rounds = 10'000;
    measure<Real>(state, {.flops = multiply_add_flops<Real>(rounds)},
                  [] { multiply_add_in_registers<Real>(rounds); });
  });
  const auto add_triad = [](const char* where, std::size_t bytes) {
    add(std::string("machine/triad/") + where + "/" + Precision::name,
        [bytes](benchmark::State& state) {
          const std::size_t n = bytes / 3 / sizeof(Real) / 64 * 64;
          AlignedVector<Real> a(n, Real(1)), b(n, Real(2)), c(n, Real(3));
          measure<Real>(state, {.bytes = 3.0 * double(n * sizeof(Real))},
                        [&] { triad(a.data(), b.data(), c.data(), n); });
        });
  };
  add_triad("L1", std::size_t(24) << 10);
  add_triad("L2", std::size_t(512) << 10);
  add_triad("memory", std::size_t(192) << 20);
}

const bool added = [] {
  add_precision<Single>();
  add_precision<Double>();
  return true;
}();

}  // namespace
