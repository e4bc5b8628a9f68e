// SPDX-License-Identifier: BSD-3-Clause
//
// Arena: alignment, no overlap, reuse at a scope's end, no growth on reuse; AlignedVector's
// alignment.
#include <cstdint>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/arena.hpp>

using namespace lanes;

namespace {

bool aligned(const void* p) { return reinterpret_cast<std::uintptr_t>(p) % 64 == 0; }

}  // namespace

TEST_CASE("blocks are aligned and do not overlap") {
  Arena arena;
  Arena::Scope scope(arena);
  std::vector<std::pair<unsigned char*, std::size_t>> taken;
  for (std::size_t n : {1ul, 63ul, 64ul, 65ul, 4000ul, 5ul << 20, 3ul, 9ul << 20, 100ul}) {
    auto* p = arena.take<unsigned char>(n);
    REQUIRE(aligned(p));
    std::memset(p, int(taken.size() + 1), n);
    taken.push_back({p, n});
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {  // nobody wrote into anybody else's
    const auto [p, n] = taken[i];
    REQUIRE(p[0] == i + 1);
    REQUIRE(p[n / 2] == i + 1);
    REQUIRE(p[n - 1] == i + 1);
  }
  CHECK(aligned(arena.take<double>(0)));
}

TEST_CASE("a scope gives back what was taken in it, and nothing else") {
  Arena arena;
  Arena::Scope outer(arena);
  int* kept = arena.take<int>(10);
  kept[9] = 42;
  float* first;
  {
    Arena::Scope inner(arena);
    first = arena.take<float>(100);
    CHECK(static_cast<void*>(first) != static_cast<void*>(kept));
    {
      Arena::Scope innermost(arena);
      CHECK(arena.take<float>(100) != first);
    }
  }
  CHECK(arena.take<float>(100) == first);
  CHECK(kept[9] == 42);
}

TEST_CASE("the same demands again meet no allocator") {
  Arena arena;
  CHECK(arena.capacity() == 0);
  std::vector<void*> before;
  std::size_t held = 0;
  for (int round = 0; round < 5; ++round) {
    Arena::Scope scope(arena);
    std::vector<void*> now;
    for (std::size_t n : {10ul, 3ul << 20, 1000ul, 6ul << 20, 7ul})
      now.push_back(arena.take<char>(n));
    if (round == 0) {
      before = now;
      held = arena.capacity();
      CHECK(held >= (9ul << 20));
    }
    CHECK(now == before);
    CHECK(arena.capacity() == held);
  }
}

TEST_CASE("AlignedVector starts on a cache line") {
  for (std::size_t n : {1ul, 3ul, 17ul, 1000ul}) {
    AlignedVector<float> v(n, 1.0f);
    CHECK(aligned(v.data()));
    const AlignedVector<float> copy = v;
    CHECK(aligned(copy.data()));
    CHECK(copy == v);
  }
}
