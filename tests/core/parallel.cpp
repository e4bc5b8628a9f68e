// SPDX-License-Identifier: BSD-3-Clause
//
// parallel_for: every number once; the exception of the lowest one, after all have ended.
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include <doctest/doctest.h>

#include <lanes/core/parallel.hpp>

TEST_CASE("every number once; of many exceptions the lowest one comes out") {
  for (int threads : {1, 2, 5}) {
#if defined(_OPENMP)
    omp_set_num_threads(threads);
#endif
    std::vector<int> count(1000, 0);
    lanes::parallel_for(count.size(), [&](std::size_t i) { ++count[i]; });
    CHECK(count == std::vector<int>(1000, 1));

    std::atomic<int> done = 0;
    const auto go = [&] {
      lanes::parallel_for(1000, [&](std::size_t i) {
        if (i == 711) throw std::runtime_error("711");
        if (i % 100 == 37 && i > 200) throw std::domain_error(std::to_string(i));
        ++done;
      });
    };
    CHECK_THROWS_WITH_AS(go(), "237", std::domain_error);
    CHECK(done == 991);
  }
  lanes::parallel_for(0, [](std::size_t) { FAIL("nothing was asked for"); });
}
