// SPDX-License-Identifier: BSD-3-Clause
//
// parallel_for: every number once, on as many threads as asked for; the exception of the lowest
// one, after all have ended.
//
// again: clang
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/parallel.hpp>
#include <support/team.hpp>

using lanes::Threads;

TEST_CASE("every number once; of many exceptions the lowest one comes out") {
  for (int threads : {1, 2, 5}) {
    const Threads where{threads};
    std::vector<int> count(1000, 0), teams(1000, 0);
    lanes::parallel_for(where, count.size(), [&](std::size_t i) {
      ++count[i];
      teams[i] = team();
    });
    CHECK(count == std::vector<int>(1000, 1));
    CHECK(teams == std::vector<int>(1000, team_of(threads)));

    std::atomic<int> done = 0;
    const auto go = [&] {
      lanes::parallel_for(where, 1000, [&](std::size_t i) {
        if (i == 711) throw std::runtime_error("711");
        if (i % 100 == 37 && i > 200) throw std::domain_error(std::to_string(i));
        ++done;
      });
    };
    CHECK_THROWS_WITH_AS(go(), "237", std::domain_error);
    CHECK(done == 991);
  }
  lanes::parallel_for(Threads{}, 0, [](std::size_t) { FAIL("nothing was asked for"); });
}

TEST_CASE("within another region") {
  std::vector<int> count(12, 0);
  lanes::parallel_for(Threads{3}, 4, [&](std::size_t i) {
    lanes::parallel_for(Threads{2}, 3, [&](std::size_t j) { ++count[3 * i + j]; });
  });
  CHECK(count == std::vector<int>(12, 1));
}

TEST_CASE("numbers of threads") {
  static_assert(lanes::HasThreads<Threads> && !lanes::HasThreads<int>);
  CHECK(Threads{7}.threads() == 7);
  int all = 0;
  lanes::parallel_for(Threads{}, 1, [&](std::size_t) { all = team(); });
  CHECK(Threads{}.threads() == all);
  CHECK_THROWS_WITH_AS(Threads{-2}.threads(),
                       "lanes: Threads: their number is -2 (allowed: >= 1, or 0 for as many as "
                       "OpenMP offers)",
                       std::invalid_argument);
}
