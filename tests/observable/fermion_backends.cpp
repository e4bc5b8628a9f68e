// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of fermions on any backend.
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/backend/serial.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/fermion_observables.hpp>

using namespace lanes;

namespace {

struct Counting : Serial {
  static inline std::size_t lanes = 0;
  template <class Precision, class F>
  void for_lanes(std::uint64_t first, std::size_t count, const F& f) {
    lanes += count;
    Serial::for_lanes<Precision>(first, count, f);
  }
};

template <class O>
void check_backends(const O& observable) {
  using G = Lattice<4, 3>;
  constexpr std::size_t count = 37;
  std::vector<float> x(count * std::size_t(U1::rows<G>));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = float(0.7 * std::sin(1.3 * double(i * i) + 0.4));
  const auto on = [&](auto where) {
    const Series series = measure_series<G>(observable, x, {}, where);
    return std::vector<double>(series.values().begin(), series.values().end());
  };
  const auto one = on(Cpu{1});
  for (int threads : {2, 3}) {
    CHECK(on(Cpu{threads}) == one);
    CHECK(on(Threads{threads}) == one);
  }
  const auto serial = on(Serial{});
  REQUIRE(serial.size() == one.size());
  for (std::size_t i = 0; i < one.size(); ++i)
    CHECK(std::abs(serial[i] / one[i] - 1) < Double::agreement);
  Counting::lanes = 0;
  CHECK(on(Counting{}) == serial);
  CHECK(Counting::lanes == count);
}

}  // namespace

TEST_CASE("they work where they are told to: the same bits for any number of threads") {
  check_backends(ChiralCondensate(0.3));
  check_backends(DeterminantSign(0.3));
  check_backends(PionCorrelator(0.3));
}
